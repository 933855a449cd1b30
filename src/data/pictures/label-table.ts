/** Labels of pictures from a table beside them: a column names the file, another one its class. */
import type { TextColumn } from '../tables/text-columns'

/** Of all pictures, so many must be named by a column before it is believed to name files. */
const ENOUGH = 0.5
/** Or of all rows so many must name one: a table of the training pictures alone. */
const NEARLY_ALL = 0.9
/** A path in a table has at most so many folders that count. */
const DEEPEST = 8

const LABEL_NAMES =
  /^(?:labels?|class(?:es)?[ _-]?(?:names?|ids?)?|targets?|y|dx|species|breed|category|diagnosis|finding labels?|标签|类别)$/i

export interface LabelTableGuess {
  /** Columns that could name files, the likeliest first. */
  readonly fileColumns: readonly TextColumn[]
  /** Columns that could be classes, the likeliest first. */
  readonly labelColumns: readonly TextColumn[]
  /** Pictures that the likeliest column names. */
  readonly named: number
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

/** Finds pictures by what a table may call them; what two pictures are called is no name of either. */
export class PictureIndex {
  readonly count: number
  private readonly places = new Map<string, number>()

  constructor(paths: readonly string[]) {
    const several = new Set<string>()
    this.count = paths.length
    paths.forEach((path, place) => {
      for (const name of new Set(namesOf(path))) {
        if ((this.places.get(name) ?? place) !== place) several.add(name)
        this.places.set(name, place)
      }
    })
    for (const name of several) this.places.delete(name)
  }

  /** @returns the place of the picture; undefined where no picture, or more than one, is called so */
  placeOf(cell: string): number | undefined {
    const ends = endsOf(plainPath(cell))
    for (const end of ends) {
      const place = this.places.get(end)
      if (place !== undefined) return place
    }
    const stem = withoutEnding(ends.at(-1) ?? '')
    return /\.[a-z]{3,4}$/i.test(cell.trim()) ? this.places.get(stem) : undefined
  }
}

/** Which columns may say of which picture each row is, and which may hold its class. */
export function guessLabelTable(
  pictures: PictureIndex,
  columns: readonly TextColumn[],
): LabelTableGuess | null {
  const byHits = columns
    .map((column) => ({ column, hits: hitsOf(pictures, column) }))
    .filter(({ column, hits }) => {
      const rows = column.cells.filter((cell) => cell.trim() !== '').length
      return hits > 1 && (hits >= ENOUGH * pictures.count || hits >= NEARLY_ALL * rows)
    })
    .toSorted((a, b) => b.hits - a.hits)
  const [file] = byHits
  if (file === undefined) return null
  const labelColumns = columns
    .filter((column) => column !== file.column)
    .map((column) => ({
      column,
      named: LABEL_NAMES.test(column.name.trim()),
      classes: new Set(column.cells.map((cell) => cell.trim())).size,
    }))
    .filter(
      ({ column, named, classes }) => classes > 1 && (named || classes <= column.cells.length / 2),
    )
    .toSorted((a, b) => Number(b.named) - Number(a.named) || a.classes - b.classes)
    .map(({ column }) => column)
  if (labelColumns.length === 0) return null
  return { fileColumns: byHits.map(({ column }) => column), labelColumns, named: file.hits }
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
  const found: (string | null)[] = Array.from({ length: pictures.count }, () => null)
  const unknown: string[] = []
  files.cells.forEach((cell, row) => {
    const place = pictures.placeOf(cell)
    const label = labels.cells[row]?.trim() ?? ''
    if (place === undefined) unknown.push(cell.trim())
    else if (label !== '' || found[place] === null) found[place] = label
  })
  return { labels: found, unknown }
}
