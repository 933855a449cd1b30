/** What stands above the rows of an ARFF file, as Weka writes it. */
export interface ArffHead {
  /** Names of the columns. */
  readonly names: readonly string[]
  /** Lines above the rows. */
  readonly lines: number
  /** Characters of these lines. */
  readonly length: number
}

/** Whether a text starts as ARFF does. */
export function isArff(text: string): boolean {
  return /^\uFEFF?(?:\s*%[^\n\r]*(?:\r\n|\n|\r))*\s*@relation\s/i.test(text)
}

/**
 * Reads the head of an ARFF file off its start.
 * @returns null where it is none, does not end, or has rows that only list what is not zero
 */
export function arffHead(text: string): ArffHead | null {
  if (!isArff(text)) return null
  const data = /^[ \t]*@data[ \t]*(?:\r\n|\n|\r)/im.exec(text)
  if (data === null) return null
  const length = data.index + data[0].length
  const lines = text.slice(0, length).split(/\r\n|\n|\r/)
  const below = text.slice(length).split(/\r\n|\n|\r/, 100)
  const first = below.find((line) => /^\s*[^\s%]/.test(line))
  if (first?.trimStart().startsWith('{') === true) return null
  const names = lines.flatMap((line) => {
    const [, single, double, plain] =
      /^\s*@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))/i.exec(line) ?? []
    const name = single ?? double ?? plain
    return name === undefined ? [] : [name.replace(/\\(.)/g, '$1')]
  })
  return { names, lines: lines.length - 1, length }
}
