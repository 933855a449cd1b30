import type { ReportPlace } from '../../protocol/recipe-messages'
import type { Remedy } from '../../search/remedy'
import { isShareKind, measureKind, measuredShare } from './measures'
import { effectKey } from './recipe-slice'
import type { Drop } from './remedies-in'
import type { TriedPoint } from './run-slice'
import { zipBytes } from './zip-bytes'

/** A remedy with what it regains: as a share and in bytes; null until it was measured. */
export interface JudgedRemedy {
  readonly remedy: Remedy
  readonly gain: {
    readonly share: number
    readonly bytes: number
    /** So small a difference is seen of samples that were drawn anew, too. */
    readonly mayBeChance: boolean
  } | null
}

/** What regains most first; what was not measured last, in its own order. */
export function judgedRemedies(
  remedies: readonly Remedy[],
  tried: readonly TriedPoint[],
  { here, share }: Drop,
  place: ReportPlace,
): readonly JudgedRemedy[] {
  const points = new Map(tried.map((point) => [point.key, point]))
  const bytes = zipBytes(here.size, place)
  return remedies
    .map((remedy): JudgedRemedy => {
      const point = points.get(effectKey(remedy.recipe))
      const found = point === undefined ? null : measuredShare(point.measure)
      if (point === undefined || found === null) return { remedy, gain: null }
      return {
        remedy,
        gain: {
          share: found - share,
          bytes: zipBytes(point.size, place) - bytes,
          mayBeChance: mayBeChance(here, share, found),
        },
      }
    })
    .sort((one, other) => (other.gain?.share ?? -Infinity) - (one.gain?.share ?? -Infinity))
}

/** Within two standard errors of the difference of two shares, as if each had samples of its own: rather too often. */
function mayBeChance({ measure }: TriedPoint, before: number, after: number): boolean {
  if (!isShareKind(measureKind(measure))) return false
  const spread = (p: number): number => (p * (1 - p)) / measure.measured
  return Math.abs(after - before) <= 2 * Math.sqrt(spread(before) + spread(after))
}
