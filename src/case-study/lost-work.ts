import type { StageId } from './case-plan'

/** What a stage left, as far as it can be compared. */
export interface StageFigures {
  readonly id: StageId
  /** Of the compressible weights, 0..1. */
  readonly sparsity: number
  readonly zippedBytes: number
  /** Accuracy, or what stands for it; null where nothing was measured. */
  readonly share: number | null
}

/** A stage that undid what an earlier one had reached. */
export interface LostWork {
  readonly id: StageId
  readonly kind: 'sparsity' | 'size' | 'accuracy'
  readonly before: number
  readonly after: number
}

/** Zeros that are gone, as a share of the weights. */
const SPARSITY_MARGIN = 0.01
/** Bytes that came back, as a share of the file. */
const SIZE_MARGIN = 0.05
/** Points below what training had reached, as a fraction. */
const ACCURACY_MARGIN = 0.01

const trains: ReadonlySet<StageId> = new Set([
  'float',
  'cutRecovered',
  'pruneRecovered',
  'quantizeRecovered',
  'distilled',
  'together',
])

/**
 * Where a stage destroys an earlier one's work: zeros that quantization moves, a file that grows again, accuracy
 * that training had reached and a later training does not bring back.
 * @param stages in their order
 */
export function lostWork(stages: readonly StageFigures[]): LostWork[] {
  const lost: LostWork[] = []
  let mostZeros = 0
  let smallest = Infinity
  let best = -Infinity
  for (const { id, sparsity, zippedBytes, share } of stages) {
    if (sparsity < mostZeros - SPARSITY_MARGIN)
      lost.push({ id, kind: 'sparsity', before: mostZeros, after: sparsity })
    if (zippedBytes > smallest * (1 + SIZE_MARGIN))
      lost.push({ id, kind: 'size', before: smallest, after: zippedBytes })
    if (share !== null && trains.has(id)) {
      if (share < best - ACCURACY_MARGIN)
        lost.push({ id, kind: 'accuracy', before: best, after: share })
      best = share
    }
    // Told once: what comes after is compared with what is there now.
    mostZeros = sparsity
    smallest = zippedBytes
  }
  return lost
}
