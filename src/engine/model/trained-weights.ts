import { crc32 } from '../../core/crc32'
import { StudioError } from '../../core/errors'
import type { WeightTensor } from '../../core/weight-tensor'
import type { TrainedWeights } from '../../protocol/training-messages'
import type { TrainingRecord } from '../../training/training-record'

/** Weights as they cross the port: in the order of the file, little-endian float32, named by their bytes. */
export function writeTrainedWeights(
  weights: readonly WeightTensor[],
  history: readonly TrainingRecord[],
): TrainedWeights {
  const parts = weights.map(({ values }) => new Uint8Array(Float32Array.from(values).buffer))
  return { id: weightsId(parts), weights: new Blob(parts), history }
}

/**
 * @param own names and shapes of the open model's float weights
 * @throws StudioError 'train/checkpoint' where the bytes are not those of the id, or of another model
 */
export function readTrainedWeights(
  own: readonly WeightTensor[],
  id: string,
  bytes: ArrayBuffer,
): WeightTensor[] {
  const wanted = 4 * own.reduce((sum, { values }) => sum + values.length, 0)
  if (bytes.byteLength !== wanted)
    throw new StudioError('train/checkpoint', {
      reason: `the weights have ${bytes.byteLength} bytes instead of ${wanted}`,
    })
  if (weightsId([new Uint8Array(bytes)]) !== id)
    throw new StudioError('train/checkpoint', { reason: 'the weights were changed' })
  let at = 0
  return own.map(({ spec, values }) => {
    const copy = new Float32Array(bytes.slice(at, at + 4 * values.length))
    at += 4 * values.length
    return { spec, values: copy, stored: null }
  })
}

/** CRC-32 and length: enough to tell weights apart, quick for large models. */
export function weightsId(parts: readonly ArrayBufferView[]): string {
  const sum = parts.reduce(
    (crc, { buffer, byteOffset, byteLength }) =>
      crc32(new Uint8Array(buffer, byteOffset, byteLength), crc),
    0,
  )
  const bytes = parts.reduce((total, { byteLength }) => total + byteLength, 0)
  return sum.toString(16).padStart(8, '0') + bytes.toString(16).padStart(8, '0')
}
