/** Which places of an axis are taken. */
export interface Span {
  readonly first: number
  readonly step: number
  readonly count: number
}

/**
 * Places from `start` to in front of `end`, both counted from the last where negative, and cut where they lie
 * outside.
 * @param end null: to the very end, which is the first place where steps are negative
 * @returns null where steps are zero or no whole numbers
 * @see https://onnx.ai/onnx/operators/onnx__Slice.html
 */
export function spanOf(side: number, start: number, end: number | null, step: number): Span | null {
  if (side === 0) return { first: 0, step, count: 0 }
  if (step === 0 || ![start, step, end ?? 0].every(Number.isInteger)) return null
  const [least, most] = step > 0 ? [0, side] : [-1, side - 1]
  const inside = (place: number): number => {
    const counted = place < 0 ? place + side : place
    return Math.min(most, Math.max(least, counted))
  }
  const first = step > 0 ? inside(start) : Math.max(0, inside(start))
  const behind = end === null ? (step > 0 ? most : least) : inside(end)
  return { first, step, count: Math.max(0, Math.ceil((behind - first) / step)) }
}
