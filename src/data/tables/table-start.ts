import { isStudioError } from '../../core/errors'
import type { StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import { baseName, memoryFile } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { readTable } from './table'
import type { Table } from './table'
import { isLabelTitle, restOf } from './table-titles'

/** Bytes by which it is known what a table holds. */
const BYTES = 2 ** 17
const QUOTE = 0x22
const LINE_ENDS = [0x0a, 0x0d]

/** One of several tables, as its first rows say. */
export interface TableStart {
  readonly file: BundleFile
  /** What it is called beside the others: its name, or its path where another one is called so too. */
  readonly title: string
  readonly table: Table
  /** Whether there are no more rows. */
  readonly isWhole: boolean
  /** Whether it is called as tables of labels are, and what is left of its name beside that. */
  readonly isLabels: boolean
  readonly rest: string
  /** About how many cells the whole table has. */
  readonly cells: number
}

/** A file that is no table, though it is called like one. */
interface UnreadTable {
  readonly title: string
  readonly error: StudioError
}

/**
 * Looks into tables.
 * @throws StudioError 'open/not-read', what `between` throws
 */
export async function tableStarts(
  files: readonly BundleFile[],
  between: Between,
): Promise<{ readonly starts: readonly TableStart[]; readonly unread: readonly UnreadTable[] }> {
  const names = new Map<string, number>()
  for (const { path } of files) {
    const name = baseName(path)
    names.set(name, (names.get(name) ?? 0) + 1)
  }
  const starts: TableStart[] = []
  const unread: UnreadTable[] = []
  for (const file of files) {
    const name = baseName(file.path)
    const title = (names.get(name) ?? 0) > 1 ? file.path : name
    const start = await startOf(file)
    try {
      const table = await readTable([start], {}, between)
      const cells = (table.rows * table.columns.length * file.size) / Math.max(1, start.size)
      const { path } = file
      const named = { isLabels: isLabelTitle(path), rest: restOf(path) }
      starts.push({ file, title, table, isWhole: start === file, cells, ...named })
    } catch (thrown) {
      if (!isStudioError(thrown) || !thrown.code.startsWith('data/')) throw thrown
      unread.push({ title, error: thrown })
    }
  }
  return { starts, unread }
}

/** Whole lines from the start of a file; a cell in quotes may hold ends of lines. */
async function startOf(file: BundleFile): Promise<BundleFile> {
  if (file.size <= BYTES) return file
  const bytes = await readBytes(file, 0, BYTES)
  let end = 0
  let isQuoted = false
  bytes.forEach((byte, at) => {
    if (byte === QUOTE) isQuoted = !isQuoted
    else if (!isQuoted && LINE_ENDS.includes(byte)) end = at + 1
  })
  // A character of UTF-16 has two bytes.
  if (bytes.subarray(0, 64).includes(0)) end += end % 2
  return memoryFile(file.path, bytes.subarray(0, end === 0 ? BYTES : end))
}
