/** Numbers that a target picture is given: 0 to 1, -1 to 1, or 0 to 255. */
export const targetScales = ['unit', 'signed', 'bytes'] as const
export type TargetScale = (typeof targetScales)[number]

/** Where the outputs of a model lie, by which the scale was guessed. */
interface OutputRange {
  /** One in a hundred is smaller: a few may ring below zero. */
  readonly low: number
  readonly high: number
}

/** A scale that outputs speak of. */
export interface ScaleGuess extends OutputRange {
  readonly scale: TargetScale
}

/** A share of the outputs that may lie below what is called the lowest. */
const RINGING = 0.01
/** No picture of 0 to 1 reaches it, and all but black ones of 0 to 255 do. */
const BEYOND_ONE = 4
const BELOW_ZERO = -0.2

/** @param values some outputs; not empty */
export function rangeOfOutputs(values: Float32Array): OutputRange {
  const sorted = values.toSorted()
  return {
    low: sorted[Math.floor(RINGING * sorted.length)] ?? 0,
    high: sorted.at(-1) ?? 0,
  }
}

/**
 * The scale that a model's outputs speak of.
 * @param largest byte of some targets: masks of 0 and 1 are written so, and mean what they say
 */
export function likelyScale({ low, high }: OutputRange, largest: number): TargetScale {
  if (high > BEYOND_ONE) return 'bytes'
  if (low < BELOW_ZERO) return 'signed'
  return largest <= 1 ? 'bytes' : 'unit'
}
