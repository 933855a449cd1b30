import type { ClassLabels } from './data-source'

/**
 * Labels of samples by the names of their classes, which are sorted by `compareNames`.
 * @param empty classes without samples that keep their place
 */
export function classLabels(names: readonly string[], empty: readonly string[] = []): ClassLabels {
  const classNames = [...new Set([...names, ...empty])].sort(compareNames)
  return labelsIn(classNames, names)
}

/** Labels of samples by the names of their classes, which are in an order of their own. */
export function labelsIn(classNames: readonly string[], names: readonly string[]): ClassLabels {
  const place = new Map(classNames.map((name, index) => [name, index]))
  const numbers = numbersOf(classNames)
  return {
    kind: 'classes',
    classNames,
    ...(numbers === null ? {} : { numbers }),
    values: Int32Array.from(names, (name) => place.get(name) ?? 0),
  }
}

/** Names that are numbers, each another one, smallest first: a gap says that a class is missing. */
function numbersOf(classNames: readonly string[]): readonly number[] | null {
  if (!classNames.every((name) => /^\d{1,6}$/.test(name))) return null
  const numbers = classNames.map(Number)
  const rising = numbers.every((value, at) => at === 0 || value > (numbers[at - 1] ?? 0))
  return rising ? numbers : null
}

/** By code points, and numbers by their value, so that every machine sorts alike: 2 before 10. */
export function compareNames(a: string, b: string): number {
  return compareParts(partsOf(a), partsOf(b))
}

/** Sorted as by `compareNames`, each name taken apart once. */
export function sortedByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly Item[] {
  return items
    .map((item) => ({ item, parts: partsOf(nameOf(item)) }))
    .sort((a, b) => compareParts(a.parts, b.parts))
    .map(({ item }) => item)
}

function partsOf(name: string): readonly string[] {
  return name.split(/(\d+)/)
}

function compareParts(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]]
    if (x === y) continue
    const difference = i % 2 === 1 ? Number(x) - Number(y) : 0
    return difference !== 0 ? difference : x < y ? -1 : 1
  }
  return left.length - right.length
}
