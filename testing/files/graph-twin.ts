import type * as tf from '@tensorflow/tfjs'
import { numbers, T, text, texts, whole } from './graph-attributes'
import type { Plain } from './graph-attributes'
import type { GraphFiles } from './graph-files'
import { GraphWriter } from './graph-writer'

type Attributes = { [key: string]: Plain }

/** Whether additions and activations stand in the operator of their product, as the converter puts them, or alone. */
export type TwinForm = 'fused' | 'apart'

/**
 * The graph that the converter makes of layers in a row: convolutions, depthwise ones, normalizations, ReLU, the largest
 * and the mean of places, dense layers, a softmax that ends one. Its operators with weights are called as the layers are.
 * @param batch that it was frozen to
 */
export function graphTwin(model: tf.LayersModel, form: TwinForm, batch = -1): GraphFiles {
  const net = new GraphWriter()
  const [, ...sides] = model.inputs[0]?.shape ?? []
  let at = net.input('picture', [batch, ...sides.map((side) => side ?? -1)])
  for (const layer of model.layers) at = added(net, layer, at, form)
  return net.files()
}

function added(net: GraphWriter, layer: tf.layers.Layer, from: string, form: TwinForm): string {
  const { name } = layer
  const config = layer.getConfig()
  const weights = layer.getWeights().map((value, at) => ({
    shape: value.shape,
    values: [...value.dataSync()],
    name: `${name}/${layer.weights[at]?.name.split('/').at(-1) ?? at}`,
  }))
  const written = (): string[] =>
    weights.map(({ shape, values, name: own }) => net.weight(own, shape, values))
  switch (layer.getClassName()) {
    case 'InputLayer':
      return from
    case 'Conv2D':
      return product(net, layer, from, form, {
        ...{ alone: 'Conv2D', fused: '_FusedConv2D', attributes: sliding(config) },
        weights: written(),
      })
    case 'DepthwiseConv2D':
      return product(net, layer, from, form, {
        ...{ alone: 'DepthwiseConv2dNative', fused: 'FusedDepthwiseConv2dNative' },
        ...{ attributes: sliding(config), weights: written() },
      })
    case 'Dense':
      return product(net, layer, from, form, {
        ...{ alone: 'MatMul', fused: '_FusedMatMul', weights: written() },
        attributes: { T, transpose_a: { b: false }, transpose_b: { b: false } },
      })
    case 'BatchNormalization':
      return net.node('FusedBatchNormV3', name, [from, ...written()], {
        ...{ T, U: T, epsilon: { f: Number(config['epsilon']) } },
        ...{ is_training: { b: false }, data_format: text('NHWC') },
      })
    case 'ReLU':
      return net.node('Relu', name, [from], { T })
    case 'MaxPooling2D':
      return net.node('MaxPool', name, [from], {
        ...sliding(config),
        ksize: numbers([1, ...(config['poolSize'] as number[]), 1]),
      })
    case 'Flatten': {
      const [, side = null] = layer.outputShape as (number | null)[]
      return net.node('Reshape', name, [from, net.wholes(`${name}/sides`, [-1, side ?? -1])], { T })
    }
    case 'GlobalAveragePooling2D':
      return net.node('Mean', name, [from, net.wholes(`${name}/axes`, [1, 2])], {
        ...{ T, keep_dims: { b: false } },
      })
    default:
      throw new Error(`the twin of ${layer.getClassName()} is not written`)
  }
}

interface Product {
  readonly alone: string
  readonly fused: string
  readonly attributes: Attributes
  /** Kernel, then bias where there is one. */
  readonly weights: readonly string[]
}

function product(
  net: GraphWriter,
  layer: tf.layers.Layer,
  from: string,
  form: TwinForm,
  { alone, attributes, fused, weights }: Product,
): string {
  const { name } = layer
  const [kernel = '', bias] = weights
  const { activation } = layer.getConfig()
  const isBent = activation === 'relu'
  const ended = (given: string): string =>
    activation === 'softmax' ? net.node('Softmax', `${name}/softmax`, [given], { T }) : given
  if (form === 'fused' && bias !== undefined)
    return ended(
      net.node(fused, name, [from, kernel, bias], {
        ...attributes,
        fused_ops: texts(['BiasAdd', ...(isBent ? ['Relu'] : [])]),
        ...{ num_args: whole(1), epsilon: { f: 0 } },
      }),
    )
  let at = net.node(alone, name, [from, kernel], attributes)
  if (bias !== undefined) at = net.node('BiasAdd', `${name}/add`, [at, bias], { T })
  return isBent ? net.node('Relu', `${name}/relu`, [at], { T }) : ended(at)
}

function sliding(config: tf.serialization.ConfigDict): Attributes {
  const {
    padding,
    strides: [stride = 1],
  } = config as { padding: string; strides: number[] }
  return {
    T,
    strides: numbers([1, stride, stride, 1]),
    padding: text(padding.toUpperCase()),
    data_format: text('NHWC'),
    dilations: numbers([1, 1, 1, 1]),
    explicit_paddings: numbers([]),
  }
}
