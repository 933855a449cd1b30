/**
 * The place of the largest of `count` values, counted from `from`; the first of several.
 * @returns 0 to count - 1
 */
export function largestOf(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0
  for (let at = 1; at < count; at++)
    if ((values[from + at] ?? 0) > (values[from + best] ?? 0)) best = at
  return best
}
