import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { rowDropout, rowNoise } from './row-noise'

beforeAll(() => tf.setBackend('cpu'))

const of = (samples: number[]) => ({ samples: Uint32Array.from(samples) })

function numbers(tensor: tf.Tensor): number[] {
  const values = [...tensor.dataSync()]
  tensor.dispose()
  return values
}

describe('noise of samples', () => {
  it('is the same whoever stands beside them, and another for each', () => {
    const all = numbers(rowNoise('normal', [4, 3], of([9, 2, 7, 40]), 5))
    expect(numbers(rowNoise('normal', [2, 3], of([7, 2]), 5))).toEqual([
      ...all.slice(6, 9),
      ...all.slice(3, 6),
    ])
    expect(new Set(all).size).toBe(12)
    expect(numbers(rowNoise('normal', [4, 3], of([9, 2, 7, 40]), 6))).not.toEqual(all)
  })

  it('goes on over the rows that one sample has, and is one for all where they share it', () => {
    const steps = numbers(rowNoise('uniform', [6, 2], of([1, 2]), 5))
    expect(numbers(rowNoise('uniform', [3, 2], of([2]), 5))).toEqual(steps.slice(6))
    expect(numbers(rowNoise('uniform', [1, 2], of([1, 2]), 5))).toEqual(
      numbers(rowNoise('uniform', [1, 2], of([3, 4]), 5)),
    )
  })

  it('is that of its sample where a piece has one', () => {
    const both = numbers(rowNoise('uniform', [2, 3], of([7, 2]), 5))
    expect(numbers(rowNoise('uniform', [1, 3], of([7]), 5))).toEqual(both.slice(0, 3))
    expect(numbers(rowNoise('uniform', [1, 3], of([2]), 5))).toEqual(both.slice(3))
  })

  it('is of the first sample where rows are none, and another in the next piece', () => {
    const first = numbers(rowNoise('uniform', [3, 2], of([1, 2]), 5))
    expect(numbers(rowNoise('uniform', [3, 2], of([1, 2]), 5))).toEqual(first)
    expect(numbers(rowNoise('uniform', [3, 2], of([3, 4]), 5))).not.toEqual(first)
  })

  it('leaves out the share that it is told to, and makes the rest larger by as much', () => {
    const samples = of(Array.from({ length: 50 }, (_, at) => at))
    const left = numbers(tf.tidy(() => rowDropout(tf.ones([50, 200]), 0.25, [50, 200], samples, 3)))
    const kept = left.filter((value) => value !== 0)
    expect(kept.every((value) => Math.abs(value - 4 / 3) < 1e-6)).toBe(true)
    // Four standard deviations of 10,000 draws.
    expect(Math.abs(kept.length / left.length - 0.75)).toBeLessThan(0.018)
  })

  it('is that of TensorFlow.js where nobody says the samples', () => {
    const [ours, theirs] = tf.tidy(() => [
      rowDropout(tf.ones([8]), 0.5, [8], {}, 7).clone(),
      tf.dropout(tf.ones([8]), 0.5, [8], 7),
    ])
    expect(numbers(ours)).toEqual(numbers(theirs))
  })
})
