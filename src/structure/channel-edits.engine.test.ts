import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answersOf, chosenChannels, halfOfAll, openedSample } from '../../testing/engine/cut-ground'
import { maskReaders } from '../../testing/models/mask-readers'
import { savedFiles } from '../../testing/models/stock-model'
import { createRandom } from '../core/random'
import type { Random } from '../core/random'
import type { OpenedModel } from '../formats/format'
import { openModel } from '../formats/importers'
import { editModel } from '../formats/edit-model'
import { nodeMacs } from '../graph/macs-of'
import { shapesOf } from '../graph/shapes-of'
import { channelEdits, parametersGone } from './channel-edits'
import { mapChannels } from './channel-map'
import type { ChannelMap } from './channel-map'
import { channelCriteria } from './channel-scores'
import { macsAfter } from './choose-channels'

const go = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Layers in random order, with every kind of dependency between their channels. */
function randomNet(random: Random): tf.LayersModel {
  let seed = 1
  const initial = (): ReturnType<typeof tf.initializers.randomNormal> =>
    tf.initializers.randomNormal({ stddev: 0.4, seed: seed++ })
  const apply = (layer: tf.layers.Layer, to: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(to) as tf.SymbolicTensor
  const convolution = (filters: number, kernelSize = 3) =>
    tf.layers.conv2d({
      filters,
      kernelSize,
      padding: 'same',
      useBias: random.below(2) === 0,
      activation: (['linear', 'relu', 'sigmoid'] as const)[random.below(3)] ?? 'linear',
      kernelInitializer: initial(),
      biasInitializer: initial(),
    })
  const input = tf.input({ shape: [6, 6, 2] })
  let x = apply(convolution(2 + random.below(4)), input)
  const normalized = (to: tf.SymbolicTensor): tf.SymbolicTensor =>
    apply(
      tf.layers.batchNormalization({
        gammaInitializer: initial(),
        betaInitializer: initial(),
        movingMeanInitializer: initial(),
      }),
      to,
    )
  for (let turn = 0; turn < 4; turn++) {
    const channels = x.shape.at(-1) ?? 1
    switch (random.below(7)) {
      case 0:
        x = apply(convolution(2 + random.below(5)), normalized(x))
        break
      case 1: {
        const branch = normalized(apply(convolution(channels), x))
        x = apply(tf.layers.reLU(), apply(tf.layers.add(), [x, branch]))
        break
      }
      case 2:
        x = apply(tf.layers.concatenate(), [x, apply(convolution(1 + random.below(4), 1), x)])
        break
      case 3:
        x = apply(
          tf.layers.depthwiseConv2d({
            kernelSize: 3,
            padding: 'same',
            depthMultiplier: 1 + random.below(2),
            depthwiseInitializer: initial(),
            biasInitializer: initial(),
          }),
          x,
        )
        break
      case 4:
        x = apply(
          tf.layers.separableConv2d({
            filters: 2 + random.below(4),
            kernelSize: 3,
            padding: 'same',
            depthwiseInitializer: initial(),
            pointwiseInitializer: initial(),
            biasInitializer: initial(),
          }),
          x,
        )
        break
      case 5:
        x = apply(tf.layers.leakyReLU(), apply(tf.layers.zeroPadding2d(), x))
        x = apply(tf.layers.maxPooling2d({ poolSize: 2 }), x)
        break
      case 6: {
        const gate = apply(convolution(channels, 1), x)
        x = apply(tf.layers.multiply(), [x, gate])
        break
      }
    }
  }
  const flat =
    random.below(2) === 0
      ? apply(tf.layers.flatten(), x)
      : apply(tf.layers.globalAveragePooling2d({}), x)
  const dense = (units: number, activation: 'tanh' | 'softmax') =>
    tf.layers.dense({ units, activation, kernelInitializer: initial(), biasInitializer: initial() })
  const outputs = apply(dense(3, 'softmax'), apply(dense(5, 'tanh'), flat))
  return tf.model({ inputs: input, outputs })
}

async function opened(model: tf.LayersModel): Promise<OpenedModel> {
  const bundle = await savedFiles(tf, model)
  model.dispose()
  return openModel(bundle, go)
}

function mapOf({ graph }: OpenedModel): ChannelMap {
  return mapChannels(graph, shapesOf(graph))
}

function cut(
  model: OpenedModel,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): Promise<OpenedModel> {
  return editModel(model, channelEdits(model.graph, map, removed), go)
}

describe('a model without its removed channels', () => {
  it('computes what the whole one does with nobody reading them, for 200 random nets', async () => {
    const random = createRandom(20261126)
    let removedInAll = 0
    for (let net = 0; net < 200; net++) {
      const model = await opened(randomNet(random))
      const map = mapOf(model)
      const removed = await chosenChannels(model, map, {
        ...halfOfAll,
        criterion: channelCriteria[net % channelCriteria.length] ?? 'l1',
        scope: net % 2 === 0 ? 'global' : 'perLayer',
        share: 0.2 + 0.6 * random.uniform(),
        seed: net,
      })
      removedInAll += removed.size
      const smaller = await cut(model, map, removed)
      const x = tf.randomNormal([3, 6, 6, 2], 0, 1, 'float32', net)
      const [wanted = []] = await answersOf(maskReaders(model, map, removed), [x])
      const [found = []] = await answersOf(smaller, [x])
      x.dispose()
      expect(found.length).toBe(wanted.length)
      found.forEach((value, at) => {
        expect(Math.abs(value - (wanted[at] ?? NaN))).toBeLessThan(1e-5)
      })
      const size = (of: OpenedModel): number =>
        of.weights.reduce((sum, { values }) => sum + values.length, 0)
      if (removed.size > 0) expect(size(smaller)).toBeLessThan(size(model))
      expect(parametersGone(model.graph, map, removed)).toBe(size(model) - size(smaller))
    }
    expect(removedInAll).toBeGreaterThan(1000)
  })

  it.each(['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small'])('and for %s', async (id) => {
    const model = await openedSample(id)
    const map = mapOf(model)
    const removed = await chosenChannels(model, map, halfOfAll)
    const smaller = await cut(model, map, removed)
    const x = tf.randomNormal([2, 28, 28, 1], 0, 1, 'float32', 1)
    const [wanted = []] = await answersOf(maskReaders(model, map, removed), [x])
    const [found = []] = await answersOf(smaller, [x])
    x.dispose()
    found.forEach((value, at) => {
      expect(Math.abs(value - (wanted[at] ?? NaN))).toBeLessThan(1e-5)
    })
  })
})

describe('dependency groups', () => {
  it('of the residual sample couple what is added, and leave the classes alone', async () => {
    const map = mapOf(await openedSample('fashion-cnn'))
    const group = (layer: string) => map.groups.find(({ producers }) => producers.includes(layer))
    const stem = group('stem_conv')
    expect(stem?.producers).toEqual(['stem_conv', 'block1_pointwise'])
    expect(stem?.followers).toEqual(
      expect.arrayContaining(['stem_norm', 'block1_depthwise', 'block1_pointwise_norm']),
    )
    expect(stem?.readers).toContain('block2_pointwise')
    expect(stem?.channels).toHaveLength(16)
    expect(stem?.fixed).toBeNull()
    expect(group('classes')?.fixed).toEqual({ reason: 'output', layer: 'classes' })
  })

  it('keep what goes through a layer that weighs channels against each other', async () => {
    const input = tf.input({ shape: [4] })
    const hidden = tf.layers.dense({ units: 5, name: 'hidden' }).apply(input)
    const mixed = tf.layers.layerNormalization({ name: 'mixed' }).apply(hidden)
    const last = tf.layers.dense({ units: 2, name: 'last' }).apply(mixed)
    const model = await opened(tf.model({ inputs: input, outputs: last as tf.SymbolicTensor }))
    const map = mapOf(model)
    expect(map.groups.map(({ producers, fixed }) => [producers, fixed])).toEqual([
      [['hidden'], { reason: 'layer', layer: 'mixed' }],
      [['last'], { reason: 'output', layer: 'last' }],
    ])
  })

  it('keep those of a layer that is used twice', async () => {
    const [left, right] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })]
    const shared = tf.layers.dense({ units: 5, name: 'shared' })
    const both = tf.layers
      .concatenate()
      .apply([shared.apply(left), shared.apply(right)] as tf.SymbolicTensor[])
    const last = tf.layers.dense({ units: 2, name: 'last' }).apply(both)
    const map = mapOf(
      await opened(tf.model({ inputs: [left, right], outputs: last as tf.SymbolicTensor })),
    )
    expect(map.groups.map(({ producers }) => producers)).toEqual([['last']])
  })
})

describe('a target', () => {
  it('in multiply-accumulates is met, and no group loses its last channel', async () => {
    const model = await openedSample('fashion-cnn')
    const map = mapOf(model)
    const macs = nodeMacs(model.graph)
    for (const share of [0.3, 0.7, 1]) {
      const removed = await chosenChannels(model, map, {
        ...halfOfAll,
        of: 'macs',
        share,
      })
      const whole = macsAfter(map, macs, new Set())
      if (share < 1) expect(macsAfter(map, macs, removed)).toBeLessThanOrEqual((1 - share) * whole)
      for (const { channels } of map.groups)
        expect(channels.some((channel) => !removed.has(channel))).toBe(true)
    }
  })

  it('leaves the first layer alone where that is wanted', async () => {
    const model = await openedSample('lenet-5')
    const map = mapOf(model)
    const wanted = { ...halfOfAll, share: 0.9, protectFirst: true }
    const removed = await chosenChannels(model, map, wanted, new Set(['conv1']))
    const first = map.groups.find(({ producers }) => producers.includes('conv1'))
    expect(first?.channels.some((channel) => removed.has(channel))).toBe(false)
    expect(removed.size).toBeGreaterThan(100)
  })
})
