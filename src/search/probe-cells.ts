import { filterShares } from './filter-target'
import type { CellSettings } from './sensitivity'

/** Enough samples to see how far outputs move. */
const MOST_SAMPLES = 256
const FEWEST_SAMPLES = 32
/** Multiply-adds that trying may cost: a minute or two on a processor, the same everywhere. */
const MOST_MACS = 2e11

/** Of either range, and of the whole one alone where both are much the same. */
const everything = {
  bits: [2, 3, 4],
  wholeBits: [6, 8],
  sparsities: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95],
  filters: filterShares,
}
const fewer = { bits: [3], wholeBits: [5], sparsities: [0.5, 0.8], filters: [0.25] }
const fewest = { bits: [], wholeBits: [4], sparsities: [], filters: [] }

/** What is tried of each layer alone, and on how many samples. */
export interface ProbePlan {
  /** Whether a cell is tried. */
  readonly isTried: (cell: CellSettings) => boolean
  /** Shares of its filters that are tried where somebody asks for them: a few passes more. */
  readonly filters: readonly number[]
  readonly samples: number
}

/**
 * Trying everything of a small model, less of a larger one, nothing where a single choice for each layer would take
 * minutes: then what layers bear is known by their inputs alone.
 * @param macs of one sample
 */
export function probePlan(layers: number, macs: number, available: number): ProbePlan | null {
  for (const { bits, filters, wholeBits, sparsities } of [everything, fewer, fewest]) {
    const passes = layers * (2 * bits.length + wholeBits.length + sparsities.length) * macs
    const samples = Math.min(available, MOST_SAMPLES, Math.floor(MOST_MACS / Math.max(1, passes)))
    if (samples < Math.min(available, FEWEST_SAMPLES)) continue
    const isCoded = ({ bits: own, range }: CellSettings): boolean =>
      own !== null && (bits.includes(own) || (range === 'minMax' && wholeBits.includes(own)))
    return {
      samples,
      filters,
      isTried: (cell) =>
        cell.bits === null
          ? sparsities.includes(cell.sparsity)
          : cell.sparsity === 0 && isCoded(cell),
    }
  }
  return null
}
