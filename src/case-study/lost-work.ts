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
  // Of the stage before: what was lost is told once.
  let zeros = 0
  let bytes = Infinity
  let reached = -Infinity
  for (const { id, sparsity, zippedBytes, share } of stages) {
    if (sparsity < zeros - SPARSITY_MARGIN)
      lost.push({ id, kind: 'sparsity', before: zeros, after: sparsity })
    if (zippedBytes > bytes * (1 + SIZE_MARGIN))
      lost.push({ id, kind: 'size', before: bytes, after: zippedBytes })
    if (share !== null && trains.has(id)) {
      if (share < reached - ACCURACY_MARGIN)
        lost.push({ id, kind: 'accuracy', before: reached, after: share })
      reached = share
    }
    zeros = sparsity
    bytes = zippedBytes
  }
  return lost
}
