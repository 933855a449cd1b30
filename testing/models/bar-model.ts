/** A small network and small pictures for it. */
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import { npyBytes, zipOf } from '../files/foreign-data'
import weights from './taught-weights.json' with { type: 'json' }

const SIDE = 8
export const barClasses = 3

/** Grey pictures of a bar on noise: upright, level or slanted. */
export function bars(count: number, seed: number): { pixels: Uint8Array; labels: Int32Array } {
  const random = createRandom(seed)
  const pixels = new Uint8Array(count * SIDE * SIDE)
  const labels = new Int32Array(count)
  for (let index = 0; index < count; index++) {
    const label = random.below(barClasses)
    const at = 1 + random.below(SIDE - 2)
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const onBar = [x === at, y === at, x === y][label] === true
        pixels[(index * SIDE + y) * SIDE + x] = (onBar ? 180 : 40) + random.below(60)
      }
    labels[index] = label
  }
  return { pixels, labels }
}

/** The same as a file; perhaps nobody says which is which. */
export function barPictures(count: number, seed: number, labelled = true): File {
  const { pixels, labels } = bars(count, seed)
  const npz = zipOf(
    new Map([
      ['x.npy', npyBytes('|u1', [count, SIDE, SIDE, 1], pixels)],
      ...(labelled ? ([['y.npy', npyBytes('<i4', [count], labels)]] as const) : []),
    ]),
  )
  return new File([npz as BlobPart], 'bars.npz')
}

/** The same network as `teach-bars.ts` has trained it to tell bars apart. */
export function trainedBarModel(): tf.LayersModel {
  return taught(barModel(), weights.bars)
}

/** Convolutions with batch normalisation, dropout and softmax, untrained. */
export function barModel(seed = 1): tf.LayersModel {
  const initializer = (offset: number) => tf.initializers.heNormal({ seed: seed + offset })
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIDE, SIDE, 1],
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        kernelInitializer: initializer(0),
        name: 'first',
      }),
      tf.layers.batchNormalization({ momentum: 0.9, name: 'normal' }),
      tf.layers.reLU({ name: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        depthwiseInitializer: initializer(1),
        name: 'depthwise',
      }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dropout({ rate: 0.1, name: 'dropout' }),
      tf.layers.dense({
        units: barClasses,
        activation: 'softmax',
        kernelInitializer: initializer(2),
        name: 'classes',
      }),
    ],
  })
}

/** Convolutions and softmax without batch normalisation, which the converter folds; untrained. */
export function foldedBars(seed = 1): tf.LayersModel {
  const initializer = (offset: number) => tf.initializers.heNormal({ seed: seed + offset })
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIDE, SIDE, 1],
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initializer(0),
        name: 'first',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        padding: 'same',
        depthwiseInitializer: initializer(1),
        name: 'depthwise',
      }),
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 1,
        activation: 'relu',
        kernelInitializer: initializer(2),
        name: 'wide',
      }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({
        units: barClasses,
        activation: 'softmax',
        kernelInitializer: initializer(3),
        name: 'classes',
      }),
    ],
  })
}

/** A residual block as `teach-bars.ts` has trained it to tell bars apart. */
export function trainedResidualModel(): tf.LayersModel {
  return taught(residualModel(), weights.residual)
}

/** A residual block of a depthwise and a pointwise convolution, untrained. */
export function residualModel(): tf.LayersModel {
  const initializer = (seed: number) => tf.initializers.heNormal({ seed })
  const input = tf.input({ shape: [SIDE, SIDE, 1] })
  const convolved = tf.layers
    .conv2d({
      filters: 6,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelInitializer: initializer(1),
      name: 'stem_conv',
    })
    .apply(input) as tf.SymbolicTensor
  const stem = tf.layers
    .reLU({ name: 'stem_relu' })
    .apply(
      tf.layers.batchNormalization({ momentum: 0.9, name: 'stem_bn' }).apply(convolved),
    ) as tf.SymbolicTensor
  const depthwise = tf.layers
    .depthwiseConv2d({
      kernelSize: 3,
      padding: 'same',
      depthwiseInitializer: initializer(2),
      name: 'block1_depthwise',
    })
    .apply(stem)
  const pointwise = tf.layers
    .conv2d({
      filters: 6,
      kernelSize: 1,
      useBias: false,
      kernelInitializer: initializer(3),
      name: 'block1_pointwise',
    })
    .apply(depthwise)
  const normal = tf.layers
    .batchNormalization({ momentum: 0.9, name: 'block1_bn' })
    .apply(pointwise) as tf.SymbolicTensor
  const sum = tf.layers.add({ name: 'block1_add' }).apply([stem, normal])
  const active = tf.layers.reLU({ name: 'block1_relu' }).apply(sum)
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(active)
  const output = tf.layers
    .dense({
      units: barClasses,
      activation: 'softmax',
      kernelInitializer: initializer(4),
      name: 'classes',
    })
    .apply(pooled) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: output, name: 'residual' })
}

/** @param base64 float32 values of all weights, one after the other in the model's order */
function taught(model: tf.LayersModel, base64: string): tf.LayersModel {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  const values = new Float32Array(bytes.buffer)
  let at = 0
  const tensors = model.getWeights().map(({ shape, size }) => {
    const from = at
    at += size
    return tf.tensor(values.slice(from, at), shape)
  })
  if (at !== values.length) throw new Error('teach-bars.ts has to run again')
  model.setWeights(tensors)
  tf.dispose(tensors)
  return model
}
