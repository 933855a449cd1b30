import type { Shape } from '../graph/values'

/**
 * Whether a hint can compare what two layers say: as many sides, all but the channels alike; pictures are resized.
 * @param own [batch, ..., channels]; @param other the same of the teacher
 */
export function areComparable(own: Shape, other: Shape): boolean {
  if (own.length < 2 || own.length !== other.length) return false
  return own.length === 4 || own.slice(1, -1).every((side, at) => side === other[at + 1])
}
