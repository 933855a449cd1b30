/** How fine codes are, and for how many weights a scale is made. */
export interface Precision {
  readonly bits: number
  readonly granularity: 'perTensor' | 'perChannel' | 'perGroup'
  /** Inputs that share a scale for one output channel; of `perGroup` alone. */
  readonly groupSize?: number
}

/** All that decides the codes of a tensor, besides its weights: plain data. */
export interface QuantizeSettings extends Precision {
  readonly action: 'quantize'
  readonly scheme: 'linear' | 'affine' | 'mean'
  /** Of the affine scheme only. */
  readonly symmetry: 'symmetric' | 'asymmetric'
  /**
   * Left out: from the smallest weight to the largest. The others clip some weights, so that steps are finer
   * for the rest.
   */
  readonly range?: 'percentile' | 'mse'
  /** Of that choice only. */
  readonly percentile?: number
}

export const DEFAULT_GROUP_SIZE = 32
export const DEFAULT_PERCENTILE = 99.9
export const LEAST_PERCENTILE = 50

/** Offered, by what they leave outside: 5 % to 0.001 %. A recipe may say another one. */
export const percentileSteps: readonly number[] = [
  ...[95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.995, 99.998, 99.999],
]

/** How the ends of ranges are chosen: `auto` leaves it to the bits and scales of a layer. */
export const rangeChoices = ['auto', 'minMax', 'percentile', 'mse'] as const

/** With fewer bits, and one scale for the tensor, `auto` takes the range of least error. */
export const LEAST_ERROR_BELOW = 4

/**
 * What `auto` is. Few levels over a whole tensor lie so far apart that the rarest weights cost all others too much;
 * the range of a single channel is near its weights as it is.
 */
export function autoRange({ bits, granularity }: Precision): 'minMax' | 'mse' {
  return granularity === 'perTensor' && bits < LEAST_ERROR_BELOW ? 'mse' : 'minMax'
}

/** Whether a scheme's range is the same on both sides of zero. */
export function isEvenSided({
  scheme,
  symmetry,
}: Pick<QuantizeSettings, 'scheme' | 'symmetry'>): boolean {
  return scheme !== 'affine' || symmetry === 'symmetric'
}
