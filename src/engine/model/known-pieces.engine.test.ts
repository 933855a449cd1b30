import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import type { Toolbox } from '../work/toolbox'
import { PIECE_MS } from '../work/piece-times'
import { ForwardRunner } from './forward-runner'
import type { RunnableModel } from './runnable-model'

const SAMPLES = 2048
const WHOLE_MS = 1
const KNOWN_MS = 0.01

it('pieces of a model that knew all of them are no trap once it knows nothing of the next', async () => {
  await tf.setBackend('cpu')
  const clock = { time: 0, longest: 0 }
  const model = {
    ...{ wasWhole: true, frozenBatch: null, outputShapes: new Map() },
    predict: ([input]: tf.Tensor[]) => {
      const took = (input?.shape[0] ?? 0) * (model.wasWhole ? WHOLE_MS : KNOWN_MS)
      clock.time += took
      clock.longest = Math.max(clock.longest, took)
      return [tf.zeros([1])]
    },
  }
  const tools = {
    backend: () => ({ info: {}, watch: { settle: () => Promise.resolve() } }),
    pace: { now: () => clock.time, expect: () => WHOLE_MS / 4, breathe: () => Promise.resolve() },
  }
  const runner = new ForwardRunner(
    model as unknown as RunnableModel,
    1,
    tools as unknown as Toolbox,
  )
  let pieces = 0
  const run = async (wasWhole: boolean): Promise<void> => {
    Object.assign(model, { wasWhole })
    Object.assign(clock, { longest: 0 })
    pieces = 0
    const make = (from: number, to: number): tf.Tensor[] => [tf.zeros([to - from])]
    const count = (): void => void pieces++
    await runner.run(0, SAMPLES, make, count, new AbortController().signal)
  }
  await run(true)
  const all = pieces
  await run(false)
  await run(false)
  expect(pieces).toBeLessThan(all / 2)
  await run(true)
  expect(clock.longest).toBeLessThanOrEqual(4 * PIECE_MS)
})
