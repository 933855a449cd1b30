import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answersOf, openedSample } from '../../testing/engine/cut-ground'
import { savedFiles } from '../../testing/models/stock-model'
import type { OpenedModel } from '../formats/format'
import { openModel } from '../formats/importers'
import { editModel } from '../formats/edit-model'
import { shapesOf } from '../graph/shapes-of'
import { blockEdits, depthBlocks } from './depth-blocks'

const go = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function built(model: tf.LayersModel): Promise<OpenedModel> {
  const files = await savedFiles(tf, model)
  model.dispose()
  return openModel(files, go)
}

function blocksOf({ graph }: OpenedModel) {
  return depthBlocks(graph, shapesOf(graph))
}

function without(model: OpenedModel, ids: readonly string[]): Promise<OpenedModel> {
  const { graph } = model
  return editModel(model, blockEdits(graph, shapesOf(graph), ids), go)
}

/** The model with nothing coming out of some normalisations. */
function silenced(model: OpenedModel, layers: readonly string[]): OpenedModel {
  return {
    ...model,
    weights: model.weights.map((weight) =>
      layers.includes(weight.spec.layerName) && /\/(?:gamma|beta)$/.test(weight.spec.name)
        ? { ...weight, values: new Float32Array(weight.values.length) }
        : weight,
    ),
  }
}

describe('blocks that can be left out', () => {
  it('of the residual sample are those whose input passes by, and computing without them is exact', async () => {
    const model = await openedSample('fashion-cnn')
    const blocks = blocksOf(model)
    expect(blocks.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      'residual block1_add',
      'residual block3_add',
      'residual block5_add',
      'residual block6_add',
      'residual block7_add',
    ])
    expect(blocks[2]).toMatchObject({ from: 'block4_pointwise_relu', to: 'block5_add' })
    const smaller = await without(model, ['block5_add', 'block3_add', 'nothing'])
    expect(smaller.layers).toHaveLength(model.layers.length - 12)
    const x = tf.randomNormal([2, 28, 28, 1], 0, 1, 'float32', 3)
    const whole = silenced(model, ['block3_pointwise_norm', 'block5_pointwise_norm'])
    const [wanted = []] = await answersOf(whole, [x])
    const [found = []] = await answersOf(smaller, [x])
    x.dispose()
    wanted.forEach((value, at) => {
      expect(Math.abs(value - (found[at] ?? NaN))).toBeLessThan(1e-5)
    })
  })

  it('of a plain network are layers that keep their shape, with what follows them', async () => {
    const conv = (name: string, filters: number, strides = 1) =>
      tf.layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', name })
    const model = await built(
      tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, name: 'a' }),
          conv('b', 4),
          tf.layers.batchNormalization({ name: 'bn' }),
          tf.layers.reLU({ name: 'relu' }),
          conv('c', 6),
          conv('d', 6, 2),
          tf.layers.flatten({ name: 'flat' }),
          tf.layers.dense({ units: 5, name: 'e' }),
          tf.layers.dense({ units: 5, name: 'f' }),
          tf.layers.dense({ units: 5, name: 'out' }),
        ],
      }),
    )
    const blocks = blocksOf(model)
    expect(blocks.map(({ layers }) => layers.join(' '))).toEqual(['b bn relu', 'f'])
    const smaller = await without(model, ['b', 'f'])
    expect(smaller.layers.map(({ name }) => name)).toEqual(['a', 'c', 'd', 'flat', 'e', 'out'])
    const x = tf.ones([1, 8, 8, 1])
    expect((await answersOf(smaller, [x])).flat()).toHaveLength(5)
    x.dispose()
  })

  it('are none where somebody else reads the inside, or a projection stands in the way', async () => {
    const input = tf.input({ shape: [4, 4, 3] })
    const one = (name: string) => tf.layers.conv2d({ filters: 3, kernelSize: 1, name })
    const first = one('first').apply(input) as tf.SymbolicTensor
    const inner = one('inner').apply(first) as tf.SymbolicTensor
    const sum = tf.layers.add({ name: 'sum' }).apply([first, inner]) as tf.SymbolicTensor
    const again = tf.layers.add({ name: 'again' }).apply([sum, inner]) as tf.SymbolicTensor
    const projected = tf.layers.conv2d({ filters: 5, kernelSize: 1, name: 'projected' })
    const wide = tf.layers.conv2d({ filters: 5, kernelSize: 1, name: 'wide' })
    const last = tf.layers
      .add({ name: 'last' })
      .apply([
        projected.apply(again) as tf.SymbolicTensor,
        wide.apply(again) as tf.SymbolicTensor,
      ]) as tf.SymbolicTensor
    const model = await built(tf.model({ inputs: input, outputs: last }))
    const names = blocksOf(model).map(({ id }) => id)
    // These two keep their shape, whoever reads them.
    expect(names).toEqual(['first', 'inner'])
  })

  it('leave a model that other cuts and files know how to handle', async () => {
    const vgg = await openedSample('vgg-small')
    expect(blocksOf(vgg).map(({ id }) => id)).toEqual([
      'block1_conv2',
      'block2_conv2',
      'block3_conv2',
    ])
    const smaller = await without(vgg, ['block2_conv2'])
    expect(smaller.weights.map(({ spec }) => spec.layerName)).not.toContain('block2_conv2')
    const x = tf.ones([1, 28, 28, 1])
    expect((await answersOf(smaller, [x])).flat()).toHaveLength(10)
    x.dispose()
  })

  it('are found beside outputs that are inputs, and behind a model that only hands its input on', async () => {
    const layer = (name: string) => tf.layers.dense({ units: 3, name, biasInitializer: 'ones' })
    const input = tf.input({ shape: [3], name: 'input' })
    const handedOn = (): tf.SymbolicTensor => {
      const given = tf.input({ shape: [3] })
      return tf.model({ inputs: given, outputs: given }).apply(input) as tf.SymbolicTensor
    }
    const first = layer('first').apply(handedOn()) as tf.SymbolicTensor
    const last = layer('last').apply(first) as tf.SymbolicTensor
    const model = await built(tf.model({ inputs: input, outputs: [last, input] }))
    expect(blocksOf(model).map(({ layers }) => layers.join(' '))).toEqual(['first'])
    const smaller = await without(model, ['first'])
    const x = tf.tensor2d([1, 2, 3], [1, 3])
    const [found = []] = await answersOf(smaller, [x])
    const kernel = model.weights.find(({ spec }) => spec.name === 'last/kernel')?.values ?? []
    found.forEach((value, at) => {
      const sum = 1 + 1 * (kernel[at] ?? 0) + 2 * (kernel[3 + at] ?? 0) + 3 * (kernel[6 + at] ?? 0)
      expect(value).toBeCloseTo(sum, 5)
    })
    x.dispose()
    for (const outputs of [input, handedOn()])
      expect(blocksOf(await built(tf.model({ inputs: input, outputs })))).toEqual([])
  })
})
