import * as tf from '@tensorflow/tfjs'
import type { LayerMaker } from './random-draw'
import { recurrentStart } from './random-recurrent'
import { fits, isLarge, places, pool, sliding, window, padding } from './random-settings'

/** Layers that read a picture. */
export const pictures: readonly LayerMaker[] = [
  (draw, sides) => {
    const { strides, ...settings } = sliding(draw, places(draw, sides))
    const dilated = draw.once(4) && fits(places(draw, sides), 5)
    return tf.layers.conv2d({
      ...settings,
      filters: draw.between(2, 5),
      strides: dilated ? 1 : strides,
      dilationRate: dilated ? 2 : 1,
      dataFormat: draw.format,
      name: draw.name('conv'),
    })
  },
  (draw, sides) =>
    tf.layers.conv2d({
      ...sliding(draw, places(draw, sides)),
      filters: draw.between(2, 5),
      padding: 'same',
      dataFormat: draw.format,
      name: draw.name('conv'),
    }),
  (draw, sides) =>
    tf.layers.depthwiseConv2d({
      ...sliding(draw, places(draw, sides)),
      depthMultiplier: draw.one([1, 1, 2]),
      depthwiseInitializer: 'zeros',
      dataFormat: draw.format,
      name: draw.name('depthwise'),
    }),
  (draw, sides) => {
    const { kernelInitializer: _, ...settings } = sliding(draw, places(draw, sides))
    return tf.layers.separableConv2d({
      ...settings,
      // tfjs does not write a multiplier of this layer.
      filters: draw.between(2, 5),
      depthwiseInitializer: 'zeros',
      pointwiseInitializer: 'zeros',
      // tfjs adds the bias along the wrong axis of channels first.
      useBias: settings.useBias && draw.format === 'channelsLast',
      dataFormat: draw.format,
      name: draw.name('separable'),
    })
  },
  (draw, sides) =>
    isLarge(sides)
      ? null
      : tf.layers.conv2dTranspose({
          ...sliding(draw, places(draw, sides)),
          filters: draw.between(2, 4),
          dataFormat: draw.format,
          name: draw.name('transposed'),
        }),
  (draw, sides) => {
    const settings = {
      ...pool(draw),
      poolSize: fits(places(draw, sides), 2) ? draw.one([1, 2]) : 1,
      dataFormat: draw.format,
    }
    return draw.once(2) ? tf.layers.maxPooling2d(settings) : tf.layers.averagePooling2d(settings)
  },
  (draw) =>
    tf.layers.zeroPadding2d({
      padding: draw.once(2)
        ? draw.between(1, 2)
        : [
            [0, 1],
            [draw.between(0, 2), 1],
          ],
      dataFormat: draw.format,
      name: draw.name('pad'),
    }),
  (draw, sides) =>
    fits(places(draw, sides), 4)
      ? tf.layers.cropping2D({
          cropping: [
            [draw.between(0, 1), 1],
            [draw.between(0, 2), 0],
          ],
          dataFormat: draw.format,
          name: draw.name('crop'),
        })
      : null,
  (draw, sides) =>
    isLarge(sides)
      ? null
      : tf.layers.upSampling2d({
          size: draw.one([
            [2, 2],
            [1, 2],
          ]),
          dataFormat: draw.format,
          name: draw.name('up'),
        }),
  (draw) =>
    draw.once(2)
      ? tf.layers.globalMaxPooling2d({ dataFormat: draw.format, name: draw.name('most') })
      : tf.layers.globalAveragePooling2d({ dataFormat: draw.format, name: draw.name('mean') }),
  (draw) => tf.layers.flatten({ dataFormat: draw.format, name: draw.name('flatten') }),
  (draw, [height = 1, width = 1, channels = 1]) =>
    tf.layers.reshape({ targetShape: [height * width, channels], name: draw.name('reshape') }),
]

/** Layers that read a film or a room: pictures one after the other. */
export const films: readonly LayerMaker[] = [
  (draw, sides) =>
    tf.layers.conv3d({
      ...sliding(draw, places(draw, sides)),
      filters: draw.between(2, 3),
      dataFormat: draw.format,
      name: draw.name('conv3d'),
    }),
  (draw, sides) =>
    isLarge(sides)
      ? null
      : tf.layers.conv3dTranspose({
          ...sliding(draw, places(draw, sides)),
          filters: 2,
          dataFormat: draw.format,
          name: draw.name('transposed3d'),
        }),
  (draw, sides) => {
    if (!fits(places(draw, sides), 2)) return null
    const settings = { ...pool(draw), poolSize: 2, dataFormat: draw.format }
    return draw.once(2) ? tf.layers.maxPooling3d(settings) : tf.layers.averagePooling3d(settings)
  },
  (draw, sides) => {
    const inner = draw.one(pictures)(draw, sides.slice(1))
    return inner && tf.layers.timeDistributed({ layer: inner, name: draw.name('each') })
  },
  // Only its channels last runs on every backend.
  (draw, sides) =>
    draw.format === 'channelsFirst'
      ? null
      : tf.layers.convLstm2d({
          kernelSize: window(draw, sides.slice(1, 3)),
          filters: draw.between(2, 3),
          padding: padding(draw),
          strides: draw.one([1, 1, 2]),
          useBias: !draw.once(3),
          returnSequences: draw.once(2),
          ...recurrentStart,
          name: draw.name('convlstm'),
        }),
]
