import type { OpAttributes } from '../operators'

type Mode = Exclude<OpAttributes['pad']['mode'], 'constant'>

const sources: { readonly [Name in Mode]: (place: number, side: number) => number } = {
  reflect: (place, side) => mirrored(place, side, 0),
  symmetric: (place, side) => mirrored(place, side, 1),
  edge: (place, side) => Math.min(side - 1, Math.max(0, place)),
  wrap: (place, side) => ((place % side) + side) % side,
}

function mirrored(place: number, side: number, edge: 0 | 1): number {
  if (place < 0) return -place - edge
  return place < side ? place : 2 * side - 2 - place + edge
}

/** Which place of an axis stands where, when places are added at its ends. */
export function placesAround(side: number, begin: number, end: number, mode: Mode): number[] {
  return Array.from({ length: begin + side + end }, (_, at) => sources[mode](at - begin, side))
}
