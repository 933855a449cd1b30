/** Fewest samples that the statistics of a batch are taken from where it goes in pieces. */
export const LEAST_FOR_STATISTICS = 16

/** Samples [from, to) of a batch that go through the network at once. */
export interface Piece {
  readonly from: number
  readonly to: number
}

/**
 * What batch normalisation computes with in training. none: there is none, or the person has frozen it. batch: whole
 * batches. pieces: the pieces of a batch. frozen: its own statistics, because pieces are too small.
 */
export const batchStatistics = ['none', 'batch', 'pieces', 'frozen'] as const
export type BatchStatistics = (typeof batchStatistics)[number]

/** A batch in as few pieces as can be, as equal as can be, the larger ones first. */
export function piecesOf(batch: number, largest: number): readonly Piece[] {
  const count = countOf(batch, largest)
  const least = Math.floor(batch / count)
  const larger = batch % count
  const start = (index: number): number => index * least + Math.min(index, larger)
  return Array.from({ length: count }, (_, index) => ({
    from: start(index),
    to: start(index + 1),
  }))
}

/**
 * The most samples at once where a batch is to go in so many pieces; fewer pieces where statistics would be of too few.
 * @param trains whether there is batch normalisation whose statistics are to follow the batches
 */
export function pieceAsked(batch: number, pieces: number, trains: boolean): number {
  const most = trains ? Math.max(1, Math.floor(batch / LEAST_FOR_STATISTICS)) : batch
  return Math.ceil(batch / Math.min(pieces, most))
}

/** Samples of the largest piece, which may be less than could go at once. */
export function pieceSize(batch: number, largest: number): number {
  return Math.ceil(batch / countOf(batch, largest))
}

/** @param trains whether there is batch normalisation whose statistics are to follow the batches */
export function statisticsOf(batch: number, largest: number, trains: boolean): BatchStatistics {
  if (!trains) return 'none'
  const count = countOf(batch, largest)
  if (count === 1) return 'batch'
  return Math.floor(batch / count) >= LEAST_FOR_STATISTICS ? 'pieces' : 'frozen'
}

function countOf(batch: number, largest: number): number {
  return Math.ceil(batch / Math.max(1, largest))
}
