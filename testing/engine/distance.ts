import type * as tf from '@tensorflow/tfjs'

export interface Answer {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly values: readonly number[]
}

export function answersOf(tensors: readonly tf.Tensor[]): Answer[] {
  return tensors.map((tensor) => ({
    shape: tensor.shape,
    dtype: tensor.dtype,
    values: [...tensor.dataSync()],
  }))
}

/**
 * max |a - b| / max |b| of the output where that is largest; Infinity where they differ in number, in shape, or in what
 * is no number.
 */
export function distance(found: readonly Answer[], wanted: readonly Answer[]): number {
  if (found.length !== wanted.length) return Infinity
  return wanted.reduce((most, answer, at) => Math.max(most, apart(found[at], answer)), 0)
}

function apart(found: Answer | undefined, { shape, values }: Answer): number {
  if (found?.shape.join() !== shape.join()) return Infinity
  let [most, scale] = [0, 0]
  for (const [at, value] of values.entries()) {
    const own = found.values[at] ?? NaN
    if (Object.is(own, value)) continue
    if (!Number.isFinite(own) || !Number.isFinite(value)) return Infinity
    most = Math.max(most, Math.abs(own - value))
  }
  for (const value of values) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value))
  return most === 0 ? 0 : most / scale
}
