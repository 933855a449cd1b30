import * as tf from '@tensorflow/tfjs'
import { pieceSize } from '../../training/pieces'
import { bytesOf, pieceWithin } from '../../training/run-need'
import type { RunNeed } from '../../training/run-need'
import { allocatorOf, canHold } from '../backend/wasm-allocator'
import type { WasmAllocator } from '../backend/wasm-allocator'
import { tooLargeFor } from './run-goal'
import { roomOf } from './run-memory'
import type { TrainingTask } from './training-task'

/** What a WebAssembly memory of 4 GB can still give to a run that does not fit into what it should take. */
const MOST_BYTES = 3.5 * 2 ** 30
/** Steps that take less are not tried out beforehand. */
const LITTLE_BYTES = 64 * 2 ** 20

/**
 * How many samples go through the network at once: as many as fit by what is known of the model, and as there really
 * is memory for. Found before the first step, because memory that was overrun is good for nothing any more.
 * @throws StudioError 'train/out-of-memory'
 */
export function firstPiece(task: TrainingTask, batchSize: number): number {
  const { largestPiece, need, tools } = task
  const { backend } = tools.backend().info
  const fitting = pieceWithin(need, batchSize, roomOf(tools))
  // A graphics device does not say what it has.
  const least = backend !== 'wasm' || bytesOf(need, 1, batchSize) <= MOST_BYTES ? 1 : 0
  const most = Math.min(Math.max(fitting, least), largestPiece ?? batchSize)
  if (most < 1) throw tooLargeFor(task)
  // No more is asked for than what pieces of equal size take: what was given once stays with the run.
  const held = heldPiece(need, pieceSize(batchSize, most), allocatorOf(tf.backend()))
  if (held < 1) throw tooLargeFor(task)
  return held
}

/**
 * Half as often as it takes until the memory is there; 0 where it is not.
 * @param allocator null: the backend cannot be asked
 */
export function heldPiece(
  need: Pick<RunNeed, 'perSample' | 'largestTensor'>,
  piece: number,
  allocator: WasmAllocator | null,
): number {
  if (allocator === null) return piece
  let held = piece
  for (; held > 0; held = Math.floor(held / 2)) {
    const bytes = held * need.perSample
    if (bytes < LITTLE_BYTES) break
    // As the tensors of a step: many, and none larger than one of its layers.
    if (canHold(allocator, bytes, Math.max(2 ** 20, held * need.largestTensor))) break
  }
  return held
}
