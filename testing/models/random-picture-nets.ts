import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import type { Random } from '../../src/core/random'

type Value = tf.SymbolicTensor

const activations = ['linear', 'relu', 'relu6', 'tanh', 'sigmoid', 'elu', 'swish'] as const
const paddings = ['same', 'valid'] as const

/**
 * A small network for pictures, of the layers that most of them are made of, in random order with random settings and
 * weights: convolutions of all kinds with what is folded into them and what is not. Equal seeds give equal models.
 */
export function randomPictureNet(seed: number): tf.LayersModel {
  const random = createRandom(seed)
  const side = 6 + random.below(8)
  const input = tf.input({ shape: [side, 5 + random.below(9), 1 + random.below(5)] })
  let x = input
  const layers = 2 + random.below(7)
  for (let at = 0; at < layers; at++) x = grown(x, random)
  const net = tf.model({ inputs: input, outputs: ended(x, random) })
  for (const weight of net.weights) {
    const sides = weight.shape.map((each) => each ?? 1)
    const length = sides.reduce((product, side) => product * side, 1)
    const size = sides.length > 1 ? Math.sqrt(1 / readBy(weight, sides)) : 0.5
    const isVariance = weight.originalName.endsWith('moving_variance')
    const values = Float32Array.from({ length }, () =>
      isVariance ? 0.5 + Math.abs(random.normal()) : size * random.normal(),
    )
    tf.tidy(() => {
      weight.write(tf.tensor(values, weight.shape as number[]))
    })
  }
  return net
}

/** Numbers that a filter reads: what it gives is about as large as they are, and few sigmoids are shut. */
function readBy({ originalName }: tf.LayerVariable, sides: readonly number[]): number {
  const read = originalName.endsWith('depthwise_kernel') ? sides.slice(0, 2) : sides.slice(0, -1)
  return read.reduce((product, side) => product * side, 1)
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new RangeError('nothing to pick')
  return item
}

function apply(layer: tf.layers.Layer, x: Value | Value[]): Value {
  return layer.apply(x) as Value
}

/** One layer more, or a few that belong together. */
function grown(x: Value, random: Random): Value {
  const [, height = 1, width = 1, channels = 1] = x.shape.map((each) => each ?? 1)
  const isSmall = Math.min(height, width) < 4
  switch (random.below(13)) {
    case 0:
    case 1:
    case 2:
      return apply(convolution(random, isSmall), x)
    case 3:
    case 4:
      return apply(depthwise(random, isSmall), x)
    case 5: {
      const settings = { filters: 1 + random.below(12), kernelSize: 3, padding: 'same' } as const
      return apply(tf.layers.separableConv2d(settings), x)
    }
    case 6:
      return apply(tf.layers.batchNormalization({ scale: random.below(2) > 0 }), x)
    case 7:
      return apply(
        pick([tf.layers.leakyReLU({ alpha: 0.2 }), tf.layers.reLU({ maxValue: 6 })], random),
        x,
      )
    case 8:
      if (isSmall) return apply(tf.layers.zeroPadding2d({ padding: 1 }), x)
      return apply(pooling(random), x)
    case 9: {
      const own = { filters: channels, kernelSize: 3, padding: 'same' } as const
      const beside = apply(tf.layers.batchNormalization(), apply(tf.layers.conv2d(own), x))
      const sum = apply(tf.layers.add(), random.below(2) > 0 ? [x, beside] : [beside, x])
      return random.below(2) > 0 ? apply(tf.layers.reLU(), sum) : sum
    }
    case 10: {
      const both = [1, 3].map((kernelSize) =>
        apply(tf.layers.conv2d({ filters: 1 + random.below(6), kernelSize, padding: 'same' }), x),
      )
      return apply(tf.layers.concatenate(), both)
    }
    case 11: {
      const one = apply(tf.layers.globalAveragePooling2d({}), x)
      const gate = apply(tf.layers.dense({ units: channels, activation: 'sigmoid' }), one)
      const shaped = apply(tf.layers.reshape({ targetShape: [1, 1, channels] }), gate)
      return apply(tf.layers.multiply(), [x, shaped])
    }
    default:
      return apply(tf.layers.activation({ activation: pick(activations, random) }), x)
  }
}

function convolution(random: Random, isSmall: boolean): tf.layers.Layer {
  const isDilated = !isSmall && random.below(4) === 0
  return tf.layers.conv2d({
    filters: 1 + random.below(19),
    kernelSize: isSmall ? 1 : isDilated ? 2 : [1 + random.below(4), 1 + random.below(4)],
    ...(isDilated ? { dilationRate: 2 } : { strides: isSmall ? 1 : 1 + random.below(2) }),
    padding: pick(paddings, random),
    useBias: random.below(2) > 0,
    activation: pick(activations, random),
  })
}

function depthwise(random: Random, isSmall: boolean): tf.layers.Layer {
  return tf.layers.depthwiseConv2d({
    kernelSize: random.below(2) > 0 ? 3 : 2,
    depthMultiplier: 1 + random.below(2),
    strides: isSmall ? 1 : 1 + random.below(2),
    padding: isSmall ? 'same' : pick(paddings, random),
    useBias: random.below(2) > 0,
    activation: pick(activations, random),
  })
}

function pooling(random: Random): tf.layers.Layer {
  const padding = pick(paddings, random)
  const settings = { poolSize: 2 + random.below(2), strides: 2, padding } as const
  return random.below(2) > 0
    ? tf.layers.maxPooling2d(settings)
    : tf.layers.averagePooling2d(settings)
}

function ended(x: Value, random: Random): Value {
  const flat = apply(
    pick(
      [tf.layers.flatten(), tf.layers.globalAveragePooling2d({}), tf.layers.globalMaxPooling2d({})],
      random,
    ),
    x,
  )
  const hidden = apply(
    tf.layers.dense({ units: 1 + random.below(20), activation: pick(activations, random) }),
    flat,
  )
  const dropped = apply(tf.layers.dropout({ rate: 0.3 }), hidden)
  const activation = pick(['linear', 'softmax', 'sigmoid'] as const, random)
  return apply(tf.layers.dense({ units: 2 + random.below(11), activation }), dropped)
}
