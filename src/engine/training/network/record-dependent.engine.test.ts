import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomInputs, randomNet } from '../../../../testing/models/random-nets'
import { savedFiles } from '../../../../testing/models/stock-model'
import { createRandom } from '../../../core/random'
import type { OpenedModel } from '../../../formats/format'
import { openModel } from '../../../formats/importers'
import { learntWeights } from '../../../graph/learnt-weights'
import { learningWeights } from '../../../training/learning-layers'
import { differentiate } from './differentiate'
import { TrainableProgram } from './trainable-program'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function opened(stock: tf.LayersModel): Promise<OpenedModel> {
  return openModel(await savedFiles(tf, stock), () => Promise.resolve())
}

interface Found {
  /** By the name of the weight. */
  readonly gradients: ReadonlyMap<string, Float32Array>
  /** Operations that the tape held. */
  readonly recorded: number
  /** Kernels that were run. */
  readonly kernels: number
}

async function gradientsOf(
  model: OpenedModel,
  layers: readonly string[] | null,
  inputs: readonly tf.Tensor[],
): Promise<Found> {
  const learning = learningWeights(model.weights, layers === null ? null : [...layers])
  const trainable = new TrainableProgram(model, learning)
  // Statistics of a frozen layer are held, and so are here those of all.
  trainable.statisticsFrozen = true
  const before = tf.memory().numTensors
  const found = new Map<string, Float32Array>()
  let recorded = 0
  const { kernels } = await tf.profile(() => {
    const { loss, outputs, gradients } = differentiate(() => {
      const [y = tf.scalar(NaN)] = trainable.forward(inputs, true, 1)
      recorded = tf.engine().state.activeTape.length
      return { loss: y.square().mean().asScalar(), outputs: y }
    }, [...trainable.trained.values()])
    for (const [name, variable] of trainable.trained) {
      const gradient = gradients.get(variable.name)
      if (gradient !== undefined) found.set(name, gradient.dataSync<'float32'>().slice())
    }
    tf.dispose([loss, outputs, ...gradients.values()])
    return loss
  })
  expect(tf.memory().numTensors).toBe(before)
  trainable.dispose()
  return { gradients: found, recorded, kernels: kernels.length }
}

function farthest(a: Float32Array, b: Float32Array): number {
  const size = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN)) / size), 0)
}

/** Noise is another each time, and a frozen wrapper holds the statistics of what it carries out. */
function changesBySelf({ graph: { layers: all, nodes } }: OpenedModel): boolean {
  const wrappers = all.filter(({ className }) => className === 'TimeDistributed')
  const wrapped = new Set(wrappers.map(({ name }) => name))
  return nodes.some(
    ({ layer, op }) => op === 'noise' || (op === 'batchNormalization' && wrapped.has(layer)),
  )
}

const layersOf = ({ weights }: OpenedModel): string[] => [
  ...new Set(weights.map(({ spec }) => spec.layerName)),
]

describe('gradients of chosen layers', () => {
  it('are those of all layers, whatever the model and the choice, and no others', async () => {
    const random = createRandom(3)
    let [chosen, fewer] = [0, 0]
    for (let seed = 0; seed < 40; seed++) {
      const stock = randomNet(seed)
      const model = await opened(stock)
      if (learntWeights(model.graph).size === 0) {
        stock.dispose()
        continue
      }
      const inputs = randomInputs(stock, 2, seed)
      const all = await gradientsOf(model, null, inputs)
      const names = layersOf(model)
      const layers = names.filter(() => random.below(3) === 0)
      const wanted = new Set(
        model.weights.flatMap(({ spec }) => (layers.includes(spec.layerName) ? [spec.name] : [])),
      )
      const known = [...all.gradients].filter(([name]) => wanted.has(name))
      if (known.length > 0 && !changesBySelf(model)) {
        const some = await gradientsOf(model, layers, inputs)
        expect([...some.gradients.keys()].sort()).toEqual(known.map(([name]) => name).sort())
        for (const [name, gradient] of known)
          expect(
            farthest(some.gradients.get(name) ?? new Float32Array([NaN]), gradient),
            `${seed} ${name}`,
          ).toBeLessThan(1e-4)
        expect(some.recorded).toBeLessThanOrEqual(all.recorded)
        chosen++
        fewer += Number(some.kernels < all.kernels)
      }
      tf.dispose(inputs)
      stock.dispose()
    }
    expect(chosen).toBeGreaterThan(9)
    expect(fewer).toBeGreaterThan(chosen / 2)
  })
})

const { layers } = tf

/** A model inside a model, a layer over time, and one that is called twice. */
const models: readonly (readonly [string, () => tf.LayersModel])[] = [
  [
    'a nested model',
    () =>
      tf.sequential({
        layers: [
          tf.sequential({
            name: 'inner',
            layers: [
              layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, name: 'a' }),
              layers.batchNormalization({ name: 'b' }),
            ],
          }),
          layers.flatten({}),
          layers.dense({ units: 4, activation: 'tanh', name: 'c' }),
          layers.dense({ units: 2, name: 'd' }),
        ],
      }),
  ],
  [
    'recurrent layers',
    () =>
      tf.sequential({
        layers: [
          layers.lstm({ inputShape: [5, 3], units: 4, returnSequences: true, name: 'a' }),
          layers.timeDistributed({ layer: layers.dense({ units: 3 }), name: 'b' }),
          layers.gru({ units: 3, name: 'c' }),
          layers.dense({ units: 2, name: 'd' }),
        ],
      }),
  ],
  [
    'a layer that is called twice',
    () => {
      const input = tf.input({ shape: [4] })
      const shared = layers.dense({ units: 4, activation: 'tanh', name: 'b' })
      const first = shared.apply(layers.dense({ units: 4, name: 'a' }).apply(input))
      const second = shared.apply(layers.dense({ units: 4, name: 'c' }).apply(first))
      const outputs = layers.dense({ units: 2, name: 'd' }).apply(second) as tf.SymbolicTensor
      return tf.model({ inputs: input, outputs })
    },
  ],
]

describe.each(models)('%s', (_, build) => {
  it('has on the tape what is behind the lowest layer that learns', async () => {
    const stock = build()
    const model = await opened(stock)
    const inputs = randomInputs(stock, 3, 1)
    const names = layersOf(model)
    expect(names).toHaveLength(4)
    const all = await gradientsOf(model, null, inputs)
    const recorded: number[] = []
    for (const name of names) {
      const { gradients, recorded: count } = await gradientsOf(model, [name], inputs)
      const own = model.weights.filter(({ spec }) => spec.layerName === name)
      const trained = own.filter(({ spec }) => !spec.name.includes('moving'))
      expect([...gradients.keys()].sort()).toEqual(trained.map(({ spec }) => spec.name).sort())
      for (const [weight, gradient] of gradients)
        expect(farthest(gradient, all.gradients.get(weight) ?? new Float32Array())).toBeLessThan(
          1e-4,
        )
      recorded.push(count)
    }
    // Where the lowest learns all is behind it; what is saved of frozen weights is no operation.
    expect(Math.max(...recorded)).toBeLessThanOrEqual(all.recorded)
    expect(recorded.at(-1)).toBe(Math.min(...recorded))
    expect(recorded.at(-1)).toBeLessThan(all.recorded / 2)
    tf.dispose(inputs)
    stock.dispose()
  })
})

it('a wrapper that is frozen keeps the statistics of what it carries out at each step', async () => {
  const stock = tf.sequential({
    layers: [
      layers.timeDistributed({
        inputShape: [3, 4],
        layer: layers.batchNormalization({}),
        name: 'each',
      }),
      layers.flatten({}),
      layers.dense({ units: 2, name: 'last' }),
    ],
  })
  const model = await opened(stock)
  const floats = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const inputs = randomInputs(stock, 4, 2)
  for (const names of [['last'], null]) {
    const trainable = new TrainableProgram(model, learningWeights(model.weights, names))
    tf.tidy(() => {
      trainable.forward(inputs, true, 0)
    })
    const after = await trainable.read(floats)
    const moved = after.filter(({ values }, at) =>
      values.some((value, index) => value !== floats[at]?.values[index]),
    )
    expect(moved.length > 0).toBe(names === null)
    trainable.dispose()
  }
  tf.dispose(inputs)
  stock.dispose()
})

it('a layer that is frozen keeps its statistics in a model that a wrapper carries out, where another learns', async () => {
  const inner = tf.sequential({
    layers: [
      layers.dense({ units: 4, inputShape: [4], name: 'deep' }),
      layers.batchNormalization({ name: 'normal' }),
    ],
  })
  const stock = tf.sequential({
    layers: [
      layers.timeDistributed({ inputShape: [3, 4], layer: inner, name: 'each' }),
      layers.flatten({}),
      layers.dense({ units: 2, name: 'last' }),
    ],
  })
  const model = await opened(stock)
  const floats = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const inputs = randomInputs(stock, 4, 2)
  for (const names of [['each/deep'], ['each/deep', 'each/normal']]) {
    const trainable = new TrainableProgram(model, learningWeights(model.weights, names))
    expect(trainable.trained.size).toBe(2 * names.length)
    tf.tidy(() => {
      trainable.forward(inputs, true, 0)
    })
    const after = await trainable.read(floats)
    const moved = after.filter(({ values }, at) =>
      values.some((value, index) => value !== floats[at]?.values[index]),
    )
    expect(moved.length > 0).toBe(names.length > 1)
    trainable.dispose()
  }
  tf.dispose(inputs)
  stock.dispose()
})
