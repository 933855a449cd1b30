import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { openNet } from '../../../../testing/engine/open-net'
import { quietModel } from '../../../../testing/engine/quiet-model'
import { bars, residualModel } from '../../../../testing/models/bar-model'
import { maskedInputs, maskedNets } from '../../../../testing/models/masked-nets'
import { oddLayers } from '../../../../testing/models/odd-layers'
import { randomInputs, randomNet } from '../../../../testing/models/random-nets'
import { wildModels } from '../../../../testing/models/wild-models'
import type { OpenedModel } from '../../../formats/format'
import { buildLayersModel } from '../../model/build-layers-model'
import { readKernelModule, startWasmBackend } from '../../host/wasm-in-node'
import { prepareTrainingKernels } from '../../wasm-kernels/prepare-training-kernels'
import { differentiate } from './differentiate'
import { squashed } from './squashed'
import { TrainableProgram } from './trainable-program'

/** More by the environment. */
const NETS = Number(process.env['CONTRACT_NETS'] ?? 40)
const STEPS = 2
const RATE = 0.02

let leave: () => void
beforeAll(async () => {
  await startWasmBackend()
  leave = (await prepareTrainingKernels(readKernelModule())).enter()
  return () => {
    leave()
  }
})

/** What a model has become after a few steps of plain gradient descent. */
interface Learnt {
  readonly losses: readonly number[]
  /** Of all weights, statistics among them. */
  readonly weights: ReadonlyMap<string, readonly number[]>
  /** Names of those that gradients were found for. */
  readonly trained: readonly string[]
}

interface Learner {
  readonly trained: ReadonlyMap<string, tf.Variable>
  readonly all: ReadonlyMap<string, tf.Variable>
  readonly answer: () => tf.Tensor
}

function learn({ trained, all, answer }: Learner): Learnt {
  const names = new Map([...trained].map(([name, { name: own }]) => [own, name]))
  const found = new Set<string>()
  const losses = Array.from({ length: STEPS }, () => {
    const pass = differentiate(() => {
      const outputs = answer()
      // Something else for each number: no output is what it should be.
      const wanted = tf.sin(tf.range(0, outputs.size)).reshape(outputs.shape)
      return { outputs, loss: outputs.sub(wanted).square().mean().asScalar() }
    }, [...trained.values()])
    const [loss = NaN] = pass.loss.dataSync()
    for (const [own, gradient] of pass.gradients) {
      const name = names.get(own) ?? ''
      found.add(name)
      const variable = trained.get(name)
      tf.tidy(() => variable?.assign(variable.sub(gradient.mul(RATE))))
    }
    tf.dispose([pass.loss, pass.outputs, ...pass.gradients.values()])
    return loss
  })
  const weights = new Map([...all].map(([name, value]) => [name, [...value.dataSync()]]))
  return { losses, weights, trained: [...found].sort() }
}

/** By stock TensorFlow.js, nothing of which is replaced. */
async function learntByStock(opened: OpenedModel, inputs: tf.Tensor[]): Promise<Learnt> {
  const model = await buildLayersModel(opened)
  const variables = (weights: tf.LayersModel['weights']): Map<string, tf.Variable> =>
    new Map(weights.map((weight) => [weight.originalName, weight.read() as tf.Variable]))
  for (const layer of model.layers) layer.trainable = true
  try {
    return learn({
      trained: variables(model.trainableWeights),
      all: variables(model.weights),
      answer: () => {
        const [first = inputs, ...others] = inputs
        const said = model.apply(others.length === 0 ? first : inputs, { training: true })
        return (Array.isArray(said) ? said[0] : said) as tf.Tensor
      },
    })
  } finally {
    model.dispose()
  }
}

function learntByGraph(opened: OpenedModel, inputs: readonly tf.Tensor[]): Learnt {
  const model = new TrainableProgram(opened)
  try {
    return learn({
      trained: model.trained,
      all: model.all,
      answer: () => {
        const [scores = tf.scalar(NaN)] = model.forward(inputs, true, 1)
        return squashed(scores, model.squashing)
      },
    })
  } finally {
    model.dispose()
  }
}

function apart(found: readonly number[] = [], wanted: readonly number[]): number {
  if (found.length !== wanted.length) return Infinity
  const scale = Math.max(1e-3, ...wanted.map(Math.abs))
  return Math.max(0, ...wanted.map((value, at) => Math.abs(value - (found[at] ?? NaN)) / scale))
}

function expectSame(found: Learnt, wanted: Learnt): void {
  expect(found.trained).toEqual(wanted.trained)
  expect([...found.weights.keys()].sort()).toEqual([...wanted.weights.keys()].sort())
  expect(apart(found.losses, wanted.losses)).toBeLessThan(1e-4)
  for (const [name, values] of wanted.weights)
    expect(apart(found.weights.get(name), values), name).toBeLessThan(1e-3)
}

/**
 * What stock TensorFlow.js does not compute here: averages that reach over the edge on the way back, convolutions on the
 * way back and largest ones in three dimensions, and slopes that are not one for each channel.
 */
function isMiscounted({ graph }: OpenedModel): boolean {
  return graph.nodes.some((node) => {
    if (node.op === 'prelu') {
      const shape = graph.parameters.get(node.inputs[1] ?? '')?.shape ?? []
      return shape.slice(0, -1).some((side) => side !== 1)
    }
    if (node.op === 'conv') return node.attributes.kernel.spatial.length === 3
    if (node.op !== 'pool') return false
    const { function: name, padding, window } = node.attributes
    return name === 'Max' ? window.length === 3 : typeof padding === 'string'
  })
}

function pictures(): tf.Tensor[] {
  const pixels = Float32Array.from(bars(6, 2).pixels, (pixel) => pixel / 255)
  return [tf.tensor4d(pixels, [6, 8, 8, 1])]
}

function normalSteps(): tf.LayersModel {
  const inside = tf.sequential({
    layers: [
      tf.layers.dense({ units: 4, inputShape: [3] }),
      tf.layers.batchNormalization({ name: 'inside' }),
    ],
  })
  return tf.sequential({
    layers: [
      tf.layers.timeDistributed({ layer: inside, inputShape: [5, 3] }),
      tf.layers.timeDistributed({ layer: tf.layers.batchNormalization({ name: 'alone' }) }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2 }),
    ],
  })
}

const randomOf = (model: tf.LayersModel): tf.Tensor[] => randomInputs(model, 4, 7)
const steps = (): tf.Tensor[] => [tf.randomNormal([6, 5, 3], 1, 2, 'float32', 3)]

describe('trains by its graph in the steps of stock TensorFlow.js:', () => {
  const kinds = [
    // Of a model inside stock TensorFlow.js frees the mask before who runs later has read it, and on WebAssembly it has no
    // convolutions of channels first.
    ...maskedNets
      .filter(([name]) => !/^(a model inside|sentences|the same of channels first)/u.test(name))
      .map(([name, build]) => [name, build, maskedInputs] as const),
    ...wildModels.map(([name, build, input]) => [name, build, () => [input()].flat()] as const),
    ...oddLayers
      // On WebAssembly stock TensorFlow.js counts these otherwise, or has no gradient.
      .filter(([name]) => !name.startsWith('in space'))
      .map(([name, build]) => [name, build, randomOf] as const),
    ['batch normalisation and a residual', residualModel, pictures] as const,
    ['normalisation at each step, with the statistics of that step', normalSteps, steps] as const,
  ]
  it.each(kinds)('%s', async (_, build, asked) => {
    const net = build()
    const inputs = asked(net)
    const opened = quietModel(await openNet(net))
    expectSame(learntByGraph(opened, inputs), await learntByStock(opened, inputs))
    tf.dispose(inputs)
  })

  it(`${NETS} random nets, but for those that stock TensorFlow.js cannot train`, async () => {
    let compared = 0
    for (let seed = 0; seed < NETS; seed++) {
      const net = randomNet(seed)
      const inputs = randomInputs(net, 3, seed)
      const opened = quietModel(await openNet(net))
      const wanted = await learntByStock(opened, inputs).catch(() => null)
      if (wanted !== null && !isMiscounted(opened)) {
        expectSame(learntByGraph(opened, inputs), wanted)
        compared++
      }
      tf.dispose(inputs)
    }
    expect(compared).toBeGreaterThan(NETS / 2)
  })
})
