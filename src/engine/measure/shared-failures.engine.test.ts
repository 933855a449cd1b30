import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { openNet } from '../../../testing/engine/open-net'
import { Helper } from '../cores/helper'
import type { Asked } from '../cores/helper'
import type { ForwardRunner } from '../model/forward-runner'
import type { Toolbox } from '../work/toolbox'
import { runShared } from './shared-ranges'
import type { Twin } from './twin'

const SAMPLES = 8
/** Pieces that a worker is given ahead; it is asked for the model before. */
const AHEAD = 2
const ENOUGH = 50

let twin: Twin

beforeAll(async () => {
  await tf.setBackend('cpu')
  const net = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })
  twin = { opened: await openNet(net), kernels: null }
})

interface Ground {
  readonly asked: string[]
  readonly helper: Helper
}

/** A worker that takes the model and then never answers; dead once it was asked so often that nothing else stops it. */
function silentWorker(): Ground {
  const asked: string[] = []
  let tell: (message: unknown) => void = () => undefined
  const helper = new Helper({
    post: (message) => {
      const { id, kind } = message as Asked
      asked.push(kind)
      if (asked.length > ENOUGH) throw new Error('asked again and again')
      if (kind === 'ranges/model')
        setTimeout(() => {
          tell({ id, value: null })
        })
    },
    onMessage: (listener) => {
      tell = listener
    },
    onDeath: () => undefined,
    terminate: () => undefined,
  })
  return { asked, helper }
}

function run(helper: Helper, signal: AbortSignal, make: () => tf.Tensor[]): Promise<void> {
  const one = { run: () => new Promise<void>((resolve) => setTimeout(resolve, 20)) }
  const runner = { ...one, nextSize: () => 1, msFor: () => 1000 } as unknown as ForwardRunner
  const cores = { count: 2, crew: () => Promise.resolve([helper]) }
  const tools = { cores } as unknown as Pick<Toolbox, 'cores'> as Toolbox
  const subject = { runner, twin, weights: null }
  return runShared({ make, tools, signal }, subject, { from: 0, to: SAMPLES }, () => undefined)
}

it('a worker is asked nothing more once it was cancelled', async () => {
  const { asked, helper } = silentWorker()
  const controller = new AbortController()
  const ended = run(helper, controller.signal, () => [tf.zeros([1, 1])])
  await expect.poll(() => asked.length).toBe(1 + AHEAD)
  controller.abort()
  await expect(ended).rejects.toMatchObject({ code: 'engine/cancelled' })
  expect(helper.isAlive).toBe(true)
  expect(asked.length).toBe(1 + AHEAD)
})

it('samples that cannot be made are asked for once by each who waits for them', async () => {
  const { helper } = silentWorker()
  let made = 0
  const ended = run(helper, new AbortController().signal, () => {
    if (++made > ENOUGH) helper.end('asked again and again')
    throw new RangeError('no picture')
  })
  await expect(ended).rejects.toThrow('no picture')
  expect(helper.isAlive).toBe(true)
  expect(made).toBe(AHEAD)
})
