/** Pictures by what a table beside them may call them. */

/** A path in a table has at most so many folders that count. */
const DEEPEST = 4

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
    // A table may know it by the name of another format, or write a number as 12.0.
    const isLonger = /\.[a-z]{3,4}$/i.test(cell.trim()) || /^\d+\.0+$/.test(cell.trim())
    const names = isLonger ? [...ends, withoutEnding(ends.at(-1) ?? '')] : ends
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
