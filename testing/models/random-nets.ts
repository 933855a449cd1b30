import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import type { FileBundle } from '../../src/files/file-bundle'
import { Draw } from './random-draw'
import { randomLayer, sameShape } from './random-layers'
import { recurrent } from './random-recurrent'
import { savedFiles } from './stock-model'

type Value = tf.SymbolicTensor
type Layer = tf.layers.Layer

/** A small model of layers in random order, each with random settings and weights; equal seeds give equal models. */
export function randomNet(seed: number): tf.LayersModel {
  const random = createRandom(seed)
  const draw = new Draw(random, random.below(4) === 0 ? 'channelsFirst' : 'channelsLast')
  const model = draw.once(4) ? sequential(draw) : functional(draw)
  for (const weight of model.weights) {
    const length = weight.shape.reduce<number>((product, side) => product * (side ?? 1), 1)
    const values = Float32Array.from({ length }, () => 0.5 * random.normal())
    const variances = weight.originalName.endsWith('moving_variance')
    tf.tidy(() => {
      const written = variances ? values.map((value) => 0.5 + Math.abs(value)) : values
      weight.write(tf.tensor(written, weight.shape as number[]))
    })
  }
  return model
}

/** The same as files that somebody saved with stock TensorFlow.js. */
export async function randomNetFiles(seed: number): Promise<FileBundle> {
  const model = randomNet(seed)
  const files = await savedFiles(tf, model)
  model.dispose()
  return files
}

/** What such a model can be asked, for each of its inputs. */
export function randomInputs(model: tf.LayersModel, batch: number, seed: number): tf.Tensor[] {
  const random = createRandom(seed)
  return model.inputs.map(({ shape, dtype }) => {
    const sides = [batch, ...shape.slice(1).map((side) => side ?? 1)]
    const length = sides.reduce((product, side) => product * side, 1)
    const values = Array.from({ length }, () =>
      dtype === 'int32' ? random.below(WORDS) : random.normal(),
    )
    return tf.tensor(values, sides, dtype)
  })
}

/** Different whole numbers that an input of them may hold. */
const WORDS = 7

const samples = {
  vector: [5],
  sequence: [5, 3],
  picture: [6, 6, 2],
  film: [3, 4, 4, 2],
} as const

/** Sides of a random sample that a net of this layout reads. */
function sample(draw: Draw): readonly number[] {
  const kind = draw.one(['vector', 'sequence', 'sequence', 'picture', 'picture', 'film'] as const)
  const sides = samples[kind]
  const first = draw.format === 'channelsFirst' && sides.length > 2
  return first ? [sides.at(-1) ?? 1, ...sides.slice(0, -1)] : sides
}

function sequential(draw: Draw): tf.LayersModel {
  const model = tf.sequential({ name: draw.name('chain') })
  const first = sample(draw)
  model.add(tf.layers.inputLayer({ inputShape: [...first], name: draw.name('input') }))
  for (let left = draw.between(2, 7); left > 0; left--) model.add(randomLayer(draw, sidesOf(model)))
  if (sidesOf(model).length > 1) model.add(tf.layers.flatten({ name: draw.name('flatten') }))
  model.add(head(draw))
  return model
}

function sidesOf({ outputs: [last] }: tf.LayersModel): number[] {
  return last === undefined ? [] : sides(last)
}

function sides({ shape }: Value): number[] {
  return shape.slice(1).map((side) => side ?? 1)
}

function head(draw: Draw): Layer {
  const activation = draw.one(['softmax', 'sigmoid', 'linear'] as const)
  return tf.layers.dense({ units: draw.between(2, 4), activation, name: draw.name('head') })
}

function functional(draw: Draw): tf.LayersModel {
  const inputs: Value[] = []
  const ends: Value[] = []
  const outputs: Value[] = []
  for (let left = draw.one([1, 1, 2]); left > 0; left--) {
    let x = started(draw, inputs)
    for (let turn = draw.between(2, 6); turn > 0; turn--) x = turned(draw, x)
    // What lies in the middle may be an answer as well.
    if (draw.once(4)) outputs.push(x)
    if (sides(x).length > 1) x = apply(tf.layers.flatten({ name: draw.name('flatten') }), x)
    ends.push(x)
  }
  const joined =
    ends.length === 1
      ? (ends[0] as Value)
      : apply(tf.layers.concatenate({ name: draw.name('join') }), ends)
  for (let left = draw.one([1, 1, 2]); left > 0; left--) outputs.push(apply(head(draw), joined))
  return tf.model({ inputs, outputs, name: draw.name('net') })
}

function apply(layer: Layer, to: Value | Value[]): Value {
  const result = layer.apply(to)
  return (Array.isArray(result) ? result[0] : result) as Value
}

/** A new input of the model, words looked up in a table. */
function started(draw: Draw, inputs: Value[]): Value {
  if (draw.once(5)) {
    const words = tf.input({ shape: [4], dtype: 'int32', name: draw.name('words') })
    inputs.push(words)
    const outputDim = draw.between(2, 4)
    return apply(
      tf.layers.embedding({ inputDim: WORDS, outputDim, name: draw.name('embedding') }),
      words,
    )
  }
  const input = tf.input({ shape: [...sample(draw)], name: draw.name('input') })
  inputs.push(input)
  return input
}

/** One step further: mostly a single layer, else one of the shapes that graphs have. */
function turned(draw: Draw, x: Value): Value {
  if (!draw.once(3)) return apply(randomLayer(draw, sides(x)), x)
  return draw.one([
    residual,
    merged,
    concatenated,
    sharedLayer,
    nested,
    ...(sides(x).length === 2 ? [bothLists, withStates, dotted] : []),
    ...(sides(x).length === 3 ? [squeezed] : []),
    ...(sides(x).length > 1 ? [nestedInTime] : []),
  ])(draw, x)
}

function residual(draw: Draw, x: Value): Value {
  let branch = x
  for (let left = draw.between(1, 3); left > 0; left--)
    branch = apply(sameShape(draw, sides(branch)), branch)
  return apply(tf.layers.add({ name: draw.name('sum') }), [x, branch])
}

function merged(draw: Draw, x: Value): Value {
  const parts = Array.from({ length: draw.between(2, 3) }, () =>
    apply(sameShape(draw, sides(x)), x),
  )
  const name = draw.name('merge')
  const { add, average, maximum, minimum, multiply } = tf.layers
  return apply(draw.one([add, average, maximum, minimum, multiply])({ name }), parts)
}

function concatenated(draw: Draw, x: Value): Value {
  const branch = apply(sameShape(draw, sides(x)), x)
  const axis = draw.once(3) ? 1 + draw.random.below(sides(x).length) : channelAxis(draw, x)
  return apply(tf.layers.concatenate({ axis, name: draw.name('join') }), [x, branch])
}

function channelAxis(draw: Draw, x: Value): number {
  return draw.format === 'channelsFirst' && sides(x).length > 2 ? 1 : -1
}

/** One layer that two values go through, or one value twice. */
function sharedLayer(draw: Draw, x: Value): Value {
  const layer = sameShape(draw, sides(x))
  const once = apply(layer, x)
  if (draw.once(2)) return apply(layer, once)
  const other = apply(layer, apply(sameShape(draw, sides(x)), x))
  return apply(tf.layers.add({ name: draw.name('sum') }), [once, other])
}

/** A model of its own, at times with a branch, that keeps the shape where it is used twice. */
function inner(draw: Draw, of: readonly number[], keeps: boolean): tf.LayersModel {
  const step = (at: readonly number[]) => (keeps ? sameShape(draw, at) : randomLayer(draw, at))
  if (draw.once(2)) {
    const chain = tf.sequential({ name: draw.name('inner') })
    chain.add(tf.layers.inputLayer({ inputShape: [...of], name: draw.name('input') }))
    for (let left = draw.between(1, 3); left > 0; left--) chain.add(step(sidesOf(chain)))
    return chain
  }
  const input = tf.input({ shape: [...of], name: draw.name('input') })
  const first = apply(step(of), input)
  const outputs = draw.once(2) ? residual(draw, first) : apply(step(sides(first)), first)
  return tf.model({ inputs: input, outputs, name: draw.name('inner') })
}

function nested(draw: Draw, x: Value): Value {
  const twice = draw.once(3)
  const model = inner(draw, sides(x), twice)
  const once = apply(model, x)
  return twice ? apply(model, once) : once
}

function nestedInTime(draw: Draw, x: Value): Value {
  const [, ...of] = sides(x)
  const layer = inner(draw, of, draw.once(2))
  return apply(tf.layers.timeDistributed({ layer, name: draw.name('each') }), x)
}

/** Both directions, each for itself. */
function bothLists(draw: Draw, x: Value): Value {
  const layer = tf.layers.bidirectional({
    layer: recurrent(draw, true),
    // null is what tfjs takes and writes; its types do not know.
    mergeMode: null as unknown as 'concat',
    name: draw.name('lists'),
  })
  return apply(tf.layers.concatenate({ name: draw.name('join') }), layer.apply(x) as Value[])
}

/** What one has read to the end, another begins with. */
function withStates(draw: Draw, x: Value): Value {
  const units = draw.between(2, 3)
  const layer = (returnState: boolean) =>
    tf.layers.lstm({
      units,
      returnState,
      returnSequences: !returnState,
      recurrentInitializer: 'zeros',
      name: draw.name('reader'),
    })
  const [, ...states] = layer(true).apply(x) as Value[]
  const reader = layer(false)
  const result = apply(reader, [x, ...states])
  // tfjs notes the states twice, as inputs and as arguments, and warns of the latter whenever it saves.
  for (const node of reader.inboundNodes) node.callArgs = {}
  return result
}

function dotted(draw: Draw, x: Value): Value {
  const other = apply(sameShape(draw, sides(x)), x)
  const axes = draw.one([1, 2, -1])
  return apply(tf.layers.dot({ axes, normalize: draw.once(3), name: draw.name('dot') }), [x, other])
}

/** Channels weighed by what the whole picture looks like. */
function squeezed(draw: Draw, x: Value): Value {
  const first = draw.format === 'channelsFirst'
  const [channels = 1] = first ? sides(x) : sides(x).toReversed()
  const mean = tf.layers.globalAveragePooling2d({
    dataFormat: draw.format,
    name: draw.name('mean'),
  })
  const gate = tf.layers.dense({
    units: channels,
    activation: 'sigmoid',
    name: draw.name('gate'),
  })
  const spread = tf.layers.reshape({
    targetShape: first ? [channels, 1, 1] : [1, 1, channels],
    name: draw.name('reshape'),
  })
  const weights = apply(spread, apply(gate, apply(mean, x)))
  return apply(tf.layers.multiply({ name: draw.name('weighed') }), [x, weights])
}
