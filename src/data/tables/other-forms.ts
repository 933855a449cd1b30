import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { isArff } from './arff'
import { isPlainName } from './plain-table'

/** Forms of tables that are not read, by the ends of their names. */
const NAMES: readonly (readonly [string, RegExp])[] = [
  ['svmlight', /\.(?:svm|libsvm|svmlight)$/i],
  ['Excel', /\.(?:xlsx|xls|xlsm)$/i],
  ['OpenDocument', /\.ods$/i],
  ['Parquet', /\.parquet$/i],
]

/** Lines by which a form is told. */
const LINES = 40
const START = 2 ** 16

/** What form a file has by its name, of those that are not read; null where it may be another. */
function formOfName(path: string): string | null {
  return NAMES.find(([, fits]) => fits.test(path))?.[0] ?? null
}

/** What form a text has by its start, of those that are not read; ARFF is where it has a whole head. */
export function formOfText(text: string): 'ARFF' | 'svmlight' | null {
  const all = text.split(/\r\n|\n|\r/, LINES)
  // The last one may have been cut.
  const lines = all.slice(0, Math.max(1, all.length - 1))
  if (isArff(text)) return 'ARFF'
  const data = lines.filter((line) => /^\s*[^\s%#]/.test(line))
  const pairs = data.map(pairsOf)
  const isSparse = !pairs.includes(null) && pairs.some((count) => count !== null && count > 1)
  return isSparse ? 'svmlight' : null
}

/** How many pairs of a place and a number follow the label of a line; null where it is another one. */
function pairsOf(line: string): number | null {
  const [label = '', ...cells] = (line.split('#')[0] ?? '').trim().split(/\s+/)
  const pairs = cells.filter((cell) => !/^qid:\d+$/.test(cell))
  const isLabel = /^[+-]?\d[\d.,e+-]*$/i.test(label)
  return isLabel && pairs.every((cell) => /^\d+:[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(cell))
    ? pairs.length
    : null
}

/**
 * What form a file has, of those that are not read: by its name, of a file of text by what it holds.
 * @throws StudioError 'open/not-read'
 */
export async function formOfFile(file: BundleFile): Promise<string | null> {
  const named = formOfName(file.path)
  if (named !== null || !isPlainName(file.path)) return named
  const bytes = await readBytes(file, 0, Math.min(file.size, START))
  return formOfText(new TextDecoder('windows-1252').decode(bytes))
}
