/** Which output stands for which class, by their names. */
export interface ClassMatch {
  /** For each class of the data its output, -1 where none has its name. */
  readonly map: readonly number[]
  /** Classes whose name fits several outputs, or an output that other classes fit as well: left out. */
  readonly ambiguous: readonly string[]
  /** Classes whose name several outputs have: the first of them is taken. */
  readonly twice: readonly string[]
}

/** How names are made alike, the gentlest way first: of code points, of case, of marks and signs. */
const folds: readonly ((name: string) => string)[] = [
  (name) => name.normalize('NFC').trim(),
  (name) => name.normalize('NFKC').trim().toLowerCase(),
  (name) =>
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
]

/**
 * For each class of the data the output of the model with the same name. Names that are equal come first;
 * others may differ in case, spaces, marks and signs where that takes no two names of the data, nor of the
 * model, for one: C, C++ and C# stay apart.
 */
export function matchClasses(
  dataClasses: readonly string[],
  modelClasses: readonly string[],
): ClassMatch {
  const first = placesBy(modelClasses, (name) => name)
  const names = [...first.keys()]
  const map = dataClasses.map((name) => first.get(name)?.[0] ?? -1)
  const twice = dataClasses.filter((name) => (first.get(name)?.length ?? 0) > 1)
  const taken = new Set(map)
  const ambiguous = new Set<string>()
  for (const fold of folds) {
    const outputs = placesBy(names, fold)
    const classes = placesBy([...new Set(dataClasses)], fold)
    dataClasses.forEach((name, place) => {
      const key = fold(name)
      const [output, other] = outputs.get(key) ?? []
      if (key === '' || (map[place] ?? -1) >= 0 || output === undefined) return
      const index = modelClasses.indexOf(names[output] ?? '')
      const rivals = other !== undefined || (classes.get(key)?.length ?? 0) > 1
      if (rivals) ambiguous.add(name)
      else if (!taken.has(index)) {
        map[place] = index
        taken.add(index)
        ambiguous.delete(name)
      }
    })
  }
  return { map, ambiguous: dataClasses.filter((name) => ambiguous.has(name)), twice }
}

function placesBy(
  names: readonly string[],
  fold: (name: string) => string,
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  names.forEach((name, place) => {
    const key = fold(name)
    const known = places.get(key)
    if (known === undefined) places.set(key, [place])
    else known.push(place)
  })
  return places
}
