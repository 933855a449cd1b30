/** The graphs of well-known networks with seeded random weights: their size and shape, without their knowledge. */
import * as tf from '@tensorflow/tfjs'

type Symbolic = tf.SymbolicTensor
type Padding = 'same' | 'valid'

/** Ends that all of them have. */
function classified(input: Symbolic, features: Symbolic, classes: number): tf.LayersModel {
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(features) as Symbolic
  const output = tf.layers
    .dense({
      units: classes,
      activation: 'softmax',
      name: 'predictions',
      kernelInitializer: tf.initializers.glorotUniform({ seed: 999 }),
    })
    .apply(pooled) as Symbolic
  return tf.model({ inputs: input, outputs: output })
}

/** Gives each layer of a model its own number, which is the seed of its weights. */
class Numbers {
  private next = 1

  seed(): { seed: number } {
    return { seed: this.next++ }
  }
}

/**
 * MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381): inverted residuals of a depthwise convolution each.
 * @param width what channels are multiplied by
 */
export function buildMobileNetV2(side: number, width = 1, classes = 1000): tf.LayersModel {
  const numbers = new Numbers()
  const input = tf.input({ shape: [side, side, 3], name: 'image' })
  const channels = (count: number): number => {
    const wanted = count * width
    const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8)
    return rounded < 0.9 * wanted ? rounded + 8 : rounded
  }
  const normal = (x: Symbolic, name: string): Symbolic =>
    tf.layers.batchNormalization({ momentum: 0.999, epsilon: 1e-3, name }).apply(x) as Symbolic
  const relu6 = (x: Symbolic, name: string): Symbolic =>
    tf.layers.reLU({ maxValue: 6, name }).apply(x) as Symbolic
  const convolved = (x: Symbolic, name: string, filters: number, size: number, strides: number) =>
    tf.layers
      .conv2d({
        filters,
        kernelSize: size,
        strides,
        padding: 'same',
        useBias: false,
        name,
        kernelInitializer: tf.initializers.heNormal(numbers.seed()),
      })
      .apply(x) as Symbolic
  let x = relu6(normal(convolved(input, 'Conv1', channels(32), 3, 2), 'bn_Conv1'), 'Conv1_relu')
  let id = 0
  for (const [expansion, count, blocks, firstStride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const)
    for (let block = 0; block < blocks; block++, id++) {
      const name = `block_${id}`
      const stride = block === 0 ? firstStride : 1
      const from = x
      const wide = (x.shape.at(-1) ?? 0) * expansion
      if (expansion > 1)
        x = relu6(
          normal(convolved(x, `${name}_expand`, wide, 1, 1), `${name}_expand_BN`),
          `${name}_expand_relu`,
        )
      x = tf.layers
        .depthwiseConv2d({
          kernelSize: 3,
          strides: stride,
          padding: 'same',
          useBias: false,
          name: `${name}_depthwise`,
          depthwiseInitializer: tf.initializers.heNormal(numbers.seed()),
        })
        .apply(x) as Symbolic
      x = relu6(normal(x, `${name}_depthwise_BN`), `${name}_depthwise_relu`)
      x = normal(convolved(x, `${name}_project`, channels(count), 1, 1), `${name}_project_BN`)
      if (stride === 1 && from.shape.at(-1) === x.shape.at(-1))
        x = tf.layers.add({ name: `${name}_add` }).apply([from, x]) as Symbolic
    }
  const last = Math.max(1280, channels(1280))
  x = relu6(normal(convolved(x, 'Conv_1', width > 1 ? last : 1280, 1, 1), 'Conv_1_bn'), 'out_relu')
  return classified(input, x, classes)
}

interface UnitSettings {
  readonly strides?: number
  readonly padding?: Padding
  readonly useBias?: boolean
  readonly relu?: boolean
}

/** A convolution with batch normalisation and ReLU, as ResNet and Inception have them. */
function unit(
  numbers: Numbers,
  x: Symbolic,
  name: string,
  filters: number,
  kernelSize: number | [number, number],
  { strides = 1, padding = 'same', useBias = false, relu = true }: UnitSettings = {},
): Symbolic {
  const convolved = tf.layers
    .conv2d({
      filters,
      kernelSize,
      strides,
      padding,
      useBias,
      name: `${name}_conv`,
      kernelInitializer: tf.initializers.heNormal(numbers.seed()),
    })
    .apply(x)
  const normal = tf.layers
    .batchNormalization({ name: `${name}_bn`, scale: true })
    .apply(convolved) as Symbolic
  return relu ? (tf.layers.reLU({ name: `${name}_relu` }).apply(normal) as Symbolic) : normal
}

/** ResNet-50 (He et al. 2016, arXiv:1512.03385). */
export function buildResNet50(side: number, classes = 1000): tf.LayersModel {
  const numbers = new Numbers()
  const input = tf.input({ shape: [side, side, 3], name: 'image' })
  let x = unit(numbers, input, 'conv1', 64, 7, { strides: 2, useBias: true })
  x = tf.layers
    .maxPooling2d({ poolSize: 3, strides: 2, padding: 'same', name: 'pool1' })
    .apply(x) as Symbolic
  for (const [stage, [filters, blocks, first]] of (
    [
      [64, 3, 1],
      [128, 4, 2],
      [256, 6, 2],
      [512, 3, 2],
    ] as const
  ).entries())
    for (let block = 0; block < blocks; block++) {
      const name = `conv${stage + 2}_block${block + 1}`
      const strides = block === 0 ? first : 1
      const plain = { useBias: true, relu: false }
      const shortcut =
        block === 0 ? unit(numbers, x, `${name}_0`, 4 * filters, 1, { ...plain, strides }) : x
      x = unit(numbers, x, `${name}_1`, filters, 1, { strides, useBias: true })
      x = unit(numbers, x, `${name}_2`, filters, 3, { useBias: true })
      x = unit(numbers, x, `${name}_3`, 4 * filters, 1, plain)
      const sum = tf.layers.add({ name: `${name}_add` }).apply([shortcut, x]) as Symbolic
      x = tf.layers.reLU({ name: `${name}_out` }).apply(sum) as Symbolic
    }
  return classified(input, x, classes)
}

/** InceptionV3 (Szegedy et al. 2016, arXiv:1512.00567), without its side branch. */
export function buildInceptionV3(side: number, classes = 1000): tf.LayersModel {
  const numbers = new Numbers()
  let id = 0
  const conv = (
    x: Symbolic,
    filters: number,
    rows: number,
    columns: number,
    strides = 1,
    padding: Padding = 'same',
  ): Symbolic => unit(numbers, x, `unit_${++id}`, filters, [rows, columns], { strides, padding })
  const maxPool = (x: Symbolic): Symbolic =>
    tf.layers.maxPooling2d({ poolSize: 3, strides: 2, name: `max_${++id}` }).apply(x) as Symbolic
  const averaged = (x: Symbolic, filters: number): Symbolic =>
    conv(
      tf.layers
        .averagePooling2d({ poolSize: 3, strides: 1, padding: 'same', name: `mean_${++id}` })
        .apply(x) as Symbolic,
      filters,
      1,
      1,
    )
  const joined = (...parts: Symbolic[]): Symbolic =>
    tf.layers.concatenate({ name: `mixed_${++id}` }).apply(parts) as Symbolic
  const input = tf.input({ shape: [side, side, 3], name: 'image' })
  let x = conv(input, 32, 3, 3, 2, 'valid')
  x = conv(x, 32, 3, 3, 1, 'valid')
  x = maxPool(conv(x, 64, 3, 3))
  x = conv(x, 80, 1, 1, 1, 'valid')
  x = maxPool(conv(x, 192, 3, 3, 1, 'valid'))
  for (const pooled of [32, 64, 64]) {
    const five = conv(conv(x, 48, 1, 1), 64, 5, 5)
    const double = conv(conv(conv(x, 64, 1, 1), 96, 3, 3), 96, 3, 3)
    x = joined(conv(x, 64, 1, 1), five, double, averaged(x, pooled))
  }
  {
    const double = conv(conv(conv(x, 64, 1, 1), 96, 3, 3), 96, 3, 3, 2, 'valid')
    x = joined(conv(x, 384, 3, 3, 2, 'valid'), double, maxPool(x))
  }
  for (const inner of [128, 160, 160, 192]) {
    const seven = conv(conv(conv(x, inner, 1, 1), inner, 1, 7), 192, 7, 1)
    let double = conv(conv(x, inner, 1, 1), inner, 7, 1)
    double = conv(conv(conv(double, inner, 1, 7), inner, 7, 1), 192, 1, 7)
    x = joined(conv(x, 192, 1, 1), seven, double, averaged(x, 192))
  }
  {
    const three = conv(conv(x, 192, 1, 1), 320, 3, 3, 2, 'valid')
    const seven = conv(conv(conv(x, 192, 1, 1), 192, 1, 7), 192, 7, 1)
    x = joined(three, conv(seven, 192, 3, 3, 2, 'valid'), maxPool(x))
  }
  for (let block = 0; block < 2; block++) {
    const three = conv(x, 384, 1, 1)
    const double = conv(conv(x, 448, 1, 1), 384, 3, 3)
    x = joined(
      conv(x, 320, 1, 1),
      conv(three, 384, 1, 3),
      conv(three, 384, 3, 1),
      conv(double, 384, 1, 3),
      conv(double, 384, 3, 1),
      averaged(x, 192),
    )
  }
  return classified(input, x, classes)
}
