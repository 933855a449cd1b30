import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { openNet } from '../../../../testing/engine/open-net'
import type { OpenedModel } from '../../../formats/format'
import { learningWeights } from '../../../training/learning-layers'
import { differentiate } from '../../training/network/differentiate'
import { TrainableProgram } from '../../training/network/trainable-program'

beforeAll(() => tf.setBackend('cpu'))

type Layout = 'channelsFirst' | 'channelsLast'

/** Windows behind windows, which lie turned between them: with a function and without, one that is read twice. */
function windows(dataFormat: Layout): tf.LayersModel {
  const isFirst = dataFormat === 'channelsFirst'
  const x = tf.input({ shape: isFirst ? [2, 5, 4] : [5, 4, 2], name: 'x' })
  const same = { dataFormat, padding: 'same', kernelSize: 3 } as const
  const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(inputs.length === 1 ? (inputs[0] ?? x) : inputs) as tf.SymbolicTensor
  const linear = apply(tf.layers.conv2d({ ...same, filters: 3, name: 'linear' }), x)
  // A bias in front of a normalisation has no gradient but what rounding leaves.
  const deep = apply(tf.layers.depthwiseConv2d({ ...same, useBias: false, name: 'deep' }), linear)
  const normal = apply(
    tf.layers.batchNormalization({ axis: isFirst ? 1 : 3, name: 'normal' }),
    deep,
  )
  const relu = apply(tf.layers.reLU({ name: 'relu' }), normal)
  const pool = { poolSize: 2, strides: 1, padding: 'same', dataFormat } as const
  const mean = apply(tf.layers.averagePooling2d({ ...pool, name: 'mean' }), relu)
  const sum = apply(tf.layers.add({ name: 'sum' }), mean, linear)
  const wide = apply(tf.layers.conv2dTranspose({ ...same, filters: 4, name: 'wide' }), sum)
  const all = apply(tf.layers.globalAveragePooling2d({ dataFormat, name: 'all' }), wide)
  const outputs = apply(tf.layers.dense({ units: 3, name: 'scores' }), all)
  return tf.model({ inputs: x, outputs })
}

type Tell = (model: TrainableProgram) => void

const half: Tell = ({ activations }) => {
  expect(activations.length).toBeGreaterThan(4)
  for (const { change } of activations) change((value) => tf.mul(value, 0.5))
}

/** All that whoever trains tells a pass. */
const told: Readonly<Record<string, Tell>> = {
  'what activations are used as': half,
  'what weights are used as': (model) => {
    const ofChannels = tf.tensor1d([0, 1, 2])
    for (const name of ['linear/kernel', 'normal/gamma'])
      model.transform(name, (weight) => tf.mul(weight, ofChannels))
    model.transform('wide/kernel', (weight) => tf.mul(weight, 3))
  },
  'statistics that stay': (model) => {
    model.statisticsFrozen = true
  },
  'who follows it, and changes besides': (model) => {
    half(model)
    model.follow(() => undefined)
  },
}

/** What layers say, where people set a hint. */
const HINTS = ['linear', 'deep', 'relu', 'mean', 'sum', 'wide', 'all']

interface Setting {
  readonly learning?: ReadonlySet<string>
  readonly hints?: readonly string[]
  readonly tell?: Tell
}

/** A step with all that it leaves, the loss first, and features, which have channels last in either layout. */
function stepOf(
  opened: OpenedModel,
  layout: Layout,
  { learning, hints = [], tell }: Setting,
): ReturnType<typeof answersOf> {
  const found = tf.tidy(() => {
    const model = new TrainableProgram(opened, learning)
    for (const [name, variable] of model.all)
      if (name.startsWith('normal/')) variable.assign(tf.add(variable, tf.tensor1d([0.5, 1, 2])))
    tell?.(model)
    const last = tf.randomNormal([2, 5, 4, 2], 0, 1, 'float32', 3)
    const x = layout === 'channelsFirst' ? tf.transpose(last, [0, 3, 1, 2]) : last
    const taps = hints.map((name) => model.tap(name))
    const { loss, outputs, gradients } = differentiate(() => {
      const [scores = tf.scalar(NaN)] = model.forward([x], true, 1)
      const weighed = tf.mul(scores, tf.tensor1d([1, 2, 3]))
      return { outputs: scores.clone(), loss: tf.sum<tf.Scalar>(tf.square(weighed)) }
    }, [...model.trained.values()])
    const features = taps.map((take) => take() ?? tf.scalar(NaN))
    expect(gradients.size).toBe(model.trained.size)
    const all = [loss, outputs, ...gradients.values(), ...features, ...model.all.values()]
    const made = all.map((tensor) => tensor.clone())
    model.dispose()
    return made
  })
  const answers = answersOf(found)
  tf.dispose(found)
  return answers
}

it('whatever a pass is told means the same in either layout', async () => {
  const last = await openNet(windows('channelsLast'))
  const first = { ...(await openNet(windows('channelsFirst'))), weights: last.weights }
  const step = (setting: Setting, what: string): ReturnType<typeof answersOf> => {
    const wanted = stepOf(last, 'channelsLast', setting)
    const found = stepOf(first, 'channelsFirst', setting)
    for (const [at, answer] of wanted.entries())
      expect(distance(found.slice(at, at + 1), [answer]), `${what}, ${at}`).toBeLessThan(2e-5)
    return wanted.slice(0, 1)
  }
  const plain = step({}, 'nothing')
  step({ hints: HINTS }, 'hints')
  const sides = (opened: OpenedModel) => {
    const model = new TrainableProgram(opened)
    const found = HINTS.map((name) => model.sidesOf(name))
    model.dispose()
    return found
  }
  expect(sides(first)).toEqual(sides(last))
  step({ learning: learningWeights(last.weights, ['linear', 'wide']) ?? new Set() }, 'few learn')
  for (const [what, tell] of Object.entries(told))
    expect(distance(plain, step({ tell }, what)), what).toBeGreaterThan(1e-2)
})
