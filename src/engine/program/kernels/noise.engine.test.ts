import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { inference } from '../pass'
import { noise, seedOf } from './noise'

beforeAll(() => tf.setBackend('cpu'))

it('gives each node and each piece of a batch noise of its own, the same each time', () => {
  const seeds = [5, 6, 5 + 2 ** 40, 5 + 2 * 2 ** 40].flatMap((seed) =>
    ['dropout', 'dropout_1'].map((id) => seedOf({ ...inference, seed }, id)),
  )
  expect(new Set(seeds).size).toBe(8)
  expect(seedOf({ ...inference, seed: 5 + 2 ** 40 }, 'dropout')).toBe(seeds[4])
})

it('is of the sample in a piece of one, unless the whole batch shares it', () => {
  const kept = (sample: number, shared: readonly number[]): string => {
    const x = tf.ones([1, 64])
    const attributes = { kind: 'Dropout', amount: 0.5, shared } as const
    const node = {
      op: 'noise',
      id: 'dropout',
      layer: '',
      inputs: ['x'],
      outputs: ['y'],
      attributes,
    } as const
    const pass = { ...inference, training: true, seed: 3, samples: Uint32Array.of(sample) }
    const made = noise({ node, inputs: [x], pass, follower: null }) as tf.Tensor
    const text = made.dataSync().join()
    tf.dispose([x, made])
    return text
  }
  expect(kept(7, [])).toBe(kept(7, []))
  expect(kept(7, [])).not.toBe(kept(2, []))
  expect(kept(7, [0])).toBe(kept(2, [0]))
})
