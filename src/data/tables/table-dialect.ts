import Papa from 'papaparse'

export const separators = [',', ';', '\t', '|', ' '] as const
export type Separator = (typeof separators)[number]
export const commentMarks = ['none', '#', '%', '//'] as const
export type CommentMark = (typeof commentMarks)[number]

/** The comma after others, which may hold decimal ones; spaces last, which names hold. */
const LIKELY: readonly Separator[] = ['\t', ';', '|', ',', ' ']
/** Lines by which a dialect is found. */
const SAMPLE_LINES = 30

/** How the lines of a table part into cells. */
export interface TableDialect {
  readonly separator: Separator
  readonly comment: CommentMark
  /** Whether the first line only names the separator, as Excel has it: `sep=;`. */
  readonly separatorLine: boolean
}

/**
 * Finds the dialect at the start of a table.
 * @param chosen what a person has decided already
 */
export function likelyDialect(
  text: string,
  chosen: { readonly separator?: Separator; readonly comment?: CommentMark },
): TableDialect {
  const all = text.split(/\r\n|\n|\r/, 4 * SAMPLE_LINES)
  const [, named] = /^"?sep=(.)"?[,;\t]*$/i.exec(all[0] ?? '') ?? []
  const lines = all.slice(named === undefined ? 0 : 1).filter((line) => line.trim() !== '')
  const comment = chosen.comment ?? commentOf(lines)
  const data = lines.filter((line) => comment === 'none' || !line.startsWith(comment))
  const told = separators.find((separator) => separator === named)
  return {
    comment,
    separator: chosen.separator ?? told ?? separatorOf(data.slice(0, SAMPLE_LINES)),
    separatorLine: named !== undefined,
  }
}

function commentOf(lines: readonly string[]): CommentMark {
  for (const mark of commentMarks) {
    if (mark === 'none') continue
    const marked = lines.filter((line) => line.startsWith(mark))
    const leads = lines[0]?.startsWith(mark) === true
    // A column may be called # or %, and values may start with one.
    const isCell = marked.some((line) => /^[,;\t|]/.test(line.slice(mark.length)))
    const isNote = leads || marked.every((line) => /^\s/.test(line.slice(mark.length)))
    if (marked.length > 0 && marked.length < lines.length && !isCell && isNote) return mark
  }
  return 'none'
}

/** One that every line has as often; the header may lack a cell for the names of rows, or have one more. */
function separatorOf(lines: readonly string[]): Separator {
  const text = lines.join('\n')
  const regular = LIKELY.find((separator) => {
    const counts = cellsOf(text, separator).map((row) => row.length)
    const [first = 0, second = first, ...others] = counts
    return (
      Math.min(first, second) > 1 &&
      Math.abs(first - second) <= 1 &&
      others.every((count) => count === second)
    )
  })
  if (regular !== undefined) return regular
  const { meta } = Papa.parse(text, { preview: SAMPLE_LINES, delimitersToGuess: [...LIKELY] })
  return separators.find((separator) => separator === meta.delimiter) ?? ','
}

function cellsOf(text: string, separator: Separator): string[][] {
  const { data } = Papa.parse<string[]>(text, { delimiter: separator, preview: SAMPLE_LINES })
  return data.map((row) => cellsOfRow(row, separator))
}

/** Runs of spaces part cells like one. */
export function cellsOfRow(row: string[], separator: Separator): string[] {
  return separator === ' ' ? row.filter((cell) => cell !== '') : row
}
