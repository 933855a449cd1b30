import type { Layout } from '../operators'

/** Which axes of a value a window works on. */
export interface WindowPlaces {
  readonly channel: number
  readonly spatial: readonly number[]
}

/**
 * Axes before these are further batch axes.
 * @param count of spatial axes
 * @returns null where the value has too few axes
 */
export function windowPlaces(rank: number, count: number, layout: Layout): WindowPlaces | null {
  const first = rank - count - 1
  if (first < 0) return null
  const from = layout === 'channelsFirst' ? first + 1 : first
  return {
    channel: layout === 'channelsFirst' ? first : rank - 1,
    spatial: Array.from({ length: count }, (_, at) => from + at),
  }
}
