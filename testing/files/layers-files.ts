import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }

/** A layer as the functional JSON format spells it. */
export interface LayerJson {
  class_name: string
  name: string
  config: { [key: string]: Plain }
  inbound_nodes: Plain
}

interface WeightJson {
  name: string
  shape: number[]
  dtype: string
  quantization?: { [key: string]: Plain }
  group?: string
}

/** A small functional model as text and bytes, open to every kind of damage. */
export interface LayersFiles {
  json: {
    format?: string
    modelTopology: {
      keras_version: string
      backend: string
      model_config: {
        class_name: string
        config: {
          name: string
          layers: LayerJson[]
          input_layers: Plain
          output_layers: Plain
        }
      }
    }
    weightsManifest: { paths: string[]; weights: WeightJson[] }[]
  }
  shards: Map<string, Uint8Array>
}

const SHARDS = 2

/**
 * input [4] -> first: Dense 4 -> second: Dense 3, 35 float32 weights in two shards of 70 bytes.
 * Weight i of the file has the value (i + 1) / 64.
 */
export function smallModel(): LayersFiles {
  const weights: WeightJson[] = [
    { name: 'first/kernel', shape: [4, 4], dtype: 'float32' },
    { name: 'first/bias', shape: [4], dtype: 'float32' },
    { name: 'second/kernel', shape: [4, 3], dtype: 'float32' },
    { name: 'second/bias', shape: [3], dtype: 'float32' },
  ]
  const values = Float32Array.from({ length: 35 }, (_, index) => (index + 1) / 64)
  const bytes = new Uint8Array(values.buffer)
  const size = bytes.length / SHARDS
  const paths = Array.from({ length: SHARDS }, (_, i) => `group1-shard${i + 1}of${SHARDS}.bin`)
  return {
    json: {
      format: 'layers-model',
      modelTopology: {
        keras_version: '2.9.0',
        backend: 'tensorflow',
        model_config: {
          class_name: 'Functional',
          config: {
            name: 'small',
            layers: [
              {
                class_name: 'InputLayer',
                name: 'input',
                config: { name: 'input', batch_input_shape: [null, 4], dtype: 'float32' },
                inbound_nodes: [],
              },
              dense('first', 4, 'input'),
              dense('second', 3, 'first'),
            ],
            input_layers: [['input', 0, 0]],
            output_layers: [['second', 0, 0]],
          },
        },
      },
      weightsManifest: [{ paths, weights }],
    },
    shards: new Map(paths.map((path, i) => [path, bytes.slice(i * size, (i + 1) * size)])),
  }
}

export function dense(name: string, units: number, input: string): LayerJson {
  return {
    class_name: 'Dense',
    name,
    config: { name, units, activation: 'linear', use_bias: true },
    inbound_nodes: [[[input, 0, 0, {}]]],
  }
}

/** The model as dropped files. */
export function bundleOf({ json, shards }: LayersFiles): FileBundle {
  return [
    memoryFile('model.json', textBytes(JSON.stringify(json))),
    ...[...shards].map(([path, bytes]) => memoryFile(path, bytes)),
  ]
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/**
 * Two inputs, a residual block, a nested model and a layer that are both called twice, a bidirectional
 * LSTM, and entries of every stored type: what damage has to find its way through.
 */
export function richModel(): LayersFiles {
  const layers: LayerJson[] = [
    input('image', [null, 4, 4, 2], 'float32'),
    input('words', [null, 5], 'int32'),
    layer('Conv2D', 'conv', { filters: 3, kernel_size: [3, 3], padding: 'same' }, ['image']),
    layer('BatchNormalization', 'bn', { axis: [3] }, ['conv']),
    layer('DepthwiseConv2D', 'dw', { kernel_size: [3, 3], padding: 'same' }, ['bn']),
    layer('Add', 'sum', {}, ['bn', 'dw']),
    layer('GlobalAveragePooling2D', 'gap', {}, ['sum']),
    {
      class_name: 'Functional',
      name: 'block',
      config: {
        name: 'block',
        layers: [
          { ...input('block_input', [null, 3], 'float32') },
          { ...dense('inner', 3, 'block_input') },
        ],
        input_layers: [['block_input', 0, 0]],
        output_layers: [['inner', 0, 0]],
      },
      inbound_nodes: [[['gap', 0, 0, {}]], [['block', 1, 0, {}]]],
    },
    {
      ...dense('shared', 3, 'block'),
      inbound_nodes: [[['block', 1, 0, {}]], [['block', 2, 0, {}]]],
    },
    layer('Embedding', 'embed', { input_dim: 7, output_dim: 3 }, ['words']),
    layer(
      'Bidirectional',
      'both',
      { layer: { class_name: 'LSTM', config: { name: 'lstm', units: 2 } } },
      ['embed'],
    ),
    {
      ...layer('Concatenate', 'join', {}, []),
      inbound_nodes: [
        [
          ['shared', 0, 0, {}],
          ['shared', 1, 0, {}],
          ['both', 0, 0, {}],
        ],
      ],
    },
    dense('head', 2, 'join'),
  ]
  const uint8 = { dtype: 'uint8', scale: 0.01, min: -1.2 }
  const weights: WeightJson[] = [
    { name: 'conv/kernel', shape: [3, 3, 2, 3], dtype: 'float32', quantization: uint8 },
    { name: 'conv/bias', shape: [3], dtype: 'float32' },
    ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => ({
      name: `bn/${name}`,
      shape: [3],
      dtype: 'float32',
    })),
    {
      name: 'dw/depthwise_kernel',
      shape: [3, 3, 3, 1],
      dtype: 'float32',
      quantization: { dtype: 'float16' },
    },
    { name: 'dw/bias', shape: [3], dtype: 'float32' },
    ...pair('inner', 3, 3),
    ...pair('shared', 3, 3),
    {
      name: 'embed/embeddings',
      shape: [7, 3],
      dtype: 'float32',
      quantization: { dtype: 'uint16', scale: 1e-5, min: -0.3 },
    },
    ...['forward_lstm', 'backward_lstm'].flatMap((name) => [
      { name: `both/${name}/kernel`, shape: [3, 8], dtype: 'float32' },
      { name: `both/${name}/recurrent_kernel`, shape: [2, 8], dtype: 'float32' },
      { name: `both/${name}/bias`, shape: [8], dtype: 'float32' },
    ]),
    ...pair('head', 10, 2),
  ]
  const bytes = Uint8Array.from(weights.flatMap((weight) => [...storedBytes(weight)]))
  return {
    json: {
      modelTopology: {
        keras_version: '2.4.0',
        backend: 'tensorflow',
        model_config: {
          class_name: 'Functional',
          config: {
            name: 'rich',
            layers,
            input_layers: [
              ['image', 0, 0],
              ['words', 0, 0],
            ],
            output_layers: [['head', 0, 0]],
          },
        },
      },
      weightsManifest: [{ paths: ['group1-shard1of2', 'group1-shard2of2'], weights }],
    },
    shards: new Map([
      ['group1-shard1of2', bytes.slice(0, 500)],
      ['group1-shard2of2', bytes.slice(500)],
    ]),
  }
}

/** What a functional model is given. */
export function input(name: string, shape: (number | null)[], dtype: string): LayerJson {
  const config = { name, batch_input_shape: shape, dtype }
  return { class_name: 'InputLayer', name, config, inbound_nodes: [] }
}

/** A layer that is called once, with the first outputs of others. */
export function layer(
  className: string,
  name: string,
  config: LayerJson['config'],
  inputs: string[],
): LayerJson {
  return {
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: [inputs.map((from) => [from, 0, 0, {}])],
  }
}

function pair(name: string, inputs: number, units: number): WeightJson[] {
  return [
    { name: `${name}/kernel`, shape: [inputs, units], dtype: 'float32' },
    { name: `${name}/bias`, shape: [units], dtype: 'float32' },
  ]
}

/** A pattern of small values with some zeros, in the type of the entry. */
function storedBytes(weight: WeightJson): Uint8Array {
  const count = weight.shape.reduce((product, side) => product * side, 1)
  const indices = Array.from({ length: count }, (_, index) => index)
  switch (weight.quantization?.['dtype']) {
    case 'uint8':
      return Uint8Array.from(indices, (index) => (index * 37) % 256)
    case 'uint16':
      return new Uint8Array(Uint16Array.from(indices, (index) => (index * 4099) % 65_536).buffer)
    case 'float16':
      // 0x3c00 is 1; halves around it lie between 0.5 and 2.
      return new Uint8Array(Uint16Array.from(indices, (index) => 0x3800 + index * 31).buffer)
    default:
      return new Uint8Array(Float32Array.from(indices, (index) => ((index * 7) % 11) / 16).buffer)
  }
}
