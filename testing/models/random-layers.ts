import * as tf from '@tensorflow/tfjs'
import type { Draw, LayerMaker, Sides } from './random-draw'
import { films, pictures } from './random-pictures'
import { cell, recurrent } from './random-recurrent'
import { activation, activations, pool, sliding, started } from './random-settings'

/** Layers that take a sample of any rank. */
const anyRank: readonly LayerMaker[] = [
  (draw) =>
    tf.layers.activation({ activation: draw.one(activations), name: draw.name('activation') }),
  (draw) =>
    draw.once(2)
      ? tf.layers.reLU({ name: draw.name('relu') })
      : tf.layers.reLU({ maxValue: 1 + draw.random.below(6), name: draw.name('relu') }),
  (draw) => tf.layers.leakyReLU({ alpha: draw.random.uniform(), name: draw.name('leaky') }),
  (draw) => tf.layers.elu({ name: draw.name('elu') }),
  (draw) => tf.layers.thresholdedReLU({ theta: draw.random.uniform(), name: draw.name('above') }),
  (draw, sides) =>
    tf.layers.softmax({ axis: draw.one([-1, sides.length]), name: draw.name('softmax') }),
  (draw, sides) => {
    const shared = sides.length === 1 || draw.once(2) ? [] : [draw.between(1, sides.length - 1)]
    // tfjs's own reader of files wants a list or nothing at all.
    return tf.layers.prelu({
      ...(shared.length === 0 ? {} : { sharedAxes: shared }),
      name: draw.name('prelu'),
    })
  },
  (draw) =>
    tf.layers.rescaling({
      scale: draw.random.uniform(),
      offset: draw.random.normal(),
      name: draw.name('rescaling'),
    }),
  (draw) => tf.layers.dropout({ rate: 0.3, name: draw.name('dropout') }),
  (draw) => tf.layers.alphaDropout({ rate: 0.2, name: draw.name('alpha') }),
  (draw) => tf.layers.gaussianDropout({ rate: 0.1, name: draw.name('gaussian') }),
  (draw) => tf.layers.gaussianNoise({ stddev: 0.1, name: draw.name('noise') }),
  (draw, sides) =>
    sides.length > 3
      ? null
      : tf.layers.batchNormalization({
          // Along any other axis the CPU of tfjs takes the wrong channels.
          axis: -1,
          scale: !draw.once(3),
          center: !draw.once(3),
          epsilon: 0.01,
          name: draw.name('norm'),
        }),
  (draw, sides) =>
    sides.length > 3
      ? null
      : tf.layers.layerNormalization({
          axis: draw.once(2) || sides.length < 2 ? -1 : [sides.length - 1, sides.length],
          name: draw.name('layernorm'),
        }),
  (draw, sides) => {
    const dims = sides.map((_, at) => at + 1)
    return tf.layers.permute({
      dims: draw.once(2) ? dims.toReversed() : [...dims.slice(1), 1],
      name: draw.name('permute'),
    })
  },
  (draw) =>
    tf.layers.dense({
      units: draw.between(2, 6),
      useBias: !draw.once(3),
      activation: activation(draw),
      ...started,
      name: draw.name('dense'),
    }),
]

const vectors: readonly LayerMaker[] = [
  (draw) => tf.layers.repeatVector({ n: draw.between(2, 4), name: draw.name('repeat') }),
  (draw, [length = 1]) =>
    tf.layers.reshape({
      targetShape: length % 2 === 0 ? [2, length / 2] : [length, 1],
      name: draw.name('reshape'),
    }),
]

const sequences: readonly LayerMaker[] = [
  (draw, [time = 1]) => {
    const { strides, ...settings } = sliding(draw, [time])
    const dilated = draw.once(3) && time >= 5
    return tf.layers.conv1d({
      ...settings,
      filters: draw.between(2, 5),
      strides: dilated ? 1 : strides,
      dilationRate: dilated ? 2 : 1,
      name: draw.name('conv1d'),
    })
  },
  (draw) => recurrent(draw, true),
  (draw) => recurrent(draw, false),
  (draw) =>
    tf.layers.bidirectional({
      layer: recurrent(draw, !draw.once(3)),
      mergeMode: draw.one(['concat', 'sum', 'mul', 'ave'] as const),
      name: draw.name('both'),
    }),
  (draw) =>
    tf.layers.rnn({
      cell: draw.once(2) ? cell(draw) : [cell(draw), cell(draw)],
      // Of stacked cells tfjs computes the sides of its last one, as it should, for the last step too.
      returnSequences: draw.once(2),
      name: draw.name('rnn'),
    }),
  (draw, sides) => {
    const layer = draw.one(anyRank)(draw, sides.slice(1))
    return layer && tf.layers.timeDistributed({ layer, name: draw.name('each') })
  },
  (draw, [time = 1]) => {
    const settings = { ...pool(draw), poolSize: Math.min(2, time) }
    return draw.once(2) ? tf.layers.maxPooling1d(settings) : tf.layers.averagePooling1d(settings)
  },
  (draw) =>
    draw.once(2)
      ? tf.layers.globalMaxPooling1d({ name: draw.name('most') })
      : tf.layers.globalAveragePooling1d({ name: draw.name('mean') }),
  (draw) => tf.layers.spatialDropout1d({ rate: 0.3, name: draw.name('spatial') }),
  (draw) => tf.layers.flatten({ name: draw.name('flatten') }),
  (draw, [time = 1, width = 1]) =>
    tf.layers.reshape({ targetShape: [time, width, 1], name: draw.name('reshape') }),
]

const byRank = [anyRank, vectors, sequences, pictures, films]

/** A random layer that reads such a sample, one of those for its rank more often than one for any. */
export function randomLayer(draw: Draw, sides: Sides): tf.layers.Layer {
  for (;;) {
    const own = byRank[sides.length] ?? []
    const makers = own.length === 0 || draw.once(3) ? anyRank : own
    const layer = draw.one(makers)(draw, sides)
    if (layer !== null) return layer
  }
}

/** A layer that gives what it gets in the same shape. */
export function sameShape(draw: Draw, sides: Sides): tf.layers.Layer {
  for (;;) {
    const layer = randomLayer(draw, sides)
    const after = layer.computeOutputShape([null, ...sides]) as (number | null)[]
    if (JSON.stringify(after.slice(1)) === JSON.stringify(sides)) return layer
  }
}
