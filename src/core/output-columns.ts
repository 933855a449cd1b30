/**
 * The side along which all numbers of a sample stand, wherever it is: n of [1, 1, n], [n, 1, 1] and [n].
 * @param shape with the batch first
 * @returns null where there are several rows of numbers, or nobody knows
 */
export function onlySide(shape: readonly (number | null)[]): number | null {
  const [, ...sides] = shape
  if (sides.length === 0) return null
  const [side = 1, ...others] = sides.filter((each) => each !== 1)
  return others.length > 0 ? null : side
}

/**
 * How many numbers belong together: those along the last side, or where channels come first, as in [n, 1, 1],
 * along the first. A row of single numbers, [n, 1], is n of one.
 * @param shape with the batch first
 */
export function columnsOf(shape: readonly (number | null)[]): number | null {
  const [, ...sides] = shape
  const isFirst = sides.length > 2 && sides.at(-1) === 1 && sides.at(-2) === 1
  return isFirst ? (onlySide(shape) ?? 1) : (sides.at(-1) ?? null)
}
