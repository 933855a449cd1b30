import * as tf from '@tensorflow/tfjs'
import type { PortSummary } from '../../core/model-summary'
import { pictureForm } from '../../data/input-form'
import { createRandom } from '../../core/random'
import type { Random } from '../../core/random'
import type { ModelGraph } from '../../graph/graph'
import { OPEN_SIDES, openSidesFor } from '../../graph/open-sides'
import { tokensKnown } from '../../graph/tokens-known'
import { sampleShape } from '../model/sample-shape'

/** The least that sides come to which a model leaves open. */
const OPEN_SIDE = 32

/** Bumps in one blob image. */
const BLOBS = 6

/**
 * Inputs for models without data. Nobody knows what a dropped model was trained on, so the kinds take
 * turns, by sample:
 * 0 standard normal noise; 1 uniform noise in [0, 1]; 2 smooth blobs in [0, 1]; 3 smooth blobs in
 * [-1, 1]; 4 smooth blobs in [0, 255]; 5 uniform noise in [0, 255].
 * A blob is a Gaussian bump over all axes but the last, with a random centre, width and strength per
 * channel, so neighbours agree as in a photograph. Integer inputs get uniform whole numbers below
 * the bound in `vocabulary`.
 */
const syntheticKinds = 6

/**
 * Samples [from, to) for every input of a model; sample i is the same whatever batch it comes in.
 */
export function syntheticBatch(
  inputs: readonly PortSummary[],
  from: number,
  to: number,
  seed: number,
  { openSide, vocabulary }: MadeUp,
): tf.Tensor[] {
  return inputs.map((input, port) => {
    const shape = sampleShape(input.shape, to - from, openSide)
    const sides = shape.slice(1)
    const size = sides.reduce((product, side) => product * side, 1)
    const values = new Float32Array(size * (to - from))
    const below = vocabulary[port] ?? 0
    for (let sample = from; sample < to; sample++) {
      const random = createRandom(seed + sample * 2 ** 20 + port)
      const target = values.subarray((sample - from) * size, (sample - from + 1) * size)
      if (below > 0) target.forEach((_, i) => (target[i] = random.below(below)))
      else fillSample(target, sides, sample % syntheticKinds, random)
    }
    return tf.tensor(values, shape, input.dtype === 'int32' ? 'int32' : 'float32')
  })
}

/** What made-up inputs of a model are drawn from. */
export interface MadeUp {
  /** For each input the bound of its whole numbers: the tokens that are known, or bytes for pictures; 0 where it has none. */
  readonly vocabulary: readonly number[]
  /** What sides come to that the model leaves open. */
  readonly openSide: number
}

export function madeUpFor(
  graph: ModelGraph,
  inputs: readonly Pick<PortSummary, 'dtype' | 'shape'>[],
): MadeUp {
  const known = tokensKnown(graph)
  const [openSide = OPEN_SIDE] = openSidesFor(
    graph,
    OPEN_SIDES.slice(OPEN_SIDES.indexOf(OPEN_SIDE)),
  )
  const vocabulary = inputs.map(({ dtype, shape }, at) => {
    const tokens = known[at] ?? null
    if (tokens !== null) return tokens
    if (dtype !== 'int32') return 0
    // Whole numbers of a picture are bytes; of others nothing is known but that there are two.
    return shape.length > 2 && pictureForm(shape.slice(1)) !== null ? 256 : 2
  })
  return { vocabulary, openSide }
}

function fillSample(
  target: Float32Array,
  sides: readonly number[],
  kind: number,
  random: Random,
): void {
  switch (kind) {
    case 0:
      for (let i = 0; i < target.length; i++) target[i] = random.normal()
      return
    case 1:
      for (let i = 0; i < target.length; i++) target[i] = random.uniform()
      return
    case 5:
      for (let i = 0; i < target.length; i++) target[i] = 255 * random.uniform()
      return
    default:
      fillBlobs(target, sides, random)
      rescale(target, kind === 3 ? -1 : 0, kind === 4 ? 255 : 1)
  }
}

function fillBlobs(target: Float32Array, sides: readonly number[], random: Random): void {
  const channels = sides.length > 1 ? (sides.at(-1) ?? 1) : 1
  const grid = sides.length > 1 ? sides.slice(0, -1) : sides
  for (let blob = 0; blob < BLOBS; blob++) {
    // Separable: the bump is a product of one curve per axis.
    const curves = grid.map((side) => bump(side, random))
    const strengths = Array.from({ length: channels }, () => random.uniform() - 0.3)
    addBump(target, curves, strengths)
  }
}

function bump(side: number, random: Random): Float32Array {
  const centre = random.uniform() * side
  const width = (0.05 + 0.25 * random.uniform()) * side
  return Float32Array.from({ length: side }, (_, at) =>
    Math.exp(-(((at - centre) / width) ** 2) / 2),
  )
}

function addBump(
  target: Float32Array,
  curves: readonly Float32Array[],
  strengths: readonly number[],
): void {
  const channels = strengths.length
  for (let place = 0; place * channels < target.length; place++) {
    let height = 1
    let rest = place
    for (let axis = curves.length - 1; axis >= 0; axis--) {
      const curve = curves[axis] ?? new Float32Array(1)
      height *= curve[rest % curve.length] ?? 0
      rest = Math.floor(rest / curve.length)
    }
    for (let channel = 0; channel < channels; channel++) {
      const index = place * channels + channel
      target[index] = (target[index] ?? 0) + height * (strengths[channel] ?? 0)
    }
  }
}

/** Stretches a sample over [low, high]. */
function rescale(target: Float32Array, low: number, high: number): void {
  let min = Infinity
  let max = -Infinity
  for (const value of target) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  const factor = max > min ? (high - low) / (max - min) : 0
  for (let i = 0; i < target.length; i++) target[i] = low + ((target[i] ?? 0) - min) * factor
}
