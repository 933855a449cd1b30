import type { ClassLabels } from './data-source'

/** Labels of samples by the names of their classes, which are sorted by `compareNames`. */
export function classLabels(names: readonly string[]): ClassLabels {
  const classNames = [...new Set(names)].sort(compareNames)
  const place = new Map(classNames.map((name, index) => [name, index]))
  return {
    kind: 'classes',
    classNames,
    values: Int32Array.from(names, (name) => place.get(name) ?? 0),
  }
}

/** By code points, and numbers by their value, so that every machine sorts alike: 2 before 10. */
export function compareNames(a: string, b: string): number {
  const left = a.split(/(\d+)/)
  const right = b.split(/(\d+)/)
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]]
    if (x === y) continue
    const difference = i % 2 === 1 ? Number(x) - Number(y) : 0
    return difference !== 0 ? difference : x < y ? -1 : 1
  }
  return left.length - right.length
}
