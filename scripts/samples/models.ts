/** The built-in models as they are trained: outputs are logits, initialisation is seeded. */
import * as tf from '@tensorflow/tfjs'
import type { DatasetId } from './data-sources'

export type SampleId = 'lenet-300-100' | 'lenet-5' | 'fashion-cnn' | 'vgg-small' | 'digit-teacher'

export interface SampleRecipe {
  readonly id: SampleId
  readonly name: string
  readonly description: string
  readonly datasetId: DatasetId
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  /** Peak of the cosine schedule (Loshchilov & Hutter 2017), after one epoch of linear warm-up. */
  readonly learningRate: number
  /** Largest shift of a training image, pixels in each direction. */
  readonly shift: number
  readonly mirror: boolean
  /** What the file stores a weight in. */
  readonly stored: 'float32' | 'float16'
  /** teacher: too large to start with, there for others to learn from. */
  readonly role: 'model' | 'teacher'
  readonly build: (seed: number) => tf.LayersModel
}

export const sampleRecipes: readonly SampleRecipe[] = [
  {
    id: 'lenet-300-100',
    name: 'LeNet-300-100',
    description: 'Two hidden dense layers that read handwritten digits.',
    datasetId: 'mnist',
    seed: 300_100,
    epochs: 40,
    batchSize: 128,
    learningRate: 2e-3,
    shift: 1,
    mirror: false,
    stored: 'float32',
    role: 'model',
    build: buildLeNet300,
  },
  {
    id: 'lenet-5',
    name: 'LeNet-5',
    description: 'Two convolutions and two dense layers that read handwritten digits.',
    datasetId: 'mnist',
    seed: 5,
    epochs: 16,
    batchSize: 128,
    learningRate: 2e-3,
    shift: 2,
    mirror: false,
    stored: 'float32',
    role: 'model',
    build: buildLeNet5,
  },
  {
    id: 'fashion-cnn',
    name: 'Fashion CNN',
    description: 'A depthwise-separable residual network that tells clothes apart.',
    datasetId: 'fashion-mnist',
    seed: 28,
    epochs: 14,
    batchSize: 128,
    learningRate: 4e-3,
    shift: 2,
    mirror: true,
    stored: 'float32',
    role: 'model',
    build: buildFashionCnn,
  },
  {
    id: 'vgg-small',
    name: 'VGG small',
    description: 'Six plain 3 × 3 convolutions, as in VGG16, that tell clothes apart.',
    datasetId: 'fashion-mnist',
    seed: 16,
    epochs: 10,
    batchSize: 128,
    learningRate: 1e-3,
    shift: 2,
    mirror: true,
    stored: 'float32',
    role: 'model',
    build: buildVggSmall,
  },
  {
    id: 'digit-teacher',
    name: 'Digit teacher 2 × 1200',
    description: 'Two wide dense layers with dropout, made to be learnt from.',
    datasetId: 'mnist',
    seed: 1200,
    epochs: 70,
    batchSize: 256,
    learningRate: 2e-3,
    shift: 2,
    mirror: false,
    stored: 'float16',
    role: 'teacher',
    build: buildDigitTeacher,
  },
]

const inputShape = [28, 28, 1]

/** A different, reproducible seed for each layer that asks. */
function initializers(seed: number): () => ReturnType<typeof tf.initializers.heNormal> {
  let next = seed
  return () => tf.initializers.heNormal({ seed: next++ })
}

/** 784-300-100-10 (LeCun et al. 1998, as compressed in Han et al. 2015): 266,610 weights. */
function buildLeNet300(seed: number): tf.LayersModel {
  const he = initializers(seed)
  return tf.sequential({
    name: 'lenet_300_100',
    layers: [
      tf.layers.flatten({ inputShape, name: 'flatten' }),
      tf.layers.dense({
        units: 300,
        activation: 'relu',
        kernelInitializer: he(),
        name: 'dense1',
      }),
      tf.layers.dense({
        units: 100,
        activation: 'relu',
        kernelInitializer: he(),
        name: 'dense2',
      }),
      tf.layers.dense({ units: 10, kernelInitializer: he(), name: 'dense3' }),
    ],
  })
}

/** The Caffe variant that Han et al. 2015 compress: 431,080 weights. */
function buildLeNet5(seed: number): tf.LayersModel {
  const he = initializers(seed)
  return tf.sequential({
    name: 'lenet_5',
    layers: [
      tf.layers.conv2d({
        inputShape,
        filters: 20,
        kernelSize: 5,
        activation: 'relu',
        kernelInitializer: he(),
        name: 'conv1',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'pool1' }),
      tf.layers.conv2d({
        filters: 50,
        kernelSize: 5,
        activation: 'relu',
        kernelInitializer: he(),
        name: 'conv2',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'pool2' }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({
        units: 500,
        activation: 'relu',
        kernelInitializer: he(),
        name: 'dense1',
      }),
      tf.layers.dense({ units: 10, kernelInitializer: he(), name: 'dense2' }),
    ],
  })
}

/** 784-1200-1200-10 with dropout: the teacher of Hinton et al. 2015, section 3. */
function buildDigitTeacher(seed: number): tf.LayersModel {
  const he = initializers(seed)
  const hidden = (name: string): tf.layers.Layer =>
    tf.layers.dense({ units: 1200, activation: 'relu', kernelInitializer: he(), name })
  return tf.sequential({
    name: 'digit_teacher',
    layers: [
      tf.layers.flatten({ inputShape, name: 'flatten' }),
      hidden('dense1'),
      tf.layers.dropout({ rate: 0.4, name: 'dropout1' }),
      hidden('dense2'),
      tf.layers.dropout({ rate: 0.4, name: 'dropout2' }),
      tf.layers.dense({ units: 10, kernelInitializer: he(), name: 'dense3' }),
    ],
  })
}

/** Pairs of 3 x 3 convolutions between poolings (Simonyan & Zisserman 2015, VGG), an eighth as wide. */
function buildVggSmall(seed: number): tf.LayersModel {
  const he = initializers(seed)
  const model = tf.sequential({ name: 'vgg_small' })
  ;[16, 32, 64].forEach((filters, block) => {
    for (const at of [1, 2])
      model.add(
        tf.layers.conv2d({
          ...(block === 0 && at === 1 ? { inputShape } : {}),
          filters,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          kernelInitializer: he(),
          name: `block${block + 1}_conv${at}`,
        }),
      )
    model.add(tf.layers.maxPooling2d({ poolSize: 2, name: `block${block + 1}_pool` }))
  })
  model.add(tf.layers.flatten({ name: 'flatten' }))
  model.add(
    tf.layers.dense({ units: 128, activation: 'relu', kernelInitializer: he(), name: 'dense1' }),
  )
  model.add(tf.layers.dropout({ rate: 0.5, name: 'dropout' }))
  model.add(tf.layers.dense({ units: 10, kernelInitializer: he(), name: 'dense2' }))
  return model
}

/** Depthwise-separable blocks (Howard et al. 2017) with residuals (He et al. 2016) and batch norm. */
function buildFashionCnn(seed: number): tf.LayersModel {
  const he = initializers(seed)
  const image = tf.input({ shape: inputShape, name: 'image' })
  let x = normalized(
    'stem',
    true,
    tf.layers
      .conv2d({
        filters: 16,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        kernelInitializer: he(),
        name: 'stem_conv',
      })
      .apply(image) as tf.SymbolicTensor,
  )
  const blocks = [
    { from: 16, to: 16, strides: 1 },
    { from: 16, to: 48, strides: 2 },
    { from: 48, to: 48, strides: 1 },
    { from: 48, to: 128, strides: 2 },
    { from: 128, to: 128, strides: 1 },
    { from: 128, to: 128, strides: 1 },
    { from: 128, to: 128, strides: 1 },
  ]
  blocks.forEach((block, index) => {
    x = separableBlock(x, `block${index + 1}`, block, he)
  })
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(x)
  const logits = tf.layers
    .dense({ units: 10, kernelInitializer: he(), name: 'classes' })
    .apply(pooled) as tf.SymbolicTensor
  return tf.model({ inputs: image, outputs: logits, name: 'fashion_cnn' })
}

function separableBlock(
  input: tf.SymbolicTensor,
  name: string,
  { from, to, strides }: { from: number; to: number; strides: number },
  he: ReturnType<typeof initializers>,
): tf.SymbolicTensor {
  const depthwise = tf.layers
    .depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: he(),
      name: `${name}_depthwise`,
    })
    .apply(input) as tf.SymbolicTensor
  const spatial = normalized(`${name}_depthwise`, true, depthwise)
  const pointwise = tf.layers
    .conv2d({
      filters: to,
      kernelSize: 1,
      useBias: false,
      kernelInitializer: he(),
      name: `${name}_pointwise`,
    })
    .apply(spatial) as tf.SymbolicTensor
  const residual = strides === 1 && from === to
  const mixed = normalized(`${name}_pointwise`, !residual, pointwise)
  if (!residual) return mixed
  const sum = tf.layers.add({ name: `${name}_add` }).apply([input, mixed])
  return tf.layers.reLU({ name: `${name}_relu` }).apply(sum) as tf.SymbolicTensor
}

function normalized(name: string, relu: boolean, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const normal = tf.layers
    .batchNormalization({ momentum: 0.95, name: `${name}_norm` })
    .apply(x) as tf.SymbolicTensor
  if (!relu) return normal
  return tf.layers.reLU({ name: `${name}_relu` }).apply(normal) as tf.SymbolicTensor
}
