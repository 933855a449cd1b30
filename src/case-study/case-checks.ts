import type { CaseLimits } from './case-plan'
import { loadSeconds } from './networks'

export interface CaseFigures {
  readonly zippedBytes: number
  readonly macs: number | null
  /** Bytes of the weights as float32; null where nobody counted them. */
  readonly memory: number | null
  /** Milliseconds; null where it was not measured. */
  readonly latency: number | null
  readonly share: number | null
}

/** One target and whether it is reached; `found` and `limit` in the unit of the figure. */
export interface CaseCheck {
  readonly id: keyof CaseLimits
  readonly limit: number
  readonly found: number
  readonly passed: boolean
}

/** Compares the last stage with the limits; what has none, or could not be measured, is left out. */
export function caseChecks(
  limits: CaseLimits,
  original: CaseFigures,
  compressed: CaseFigures,
): CaseCheck[] {
  const within = (id: keyof CaseLimits, limit: number, found: number): CaseCheck => ({
    ...{ id, limit, found },
    passed: found <= limit,
  })
  const check = (
    id: Exclude<keyof CaseLimits, 'load'>,
    whole: number | null,
    found: number | null,
  ): CaseCheck[] => {
    const share = limits[id]
    if (share === null || whole === null || found === null) return []
    return [within(id, share * whole, found)]
  }
  const { load } = limits
  const drop =
    original.share === null || compressed.share === null ? null : original.share - compressed.share
  return [
    ...check('bytes', original.zippedBytes, compressed.zippedBytes),
    ...(load === null
      ? []
      : [within('load', load.seconds, loadSeconds(compressed.zippedBytes, load.network))]),
    ...check('macs', original.macs, compressed.macs),
    ...check('memory', original.memory, compressed.memory),
    ...check('latency', original.latency, compressed.latency),
    ...check('accuracyDrop', 1, drop),
  ]
}
