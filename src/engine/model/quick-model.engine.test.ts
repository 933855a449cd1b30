import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { openNet } from '../../../testing/engine/open-net'
import { randomPictureNet } from '../../../testing/models/random-picture-nets'
import { nodeEnvironment } from '../host/node-environment'
import { Pace } from '../work/pace'
import type { Toolbox } from '../work/toolbox'
import { buildInstant } from './build-model'
import { quickModel } from './quick-model'
import type { RunnableModel } from './runnable-model'

const environment = nodeEnvironment()

/** Tools of an engine on WebAssembly; TensorFlow.js itself runs in plain JavaScript here. */
const tools = {
  environment,
  pace: new Pace(environment, () => 1),
  backend: () => ({ info: { backend: 'wasm' } }),
} as unknown as Toolbox

it('a pass is taken where it answers as the model does, and not where it answers otherwise', async () => {
  await tf.setBackend('cpu')
  const opened = await openNet(randomPictureNet(3))
  const runnable = await buildInstant(opened)
  const { signal } = new AbortController()
  const before = tf.memory().numTensors
  expect(await quickModel(opened, runnable, tools, signal)).not.toBeNull()
  const other = Object.assign(Object.create(runnable) as RunnableModel, {
    predictInSteps: async (...of: Parameters<RunnableModel['predictInSteps']>) => {
      const outputs = await runnable.predictInSteps(...of)
      const moved = outputs.map((output) => tf.mul(output, 1.001))
      tf.dispose(outputs)
      return moved
    },
  })
  expect(await quickModel(opened, other, tools, signal)).toBeNull()
  expect(tf.memory().numTensors).toBe(before)
  await expect(quickModel(opened, runnable, tools, AbortSignal.abort())).rejects.toMatchObject({
    code: 'engine/cancelled',
  })
})
