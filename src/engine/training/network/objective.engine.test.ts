import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Targets } from '../../../data/task'
import { objectiveFor } from './objective'

beforeAll(() => tf.setBackend('cpu'))

const labels = Int32Array.of(1, 0, 1)
const tasks: readonly (readonly [Targets, readonly number[]])[] = [
  [{ task: 'classification', labels, columns: 2 }, [0.1, 0.9, 0.1, 0.9]],
  [{ task: 'binary', columns: 1, labels }, [0.9, 0.9]],
  [
    { task: 'multiLabel', columns: 2, values: Uint8Array.of(1, 0, 0, 1, 1, 1) },
    [0.9, 0.1, 0.9, 0.9],
  ],
]

describe('targets of samples', () => {
  it.each(tasks)('are smoothed and nothing besides: %o', (targets, wanted) => {
    const objective = objectiveFor(targets, 'softmax', 0.2, 'data')
    const before = tf.memory().numTensors
    const found = objective.targetsOf(Uint32Array.of(0, 2))
    expect(tf.memory().numTensors).toBe(before + 1)
    expect([...found.dataSync()].map((value) => Number(value.toFixed(6)))).toEqual(wanted)
    found.dispose()
  })
})
