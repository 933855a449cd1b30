import type { CellSettings } from './sensitivity'

/** Enough samples to see how far outputs move. */
const MOST_SAMPLES = 256
const FEWEST_SAMPLES = 32
/** Multiply-adds that trying may cost: a minute or two on a processor, the same everywhere. */
const MOST_MACS = 2e11

const probedBits = [2, 3, 4, 6, 8]
const probedSparsities = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95]
const fewer = { bits: [3, 4], sparsities: [0.5, 0.8] }
const fewest = { bits: [4], sparsities: [] }

/** What is tried of each layer alone, and on how many samples. */
export interface ProbePlan {
  /** Whether a cell is tried. */
  readonly isTried: (cell: CellSettings) => boolean
  readonly samples: number
}

/**
 * Trying everything of a small model, less of a larger one, nothing where a single choice for each layer would take
 * minutes: then what layers bear is known by their inputs alone.
 * @param macs of one sample
 */
export function probePlan(layers: number, macs: number, available: number): ProbePlan | null {
  const plans = [{ bits: probedBits, sparsities: probedSparsities }, fewer, fewest]
  for (const { bits, sparsities } of plans) {
    const passes = layers * (bits.length + sparsities.length) * macs
    const samples = Math.min(available, MOST_SAMPLES, Math.floor(MOST_MACS / Math.max(1, passes)))
    if (samples < Math.min(available, FEWEST_SAMPLES)) continue
    return {
      samples,
      isTried: (cell) =>
        (cell.sparsity === 0 &&
          cell.bits !== null &&
          bits.includes(cell.bits) &&
          cell.range === (cell.bits <= 6 ? 'mse' : 'minMax')) ||
        (cell.bits === null && sparsities.includes(cell.sparsity)),
    }
  }
  return null
}
