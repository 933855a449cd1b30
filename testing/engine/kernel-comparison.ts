/** The CPU backend as the reference for every kernel of the WASM backend. */
import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { createRandom } from '../../src/core/random'

/** Values of a tensor that both backends can be given. */
export interface Values {
  readonly shape: number[]
  readonly values: Float32Array
}

/** Standard normals of the given shape. */
export function randomValues(shape: number[], seed: number): Values {
  const random = createRandom(seed)
  const length = shape.reduce((product, side) => product * side, 1)
  return { shape, values: Float32Array.from({ length }, () => random.normal()) }
}

type Computation = (inputs: tf.Tensor[]) => tf.Tensor[]

async function compute(backend: 'cpu' | 'wasm', inputs: Values[], computation: Computation) {
  await tf.setBackend(backend)
  return tf.tidy(() => {
    const tensors = inputs.map(({ values, shape }) => tf.tensor(values, shape))
    return computation(tensors).map((tensor) => ({
      shape: tensor.shape,
      values: tensor.dataSync<'float32'>().slice(),
    }))
  })
}

/**
 * Runs the computation on both backends, requires equal results within rounding, and requires that
 * the WASM backend holds exactly as much memory afterwards as before. Leaves 'wasm' chosen.
 */
export async function expectSameAsCpu(
  inputs: Values[],
  computation: Computation,
  tolerance = 1e-4,
): Promise<void> {
  const expected = await compute('cpu', inputs, computation)
  await tf.setBackend('wasm')
  const before = heldMemory()
  const actual = await compute('wasm', inputs, computation)
  expect(heldMemory()).toEqual(before)
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  expected.forEach(({ values }, index) => {
    const found = actual[index]?.values ?? new Float32Array()
    const scale = Math.max(1, ...values.map(Math.abs))
    expect(largestDifference(values, found) / scale).toBeLessThan(tolerance)
  })
}

export function heldMemory(): { tensors: number; buffers: number } {
  const backend = tf.backend() as unknown as { numDataIds(): number }
  return { tensors: tf.memory().numTensors, buffers: backend.numDataIds() }
}

/** NaN when either holds a NaN, which no comparison accepts. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN))
    if (!(difference <= largest)) largest = difference
    if (Number.isNaN(difference)) return NaN
  }
  return largest
}
