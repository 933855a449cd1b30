import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { openNet } from '../../../../testing/engine/open-net'
import { graphBundle, smallGraph } from '../../../../testing/files/graph-files'
import { unfusedGraph } from '../../../../testing/files/unfused-graph'
import { bars, residualModel } from '../../../../testing/models/bar-model'
import { partsOf, sentences } from '../../../../testing/models/transformers'
import { memoryFile } from '../../../files/file-bundle'
import { openModel } from '../../../formats/importers'
import type { OpenedModel } from '../../../formats/format'
import { learningWeights } from '../../../training/learning-layers'
import { buildLayersModel } from '../../model/build-layers-model'
import { differentiate } from './differentiate'
import type { TrainableModel } from './trainable-model'
import { TrainableProgram } from './trainable-program'

beforeAll(() => tf.setBackend('cpu'))

const go = (): Promise<void> => Promise.resolve()

function pictures(count: number): tf.Tensor {
  const { pixels } = bars(count, 2)
  return tf.tensor4d(
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [count, 8, 8, 1],
  )
}

function answersOfSigmoid(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 2, activation: 'sigmoid' }),
    ],
  })
}

interface Step {
  readonly logits: readonly number[]
  readonly gradients: ReadonlyMap<string, readonly number[]>
  /** Of all weights afterwards: statistics have moved. */
  readonly after: ReadonlyMap<string, readonly number[]>
}

/** One way there and back. */
function stepOf(
  model: Pick<TrainableModel, 'all' | 'forward' | 'trained'>,
  inputs: readonly tf.Tensor[],
): Step {
  const names = new Map([...model.trained].map(([name, { name: own }]) => [own, name]))
  const pass = differentiate(() => {
    const [outputs = tf.scalar(0)] = model.forward(inputs, true, 1)
    return { outputs, loss: outputs.sub(1).square().mean().asScalar() }
  }, [...model.trained.values()])
  const step = {
    logits: [...pass.outputs.dataSync()],
    gradients: new Map(
      [...pass.gradients].map(([name, gradient]) => [
        names.get(name) ?? name,
        [...gradient.dataSync()],
      ]),
    ),
    after: new Map([...model.all].map(([name, variable]) => [name, [...variable.dataSync()]])),
  }
  tf.dispose([pass.loss, pass.outputs, ...pass.gradients.values()])
  return step
}

type Learner = Pick<TrainableModel, 'all' | 'forward' | 'trained'> & {
  readonly dispose: () => void
}

/** By layers of TensorFlow.js up to their scores, of which some keep their weights, and statistics. */
async function byLayers(
  opened: OpenedModel,
  frozen: boolean,
  learning: ReadonlySet<string> | null,
): Promise<Learner> {
  const model = await buildLayersModel(opened)
  const learns = ({ originalName }: { originalName: string }): boolean =>
    learning?.has(originalName) ?? true
  const variables = (weights: tf.LayersModel['weights']): Map<string, tf.Variable> =>
    new Map(weights.map((weight) => [weight.originalName, weight.read() as tf.Variable]))
  for (const layer of model.layers) {
    layer.trainable = true
    const own = layer.call.bind(layer)
    const isHeld = frozen || !layer.weights.every(learns)
    layer.call = (inputs, args) => own(inputs, { ...args, training: !isHeld })
  }
  const linear: unknown = Reflect.get(tf.layers.activation({ activation: 'linear' }), 'activation')
  for (const layer of model.layers.slice(-1)) Reflect.set(layer, 'activation', linear)
  return {
    trained: variables(model.trainableWeights.filter(learns)),
    all: variables(model.weights),
    forward: ([x = tf.scalar(NaN)]) => [model.apply(x) as tf.Tensor],
    dispose: () => {
      model.dispose()
    },
  }
}

/** @param least what numbers are at least a share of */
function expectClose(found: readonly number[] = [], wanted: readonly number[], least = 1e-3): void {
  expect(found).toHaveLength(wanted.length)
  const scale = Math.max(least, ...wanted.map(Math.abs))
  const apart = Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? NaN))))
  expect(apart / scale).toBeLessThan(2e-5)
}

describe('a model that trains by its graph', () => {
  it.each([
    ['with batch normalisation and a residual', residualModel, false, false],
    ['whose statistics are frozen', residualModel, true, false],
    ['that ends in a sigmoid', answersOfSigmoid, false, false],
    ['of which every other layer is frozen', residualModel, false, true],
  ])('does what its layers do: one %s', async (_, build, frozen, partly) => {
    const opened = await openNet(build())
    const names = [...new Set(opened.weights.map(({ spec }) => spec.layerName))]
    const chosen = partly ? names.filter((__, at) => at % 2 === 1) : null
    const learning = learningWeights(opened.weights, chosen)
    const inputs = [pictures(6)]
    const before = tf.memory().numTensors
    const layers = await byLayers(opened, frozen, learning)
    const program = new TrainableProgram(opened, learning)
    program.statisticsFrozen = frozen
    expect([...program.trained.keys()].sort()).toEqual([...layers.trained.keys()].sort())
    expect([...program.all.keys()].sort()).toEqual([...layers.all.keys()].sort())
    const [wanted, found] = [stepOf(layers, inputs), stepOf(program, inputs)]
    expectClose(found.logits, wanted.logits)
    expect([...found.gradients.keys()].sort()).toEqual([...wanted.gradients.keys()].sort())
    // A bias before a normalisation has none but what rounding leaves of large sums.
    const largest = Math.max(...[...wanted.gradients.values()].flat().map(Math.abs))
    for (const [name, gradient] of wanted.gradients)
      expectClose(found.gradients.get(name), gradient, largest / 10)
    for (const [name, values] of wanted.after) expectClose(found.after.get(name), values)
    layers.dispose()
    program.dispose()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(inputs)
  })

  it('leaves statistics, preparation and single numbers of a graph as they are', async () => {
    const opened = await openModel(graphBundle(smallGraph()), go)
    const model = new TrainableProgram(opened)
    expect([...model.trained.keys()]).toEqual([
      ...['first/kernel', 'first/bias', 'depth/kernel', 'depth/bias', 'norm/gamma', 'norm/beta'],
      ...['dense/kernel', 'dense/bias'],
    ])
    expect([...model.all.keys()]).toContain('norm/variance')
    expect(model.statistics).toHaveLength(1)
    model.dispose()
  })

  it('computes with what is made of a weight, and of what lies between its operators', async () => {
    const opened = await openModel(graphBundle(unfusedGraph()), go)
    const model = new TrainableProgram(opened)
    const input = tf.randomNormal([2, 8, 8, 3], 0, 1, 'float32', 1)
    const features = model.tap('wide/relu')
    expect(features()).toBeNull()
    const held = tf.memory().numTensors
    const logits = (): number[] =>
      tf.tidy(() => [...(model.forward([input], false, 0)[0]?.dataSync() ?? [])])
    const plain = logits()
    const said = features()
    expect(said?.shape).toEqual([2, 8, 8, 10])
    expect(model.sidesOf('wide/relu')).toEqual([8, 8, 10])
    said?.dispose()
    expect(tf.memory().numTensors).toBe(held)
    model.transform('classes/kernel', (weight) => tf.mul(weight, 2))
    expectClose(
      logits(),
      plain.map((value) => 2 * value),
    )
    model.transform('classes/kernel', null)
    const names = model.activations.map(({ name }) => name)
    expect(names).toEqual(['stem/relu', 'branch/relu', 'sum', 'wide/relu', 'hidden'])
    model.activations.at(-1)?.change((value) => tf.mul(value, 3))
    expectClose(
      logits(),
      plain.map((value) => 3 * value),
    )
    features()?.dispose()
    expect(tf.memory().numTensors).toBe(held)
    input.dispose()
    model.dispose()
  })

  const read = (name: Parameters<typeof partsOf>[0]): Promise<OpenedModel> =>
    openModel(
      partsOf(name).map(({ path, bytes }) => memoryFile(path, bytes)),
      go,
    )
  it.each([
    [
      'sizes of its batch',
      () => openModel(graphBundle(unfusedGraph()), go),
      () => tf.ones([2, 8, 8, 3]),
    ],
    ['patches of pictures', () => read('small-vit'), () => tf.ones([2, 28, 28, 1])],
    [
      'words',
      () => read('small-bert'),
      () => tf.tensor2d(sentences(2, 1).rows, undefined, 'int32'),
    ],
  ] as const)('reads nothing back from the device in a step with %s', async (_, open, given) => {
    const model = new TrainableProgram(await open())
    const input = given()
    const reading = vi.spyOn(tf.engine(), 'readSync')
    const pass = differentiate(() => {
      const [outputs = tf.scalar(0)] = model.forward([input], true, 1)
      return { outputs, loss: outputs.square().mean().asScalar() }
    }, [...model.trained.values()])
    expect(reading).not.toHaveBeenCalled()
    expect(pass.gradients.size).toBeGreaterThan(5)
    reading.mockRestore()
    tf.dispose([pass.loss, pass.outputs, ...pass.gradients.values(), input])
    model.dispose()
  })

  it('says to which layer it has come, there and back', async () => {
    const opened: OpenedModel = await openModel(graphBundle(unfusedGraph()), go)
    const model = new TrainableProgram(opened)
    const input = tf.randomNormal([1, 8, 8, 3], 0, 1, 'float32', 1)
    const layers: string[] = []
    const stop = model.follow((layer) => layers.push(layer))
    stepOf(model, [input])
    stop()
    const there = layers.indexOf('logits')
    expect(layers[0]).toBe('stem/conv')
    expect(layers.slice(there, there + 2)).toEqual(['logits', 'logits'])
    expect(layers.at(-1)).toBe('stem/conv')
    const { length } = layers
    stepOf(model, [input])
    expect(layers).toHaveLength(length)
    input.dispose()
    model.dispose()
  })
})
