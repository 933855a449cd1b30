/** Labels of pictures from a table beside them: a column names the file, another one its class. */
import type { TextColumn } from '../tables/text-columns'
import { fileColumnsOf, isCount } from './file-columns'
import type { PictureIndex } from './picture-index'

/** Columns that are named of those that are one. */
const SHOWN = 4

const LABEL_NAMES =
  /^(?:labels?|class(?:es)?[ _-]?(?:names?|ids?)?|targets?|y|dx|species|breed|category|diagnosis|finding labels?|标签|类别)$/i

/** What pandas and databases write for no value. */
const NO_LABEL = /^(?:nan|null|n\/a|<na>)$/i

export interface LabelTableGuess {
  /** Columns that could name files, the likeliest first. */
  readonly fileColumns: readonly TextColumn[]
  /** One that could name them as well, and names others; null where there is none. */
  readonly rival: TextColumn | null
  /** Columns that could be classes, the likeliest first. */
  readonly labelColumns: readonly TextColumn[]
  /** Whether the likeliest one says by its name that it is. */
  readonly isNamed: boolean
  /** Pictures that the likeliest column names. */
  readonly hits: number
}

/**
 * Which columns may say of which picture each row is, and which may hold its class.
 * @param oneHot the columns that are a class each, as one; null where there are none
 */
export function guessLabelTable(
  pictures: PictureIndex,
  columns: readonly TextColumn[],
  oneHot: TextColumn | null = null,
): LabelTableGuess | null {
  const files = fileColumnsOf(pictures, columns)
  const [file] = files
  if (file === undefined) return null
  const labelColumns = columns
    .filter((column) => column !== file.column)
    .map((column) => ({ column, rank: rankOf(column), classes: differentIn(column) }))
    .filter(({ rank, classes }) => rank !== null && classes > 1)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.classes - b.classes)
    .map(({ column }) => column)
  const [first] = labelColumns
  const named = first !== undefined && rankOf(first) === 0 ? labelColumns : null
  const likely = named ?? [...(oneHot === null ? [] : [oneHot]), ...labelColumns]
  const [label] = likely
  if (label === undefined) return null
  return {
    fileColumns: files.map(({ column }) => column),
    rival: file.rival,
    labelColumns: likely,
    isNamed: label === oneHot || rankOf(label) === 0,
    hits: file.hits,
  }
}

function differentIn({ cells }: TextColumn): number {
  return new Set(cells.map((cell) => cell.trim())).size
}

/** 0 for columns that are called labels, then those of few values, then quantities; null for all others. */
function rankOf(column: TextColumn): number | null {
  if (LABEL_NAMES.test(column.name.trim())) return 0
  if (differentIn(column) <= column.cells.length / 2) return 1
  if (isCount(column)) return null
  const isNumber = column.cells.every((cell) => /^-?\d+(?:\.\d+)?$/.test(cell.trim()))
  return isNumber ? 2 : null
}

/** Columns that are a class each, of which every row has one: 1 for it, 0 for all others. */
export function oneHotColumn(columns: readonly TextColumn[]): TextColumn | null {
  const marks = columns.filter(({ cells }) =>
    cells.every((cell) => /^[01](?:\.0+)?$/.test(cell.trim())),
  )
  if (marks.length < 2) return null
  const [{ cells: first } = { cells: [] }] = marks
  const rows = first.map((_, row) => marks.filter(({ cells }) => Number(cells[row]) === 1))
  if (rows.some((ones) => ones.length !== 1)) return null
  const names = marks.map(({ name }) => name)
  return {
    name: `${names.slice(0, SHOWN).join(' | ')}${names.length > SHOWN ? ' | …' : ''}`,
    cells: rows.map(([one]) => one?.name ?? ''),
  }
}

/** What a table says of each picture. */
export interface LabelsByTable {
  /** '' where its row has none, or rows contradict each other; null for pictures that no row names. */
  readonly labels: readonly (string | null)[]
  /** Names in the table that no picture has. */
  readonly unknown: readonly string[]
  /** Places of the pictures that have several rows with other labels. */
  readonly contradicted: ReadonlySet<number>
}

/** The class of each picture by a table. */
export function labelsByTable(
  pictures: PictureIndex,
  files: TextColumn,
  labels: TextColumn,
): LabelsByTable {
  const found: (string | null)[] = Array.from({ length: pictures.total }, () => null)
  const unknown: string[] = []
  const contradicted = new Set<number>()
  files.cells.forEach((cell, row) => {
    const place = pictures.placeOf(cell)
    const written = labels.cells[row]?.trim() ?? ''
    const label = NO_LABEL.test(written) ? '' : written
    if (place === undefined) {
      unknown.push(cell.trim())
      return
    }
    const known = found[place] ?? ''
    if (known !== '' && label !== '' && known !== label) contradicted.add(place)
    if (known === '') found[place] = label
  })
  for (const place of contradicted) found[place] = ''
  return { labels: found, unknown, contradicted }
}
