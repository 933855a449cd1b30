import type { BackendName } from '../core/backend-name'

/** Multiply-accumulates of a sample's way there, times the samples: a piece with fewer takes longer to begin than to learn. */
const LEAST_WORK = 64e6
/** Where pieces have statistics of their own, so that they have 32 samples of a usual batch. */
const MOST_WITH_STATISTICS = 4
const MOST = 8

/** What decides in how many pieces a batch goes where nobody has chosen. */
export interface PiecesOf {
  /** Of one sample. */
  readonly macs: number
  readonly batch: number
  readonly backend: BackendName
  /** Whether there is batch normalisation whose statistics are to follow the batches. */
  readonly trains: boolean
}

/**
 * Pieces of a batch by the model alone, so that equal runs stay equal on machines with few and with many cores; one on a
 * graphics device, which learns a batch at once.
 */
export function piecesFor({ backend, batch, macs, trains }: PiecesOf): number {
  if (backend === 'webgpu' || backend === 'webgl') return 1
  const most = trains ? MOST_WITH_STATISTICS : MOST
  const fitting = Math.max(1, Math.min(most, (macs * batch) / LEAST_WORK))
  // Most machines have two, four or eight cores, and none of them should wait for the last piece.
  return 2 ** Math.floor(Math.log2(fitting))
}
