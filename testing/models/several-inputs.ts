/** Models with several inputs whose weights are told, and data that they answer rightly if each input gets its own. */
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import { npyBytes, zipOf } from '../files/foreign-data'
import { T } from '../files/graph-attributes'
import type { GraphFiles } from '../files/graph-files'
import { GraphWriter } from '../files/graph-writer'

/** Numbers of `left` and `right`. */
export const SIDE = 4
const CLASSES = 3

/** What a difference counts at each place: more than few bits can tell. */
const COUNTS = [6, 2, 1.2]

const diagonal = (rows: number, columns: number, values: readonly number[]): number[] =>
  Array.from({ length: rows * columns }, (_, at) =>
    Math.floor(at / columns) === at % columns ? (values[at % columns] ?? 0) : 0,
  )

/**
 * Says where `left` exceeds `right` most, of three places that count differently.
 * @param turned the model takes `right` before `left`
 */
export function differenceModel(turned = false): tf.LayersModel {
  const left = tf.input({ shape: [SIDE], name: 'left' })
  const right = tf.input({ shape: [SIDE], name: 'right' })
  const both = tf.layers.concatenate().apply([left, right])
  const inner = tf.layers.dense({ units: SIDE, name: 'difference' }).apply(both)
  const answer = tf.layers.dense({ units: CLASSES, activation: 'softmax', name: 'answer' })
  const model = tf.model({
    inputs: turned ? [right, left] : [left, right],
    outputs: answer.apply(inner) as tf.SymbolicTensor,
  })
  model.setWeights([
    tf.tensor2d(
      [1, -1].flatMap((sign) => diagonal(SIDE, SIDE, [sign, sign, sign, sign])),
      [2 * SIDE, SIDE],
    ),
    tf.zeros([SIDE]),
    tf.tensor2d(diagonal(SIDE, CLASSES, COUNTS), [SIDE, CLASSES]),
    tf.zeros([CLASSES]),
  ])
  return model
}

/** The same as a frozen graph, or one that has yet to learn what counts. */
export function differenceGraph(counts: readonly number[] = COUNTS): GraphFiles {
  const graph = new GraphWriter()
  const left = graph.input('serving_a', [-1, SIDE])
  const right = graph.input('serving_b', [-1, SIDE])
  const inner = graph.node('Sub', 'difference', [left, right], { T })
  const kernel = graph.weight('kernel', [SIDE, CLASSES], diagonal(SIDE, CLASSES, counts))
  const transposed = { transpose_a: { b: false }, transpose_b: { b: false } }
  const product = graph.node('MatMul', 'product', [inner, kernel], { T, ...transposed })
  graph.node('Softmax', 'answer', [product], { T })
  return graph.files({
    inputs: { left: { name: `${left}:0` }, right: { name: `${right}:0` } },
    outputs: { answer: { name: 'answer:0' } },
  })
}

export interface Differences {
  readonly count: number
  readonly left: Float32Array
  readonly right: Float32Array
  readonly labels: Int32Array
}

export function differences(count: number, seed = 3): Differences {
  const random = createRandom(seed)
  const drawn = (): Float32Array =>
    Float32Array.from({ length: count * SIDE }, () => random.normal())
  const [left, right] = [drawn(), drawn()]
  const labels = Int32Array.from({ length: count }, (_, row) => {
    const over = COUNTS.map(
      (count, at) => count * ((left[row * SIDE + at] ?? 0) - (right[row * SIDE + at] ?? 0)),
    )
    return over.indexOf(Math.max(...over))
  })
  return { count, left, right, labels }
}

/** Arrays in a file, in this order. */
export function npzOf(
  arrays: Readonly<
    Record<
      string,
      readonly [type: '|u1' | '<i4' | '<f4', shape: readonly number[], values: ArrayLike<number>]
    >
  >,
): Uint8Array {
  return zipOf(
    new Map(
      Object.entries(arrays).map(([name, [type, shape, values]]) => [
        `${name}.npy`,
        npyBytes(type, shape, values),
      ]),
    ),
  )
}

/** Pictures that are bright below are class 2, others 0 or 1 as the first word is even or odd. */
export function mixedModel(tokens: number): tf.LayersModel {
  const picture = tf.input({ shape: [8, 8, 1], name: 'picture' })
  const words = tf.input({ shape: [4], dtype: 'int32', name: 'words' })
  const pixels = tf.layers.flatten().apply(picture)
  const entries = tf.layers
    .embedding({ inputDim: tokens, outputDim: 2, name: 'entries' })
    .apply(words)
  const read = tf.layers.flatten().apply(entries)
  const both = tf.layers
    .concatenate()
    .apply([pixels as tf.SymbolicTensor, read as tf.SymbolicTensor])
  const answer = tf.layers.dense({ units: CLASSES, activation: 'softmax', name: 'answer' })
  const model = tf.model({
    inputs: [picture, words],
    outputs: answer.apply(both) as tf.SymbolicTensor,
  })
  const kernel = Array.from({ length: (64 + 8) * CLASSES }, (_, at) => {
    const [row, column] = [Math.floor(at / CLASSES), at % CLASSES]
    if (row < 64) return column === 2 && row >= 32 ? 10 / 32 : 0
    return row - 64 === column ? 3 : 0
  })
  model.setWeights([
    tf.tensor2d(Array.from({ length: tokens }, (_, token) => [1 - (token % 2), token % 2])),
    tf.tensor2d(kernel, [72, CLASSES]),
    tf.tensor1d([0, 0, -5]),
  ])
  return model
}

export function mixedSamples(count: number, tokens: number) {
  const random = createRandom(8)
  const labels = Int32Array.from({ length: count }, (_, row) => row % CLASSES)
  const words = Int32Array.from({ length: count * 4 }, (_, at) => {
    const label = labels[Math.floor(at / 4)] ?? 0
    const even = 2 * random.below(tokens / 2)
    return at % 4 === 0 && label < 2 ? even + label : even + random.below(2)
  })
  const pictures = Uint8Array.from({ length: count * 64 }, (_, at) => {
    const isBelow = at % 64 >= 32
    const isBright = isBelow === (labels[Math.floor(at / 64)] === 2)
    return (isBright ? 200 : 0) + random.below(56)
  })
  return { labels, words, pictures }
}
