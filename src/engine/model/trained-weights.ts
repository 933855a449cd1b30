import { StudioError } from '../../core/errors'
import { sha256InPieces } from '../../core/sha256-in-pieces'
import type { WeightTensor } from '../../core/weight-tensor'
import type { TrainedWeights } from '../../protocol/training-messages'
import type { TrainingRecord } from '../../training/training-record'

/** Weights as they cross the port: in the order of the file, little-endian float32, named by their bytes. */
export async function writeTrainedWeights(
  weights: readonly WeightTensor[],
  history: readonly TrainingRecord[],
): Promise<TrainedWeights> {
  const blob = new Blob(weights.map(({ values }) => Float32Array.from(values)))
  return { id: await weightsId(await blob.arrayBuffer()), weights: blob, history }
}

/**
 * @param own names and shapes of the open model's float weights
 * @throws StudioError 'train/checkpoint' where the bytes are not those of the id, or of another model
 */
export async function readTrainedWeights(
  own: readonly WeightTensor[],
  id: string,
  bytes: ArrayBuffer,
): Promise<WeightTensor[]> {
  const wanted = 4 * own.reduce((sum, { values }) => sum + values.length, 0)
  if (bytes.byteLength !== wanted)
    throw new StudioError('train/checkpoint', {
      reason: `the weights have ${bytes.byteLength} bytes instead of ${wanted}`,
    })
  if ((await weightsId(bytes)) !== id)
    throw new StudioError('train/checkpoint', { reason: 'the weights were changed' })
  let at = 0
  return own.map(({ spec, values }) => {
    const copy = new Float32Array(bytes.slice(at, at + 4 * values.length))
    at += 4 * values.length
    return { spec, values: copy, stored: null }
  })
}

/** SHA-256 of the bytes: a name that holds on every device, whoever made the weights. */
export function weightsId(bytes: ArrayBuffer): Promise<string> {
  return sha256InPieces(
    bytes.byteLength,
    (from, to) => new Uint8Array(bytes, from, to - from),
    // A turn for the other calls of the worker.
    () => new Promise((resolve) => setTimeout(resolve)),
  )
}
