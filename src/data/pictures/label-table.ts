/** Labels of pictures from a table beside them: a column names the file, another one its class. */
import type { TextColumn } from '../tables/text-columns'

/** Of all pictures, so many must be named by a column before it is believed to name files. */
const ENOUGH = 0.5
/** Or of all rows so many must name one: a table of the training pictures alone. */
const NEARLY_ALL = 0.9
/** Columns that are named of those that are one. */
const SHOWN = 4
/** A path in a table has at most so many folders that count. */
const DEEPEST = 4

const LABEL_NAMES =
  /^(?:labels?|class(?:es)?[ _-]?(?:names?|ids?)?|targets?|y|dx|species|breed|category|diagnosis|finding labels?|标签|类别)$/i

export interface LabelTableGuess {
  /** Columns that could name files, the likeliest first. */
  readonly fileColumns: readonly TextColumn[]
  /** Columns that could be classes, the likeliest first. */
  readonly labelColumns: readonly TextColumn[]
  /** Whether the likeliest one says by its name that it is. */
  readonly isNamed: boolean
  /** Pictures that the likeliest column names. */
  readonly hits: number
}

/** Forms under which a table may name a picture: its path or the end of it, with and without ending. */
function namesOf(path: string): readonly string[] {
  const ends = endsOf(path)
  const stem = withoutEnding(ends.at(-1) ?? '')
  const number = /^0+\d+$/.test(stem) ? [String(Number(stem))] : []
  return [...ends, ...ends.map(withoutEnding), ...number]
}

function withoutEnding(name: string): string {
  return name.replace(/\.[^./]+$/, '')
}

/** `a/b/c`, `b/c`, `c`. */
function endsOf(path: string): string[] {
  const parts = path.split('/').slice(-DEEPEST)
  return parts.map((_, at) => parts.slice(at).join('/'))
}

/** `./images\\a.PNG` as `images/a.PNG`. */
function plainPath(cell: string): string {
  return cell
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
}

/** Names of one picture each: what two pictures are called is no name of either. */
function onlyNames(
  paths: readonly (string | null)[],
  form: (name: string) => string,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  const several = new Set<string>()
  paths.forEach((path, place) => {
    if (path === null) return
    for (const name of new Set(namesOf(path).map(form))) {
      if ((places.get(name) ?? place) !== place) several.add(name)
      places.set(name, place)
    }
  })
  for (const name of several) places.delete(name)
  return places
}

/** Finds pictures by what a table may call them: exactly, else in another case. */
export class PictureIndex {
  /** Pictures, found or not. */
  readonly total: number
  /** Those that can be found. */
  readonly count: number
  private readonly paths: readonly (string | null)[]
  private readonly exact: ReadonlyMap<string, number>
  private folded: ReadonlyMap<string, number> | null = null

  /** @param paths null for pictures that are not to be found */
  constructor(paths: readonly (string | null)[]) {
    this.paths = paths
    this.total = paths.length
    this.count = paths.filter((path) => path !== null).length
    this.exact = onlyNames(paths, (name) => name)
  }

  /** @returns the place of the picture; undefined where no picture, or more than one, is called so */
  placeOf(cell: string): number | undefined {
    const ends = endsOf(plainPath(cell))
    // A table may know it by the name of another format.
    const names = /\.[a-z]{3,4}$/i.test(cell.trim())
      ? [...ends, withoutEnding(ends.at(-1) ?? '')]
      : ends
    const place = firstIn(this.exact, names)
    if (place !== undefined) return place
    this.folded ??= onlyNames(this.paths, folded)
    return firstIn(this.folded, names.map(folded))
  }
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

function firstIn(
  places: ReadonlyMap<string, number>,
  names: readonly string[],
): number | undefined {
  for (const name of names) {
    const place = places.get(name)
    if (place !== undefined) return place
  }
  return undefined
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
  const byHits = columns
    .map((column) => {
      const rows = column.cells.filter((cell) => cell.trim() !== '').length
      const wanted = Math.max(2, Math.min(ENOUGH * pictures.count, NEARLY_ALL * rows))
      // Most columns have too few values to name that many.
      const hits = differentIn(column) < wanted ? 0 : hitsOf(pictures, column)
      return { column, hits, wanted }
    })
    .filter(({ hits, wanted }) => hits >= wanted)
    .toSorted((a, b) => b.hits - a.hits)
  const [file] = byHits
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
    fileColumns: byHits.map(({ column }) => column),
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

function hitsOf(pictures: PictureIndex, { cells }: TextColumn): number {
  return new Set(cells.flatMap((cell) => pictures.placeOf(cell) ?? [])).size
}

/**
 * The class of each picture by a table: '' where its row has none, null for pictures that no row names.
 * @returns also the names in the table that no picture has
 */
export function labelsByTable(
  pictures: PictureIndex,
  files: TextColumn,
  labels: TextColumn,
): { readonly labels: readonly (string | null)[]; readonly unknown: readonly string[] } {
  const found: (string | null)[] = Array.from({ length: pictures.total }, () => null)
  const unknown: string[] = []
  files.cells.forEach((cell, row) => {
    const place = pictures.placeOf(cell)
    const label = labels.cells[row]?.trim() ?? ''
    if (place === undefined) unknown.push(cell.trim())
    else if (label !== '' || found[place] === null) found[place] = label
  })
  return { labels: found, unknown }
}
