import type { CaseLimits } from './case-plan'

export interface CaseFigures {
  readonly zippedBytes: number
  readonly macs: number | null
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

/** Compares the last stage with the limits; what could not be measured is left out. */
export function caseChecks(
  limits: CaseLimits,
  original: CaseFigures,
  compressed: CaseFigures,
): CaseCheck[] {
  const check = (id: keyof CaseLimits, whole: number | null, found: number | null): CaseCheck[] => {
    if (whole === null || found === null) return []
    const limit = limits[id] * whole
    return [{ id, limit, found, passed: found <= limit }]
  }
  const drop =
    original.share === null || compressed.share === null ? null : original.share - compressed.share
  return [
    ...check('bytes', original.zippedBytes, compressed.zippedBytes),
    ...check('macs', original.macs, compressed.macs),
    ...check('latency', original.latency, compressed.latency),
    ...check('accuracyDrop', 1, drop),
  ]
}
