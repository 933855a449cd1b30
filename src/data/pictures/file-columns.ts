/** Which columns of a table say of which picture each row is: several may hit, an index by chance. */
import { baseName } from '../../files/file-bundle'
import { isImageName } from '../image-header'
import type { TextColumn } from '../tables/text-columns'
import type { PictureIndex } from './picture-index'

/** Of all pictures, so many must be named by a column before it is believed to name files. */
const ENOUGH = 0.5
/** Or of all rows so many must name one: a table of the training pictures alone. */
const NEARLY_ALL = 0.9

const FILE_NAMES =
  /^(?:(?:image|img|picture|pic|photo|file)s?(?:[ _-]?(?:names?|ids?|paths?|files?))?|paths?|文件(?:名|路径)?|图片(?:名称?)?|图像)$/i
const ID_NAMES = /^(?:ids?|names?|uuid|key|编号|名称)$/i
/** Columns without a name, and those called after their rows. */
const INDEX_NAMES =
  /^(?:column \d+|unnamed: ?\d+(?:_level_\d+)?|index|idx|row(?:[ _-]?(?:names?|numbers?|ids?|nr|no))?|nr|no|#|序号)?$/i

/** A column that may name files. */
export interface FileColumn {
  readonly column: TextColumn
  /** Pictures that it names. */
  readonly hits: number
  /** Another one that is as likely and names other pictures; null where there is none. */
  readonly rival: TextColumn | null
}

/**
 * Columns that may name files, the likeliest first: names with an ending, other texts, numbers in a column called
 * after files, other numbers, and what only counts its rows last.
 */
export function fileColumnsOf(
  pictures: PictureIndex,
  columns: readonly TextColumn[],
): readonly FileColumn[] {
  const found = columns
    .map((column) => ({ column, hits: hitsIn(pictures, column) }))
    .filter(({ hits }) => hits > 0)
    .map(({ column, hits }) => ({
      column,
      hits,
      rank: rankOf(column),
      isNamed: FILE_NAMES.test(column.name.trim()),
    }))
    .toSorted((a, b) => b.rank - a.rank || Number(b.isNamed) - Number(a.isNamed) || b.hits - a.hits)
  return found.map(({ column, hits, rank, isNamed }) => ({
    column,
    hits,
    rival:
      found.find(
        (other) =>
          other.column !== column &&
          other.rank === rank &&
          other.isNamed === isNamed &&
          other.hits === hits &&
          namesOthers(pictures, column, other.column),
      )?.column ?? null,
  }))
}

/** Pictures that a column names; 0 where they are too few to believe that it names files. */
function hitsIn(pictures: PictureIndex, column: TextColumn): number {
  const rows = column.cells.filter((cell) => cell.trim() !== '').length
  const wanted = Math.max(2, Math.min(ENOUGH * pictures.count, NEARLY_ALL * rows))
  // Most columns have too few values to name that many.
  if (new Set(column.cells.map((cell) => cell.trim())).size < wanted) return 0
  const hits = new Set(column.cells.flatMap((cell) => pictures.placeOf(cell) ?? [])).size
  // 1 to 24 are no names of 000 to 023, though nearly all of them hit.
  const isWhole = hits === rows || hits === pictures.count
  return hits < wanted || (isCount(column) && !isWhole) ? 0 : hits
}

function rankOf(column: TextColumn): number {
  const cells = column.cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  if (cells.filter(isImageName).length >= NEARLY_ALL * cells.length) return 5
  if (!cells.every((cell) => /^(?:0|[1-9]\d*)(?:\.0+)?$/.test(cell))) return 4
  const name = column.name.trim()
  const counts = isCount(column)
  if (INDEX_NAMES.test(name)) return counts ? 0 : 1
  if (!FILE_NAMES.test(name) && !ID_NAMES.test(name)) return counts ? 0 : 2
  return counts ? 2 : 3
}

/** Whether a column only counts its rows: 0, 1, 2 or 1, 2, 3. */
export function isCount({ cells }: TextColumn): boolean {
  const start = cells[0]?.trim() ?? ''
  if (!/^[01](?:\.0+)?$/.test(start)) return false
  return cells.every((cell, row) => {
    const text = cell.trim()
    return /^(?:0|[1-9]\d*)(?:\.0+)?$/.test(text) && Number(text) === Number(start) + row
  })
}

function namesOthers(pictures: PictureIndex, one: TextColumn, other: TextColumn): boolean {
  return one.cells.some((cell, row) => {
    const [place, another] = [pictures.placeOf(cell), pictures.placeOf(other.cells[row] ?? '')]
    return place !== undefined && another !== undefined && place !== another
  })
}

/**
 * Whether a table has a column of names of pictures, and none of those that are there.
 * @param names of these, without folders, in small letters
 */
export function namesOnlyOthers(
  names: ReadonlySet<string>,
  columns: readonly TextColumn[],
): boolean {
  const named = columns.filter(
    ({ cells }) => cells.filter((cell) => isImageName(cell.trim())).length > ENOUGH * cells.length,
  )
  const isKnown = (cell: string): boolean =>
    names.has(baseName(cell.trim().replaceAll('\\', '/')).toLowerCase())
  return named.length > 0 && named.every(({ cells }) => !cells.some(isKnown))
}
