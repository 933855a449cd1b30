/** Pictures, what a model should make of each, and models that make just that. */
import * as tf from '@tensorflow/tfjs'
import { encode } from 'fast-png'
import { createRandom } from '../../src/core/random'
import { savedFiles } from '../models/stock-model'

const SIDE = 8

/** Bytes of a grey picture; each index gives another one. */
export function greyBytes(index: number, side = SIDE): Uint8Array {
  const random = createRandom(4001 + index)
  return Uint8Array.from({ length: side * side }, () => random.below(256))
}

export function greyPng(data: Uint8Array, side = SIDE): Uint8Array {
  return encode({ width: side, height: side, data, channels: 1 })
}

/** A picture and its negative. */
function negativePair(index: number): { input: Uint8Array; target: Uint8Array } {
  const bytes = greyBytes(index)
  return { input: greyPng(bytes), target: greyPng(bytes.map((byte) => 255 - byte)) }
}

/** Pairs of pictures under names that are made of a number. */
export function pairFiles(
  count: number,
  inputName: (index: number) => string,
  targetName: (index: number) => string,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (let index = 0; index < count; index++) {
    const { input, target } = negativePair(index)
    files.set(inputName(index), input)
    files.set(targetName(index), target)
  }
  return files
}

/** Small pictures, and their negatives with four pixels for each of theirs. */
export function enlargedPairs(count: number): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (let index = 0; index < count; index++) {
    const small = greyBytes(index, 4)
    const large = Uint8Array.from(
      { length: 64 },
      (_, at) => 255 - (small[Math.floor(at / 16) * 4 + Math.floor((at % 8) / 2)] ?? 0),
    )
    files.set(`lr/${index}.png`, greyPng(small, 4))
    files.set(`hr/${index}.png`, greyPng(large))
  }
  return files
}

/** A model whose output is factor · input + shift, pixel by pixel. */
export async function pixelModel(
  factor: number,
  shift: number,
  { sides = [SIDE, SIDE, 1], sigmoid = false, enlarge = 1 }: PixelModel = {},
): Promise<File[]> {
  const channels = sides[2] ?? 1
  const model = tf.sequential()
  model.add(
    tf.layers.conv2d({
      inputShape: [...sides],
      filters: channels,
      kernelSize: 1,
      activation: sigmoid ? 'sigmoid' : 'linear',
    }),
  )
  if (enlarge > 1) model.add(tf.layers.upSampling2d({ size: [enlarge, enlarge] }))
  const kernel = tf.eye(channels).mul(factor).reshape([1, 1, channels, channels])
  model.setWeights([kernel, tf.fill([channels], shift)])
  return filesOfModel(model)
}

interface PixelModel {
  readonly sides?: readonly (number | null)[]
  readonly sigmoid?: boolean
  /** How many times as large what is made is. */
  readonly enlarge?: number
}

export async function filesOfModel(model: tf.LayersModel): Promise<File[]> {
  const bundle = await savedFiles(tf, model)
  return Promise.all(
    bundle.map(async (part) => new File([(await part.read(0, part.size)) as BlobPart], part.path)),
  )
}

/** The negative of grey pictures of any size, as a frozen graph: one weight, one bias. */
export function negativeGraph(): File[] {
  const float = { type: 'DT_FLOAT' }
  const text = (value: string) => ({ s: Buffer.from(value).toString('base64') })
  const shape = { dim: [-1, -1, -1, 1].map((size) => ({ size: String(size) })) }
  const ones = { list: { i: ['1', '1', '1', '1'] } }
  const constant = (name: string) => ({
    name,
    op: 'Const',
    attr: { dtype: float, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: {} } } },
  })
  const layout = { T: float, data_format: text('NHWC') }
  const node = [
    { name: 'image', op: 'Placeholder', attr: { dtype: float, shape: { shape } } },
    constant('kernel'),
    constant('bias'),
    {
      name: 'product',
      op: 'Conv2D',
      input: ['image', 'kernel'],
      attr: { ...layout, strides: ones, dilations: ones, padding: text('SAME') },
    },
    { name: 'made', op: 'BiasAdd', input: ['product', 'bias'], attr: layout },
  ]
  const port = (name: string) => ({ name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shape })
  const model = {
    format: 'graph-model',
    generatedBy: '2.4.0',
    signature: { inputs: { image: port('image') }, outputs: { made: port('made') } },
    modelTopology: { node, versions: { producer: 440 } },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'kernel', shape: [1, 1, 1, 1], dtype: 'float32' },
          { name: 'bias', shape: [1], dtype: 'float32' },
        ],
      },
    ],
  }
  return [
    new File([JSON.stringify(model)], 'model.json'),
    new File([Float32Array.of(-1, 1)], 'weights.bin'),
  ]
}
