import type { SamePadding } from '../../graph/operators'

/** In three dimensions alone tfjs leaves places out in front where a stride is beyond its window. */
export function samePadding(places: number): SamePadding {
  return places === 3 ? 'sameCentred' : 'sameUpper'
}
