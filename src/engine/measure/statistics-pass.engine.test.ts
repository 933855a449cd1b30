import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StatisticKind, StatisticRequest } from '../../techniques/statistics'
import { inPieces } from '../model/forward-pieces'
import { layerByLayer } from '../model/layer-by-layer'
import { StatisticsPass } from './statistics-pass'
import type { LookInSteps } from './statistics-pass'

beforeAll(() => tf.setBackend('cpu'))

const kinds: readonly StatisticKind[] = ['mean', 'secondMoment', 'extremes', 'samples']
const free = (): Promise<void> => Promise.resolve()

/** input -> conv (once) -> shared (twice) -> nested/inner. */
function model(): tf.LayersModel {
  const input = tf.input({ shape: [4, 3, 2] })
  const apply = (layer: tf.layers.Layer, value: tf.SymbolicTensor) =>
    layer.apply(value) as tf.SymbolicTensor
  const conv = apply(
    tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'conv' }),
    input,
  )
  const shared = tf.layers.dense({ units: 3, activation: 'relu', name: 'shared' })
  const flat = apply(tf.layers.globalAveragePooling2d({}), apply(shared, apply(shared, conv)))
  const nested = tf.sequential({
    name: 'nested',
    layers: [tf.layers.dense({ units: 2, inputShape: [3], name: 'inner' })],
  })
  return tf.model({ inputs: input, outputs: nested.apply(flat) as tf.SymbolicTensor })
}

const looking =
  (run: tf.LayersModel): LookInSteps =>
  async (inputs, look, between) => {
    tf.dispose(await inPieces(layerByLayer(run, inputs, look), between))
  }

const requestsFor = (layers: readonly string[]): StatisticRequest[] =>
  layers.flatMap((layer) => kinds.map((kind) => ({ layer, kind })))

async function batches(pass: StatisticsPass, run: tf.LayersModel, x: tf.Tensor4D, size: number) {
  for (let at = pass.done; at < x.shape[0]; at = pass.done) {
    const count = Math.min(size, x.shape[0] - at)
    const part = x.slice(at, count)
    await pass.batch(looking(run), [part], count, free)
    part.dispose()
  }
}

describe('statistics of what layers are given', () => {
  it('are those of the inputs, whatever the batches', async () => {
    const run = model()
    const x = tf.randomNormal<tf.Rank.R4>([10, 4, 3, 2], 0.5, 1, 'float32', 7)
    const pass = new StatisticsPass(requestsFor(['conv', 'nested/inner']))
    await batches(pass, run, x, 4)
    expect(pass.done).toBe(10)
    const values = await x.data()
    const mean = pass.of('conv', 'mean')
    expect(mean?.sides).toEqual([4, 3, 2])
    for (let place = 0; place < 24; place++) {
      let sum = 0
      for (let sample = 0; sample < 10; sample++) sum += values[24 * sample + place] ?? NaN
      expect(mean?.values[place]).toBeCloseTo(sum / 10, 5)
    }
    for (const channel of [0, 1]) {
      const own = [...values].filter((_, index) => index % 2 === channel)
      const squares = own.reduce((sum, value) => sum + value ** 2, 0) / own.length
      expect(pass.of('conv', 'secondMoment')?.values[channel]).toBeCloseTo(squares, 5)
      expect(pass.of('conv', 'extremes')?.low[channel]).toBe(Math.min(...own))
      expect(pass.of('conv', 'extremes')?.high[channel]).toBe(Math.max(...own))
    }
    expect(pass.of('conv', 'samples')).toEqual({
      count: 10,
      sides: [4, 3, 2],
      values: Float32Array.from(values),
    })
    expect(pass.of('nested/inner', 'mean')?.sides).toEqual([3])
    expect(pass.of('conv', 'mean')).toBe(mean)
    tf.dispose([x, run.weights.map((weight) => weight.read())])
  })

  it('keep no more samples than they need', async () => {
    const run = model()
    const x = tf.randomNormal<tf.Rank.R4>([200, 4, 3, 2], 0, 1, 'float32', 8)
    const pass = new StatisticsPass([{ layer: 'conv', kind: 'samples' }])
    await batches(pass, run, x, 60)
    const kept = pass.of('conv', 'samples')
    expect(kept?.count).toBe(128)
    expect(kept?.values).toEqual((await x.data<'float32'>()).slice(0, 128 * 24))
    tf.dispose(x)
  })

  it('are not known of a layer that runs twice, or never, or on what is no number', async () => {
    const run = model()
    const x = tf.randomNormal<tf.Rank.R4>([3, 4, 3, 2], 0, 1, 'float32', 9)
    const pass = new StatisticsPass(requestsFor(['shared', 'inner', 'conv']))
    await batches(pass, run, x, 3)
    for (const kind of kinds) {
      expect(pass.of('shared', kind)).toBeNull()
      expect(pass.of('inner', kind)).toBeNull()
    }
    const infinite = tf.fill<tf.Rank.R4>([1, 4, 3, 2], Infinity)
    await pass.batch(looking(run), [infinite], 1, free)
    expect(pass.of('conv', 'mean')).toBeNull()
    tf.dispose([x, infinite])
  })

  it('go on where they were left, and leave no tensor behind', async () => {
    const run = model()
    const x = tf.randomNormal<tf.Rank.R4>([9, 4, 3, 2], 0, 1, 'float32', 10)
    const whole = new StatisticsPass(requestsFor(['conv', 'nested/inner']))
    await batches(whole, run, x, 3)
    const before = tf.memory().numTensors
    const pass = new StatisticsPass(requestsFor(['conv', 'nested/inner']))
    let calls = 0
    const leave = (): Promise<void> =>
      ++calls === 3 ? Promise.reject(new Error('left')) : Promise.resolve()
    const first = x.slice(0, 3)
    await expect(pass.batch(looking(run), [first], 3, leave)).rejects.toThrow('left')
    first.dispose()
    expect(pass.done).toBe(0)
    await batches(pass, run, x, 3)
    expect(tf.memory().numTensors).toBe(before)
    for (const layer of ['conv', 'nested/inner'])
      for (const kind of kinds) expect(pass.of(layer, kind)).toEqual(whole.of(layer, kind))
    expect(pass.covers([{ layer: 'conv', kind: 'mean' }])).toBe(true)
    expect(pass.covers([{ layer: 'shared', kind: 'mean' }])).toBe(false)
    x.dispose()
  })
})
