/** Frozen graphs by hand, as a converter writes them: nodes without constants' values, and a manifest. */
import { createRandom } from '../../src/core/random'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { numbers, shapeOf, T, text } from './graph-attributes'
import type { Plain } from './graph-attributes'

export interface NodeJson {
  name: string
  op: string
  input?: string[]
  attr: { [key: string]: Plain }
}

export interface WeightJson {
  name: string
  shape: number[]
  dtype: string
  quantization?: { [key: string]: Plain }
}

/** A small graph as text and bytes, open to every kind of damage. */
export interface GraphFiles {
  json: {
    format?: string
    generatedBy: string
    signature?: { [key: string]: Plain }
    modelTopology: { node: NodeJson[]; library?: Plain; versions: Plain }
    weightsManifest: { paths: string[]; weights: WeightJson[] }[]
  }
  shards: Map<string, Uint8Array>
}

/**
 * image [-1, 8, 8, 3] -> fused convolution with bias and ReLU -> depthwise convolution with bias ->
 * batch normalization -> mean -> product with a transposed matrix, bias, softmax. One constant keeps its
 * value in the node. Nodes are out of order.
 */
export function smallGraph(): GraphFiles {
  const constant = (name: string, dtype = 'DT_FLOAT'): NodeJson => ({
    name,
    op: 'Const',
    attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: {} } } },
  })
  const nodes: NodeJson[] = [
    { name: 'answer', op: 'Softmax', input: ['logits'], attr: { T } },
    { name: 'image', op: 'Placeholder', attr: { dtype: T, shape: shapeOf([-1, 8, 8, 3]) } },
    ...[
      'first/kernel',
      'first/bias',
      'depth/kernel',
      'depth/bias',
      'dense/kernel',
      'dense/bias',
    ].map((name) => constant(name)),
    ...['norm/gamma', 'norm/beta', 'norm/mean', 'norm/variance'].map((name) => constant(name)),
    constant('axes', 'DT_INT32'),
    {
      name: 'first',
      op: '_FusedConv2D',
      input: ['image', 'first/kernel', 'first/bias'],
      attr: {
        T,
        strides: numbers([1, 2, 2, 1]),
        padding: text('SAME'),
        data_format: text('NHWC'),
        dilations: numbers([1, 1, 1, 1]),
        fused_ops: { list: { s: [text('BiasAdd').s, text('Relu').s] } },
        num_args: { i: '1' },
        epsilon: { f: 0 },
      },
    },
    {
      name: 'depth',
      op: 'DepthwiseConv2dNative',
      input: ['first', 'depth/kernel'],
      attr: {
        T,
        strides: numbers([1, 1, 1, 1]),
        padding: text('VALID'),
        data_format: text('NHWC'),
        dilations: numbers([1, 1, 1, 1]),
      },
    },
    {
      name: 'depth/add',
      op: 'BiasAdd',
      input: ['depth', 'depth/bias'],
      attr: { T, data_format: text('NHWC') },
    },
    {
      name: 'norm',
      op: 'FusedBatchNormV3',
      input: ['depth/add', 'norm/gamma', 'norm/beta', 'norm/mean', 'norm/variance'],
      attr: {
        T,
        U: T,
        epsilon: { f: 0.001 },
        data_format: text('NHWC'),
        is_training: { b: false },
      },
    },
    {
      name: 'pooled',
      op: 'Mean',
      input: ['norm', 'axes'],
      attr: { T, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
    },
    {
      name: 'product',
      op: 'MatMul',
      input: ['pooled', 'dense/kernel'],
      attr: { T, transpose_a: { b: false }, transpose_b: { b: true } },
    },
    { name: 'scaled', op: 'Mul', input: ['product', 'temperature'], attr: { T } },
    constant('temperature'),
    { name: 'logits', op: 'AddV2', input: ['scaled', 'dense/bias', '^norm'], attr: { T } },
  ]
  const shapes: readonly (readonly [string, number[]])[] = [
    ['first/kernel', [3, 3, 3, 6]],
    ['first/bias', [6]],
    ['depth/kernel', [2, 2, 6, 2]],
    ['depth/bias', [12]],
    ['norm/gamma', [12]],
    ['norm/beta', [12]],
    ['norm/mean', [12]],
    ['norm/variance', [12]],
    ['dense/kernel', [5, 12]],
    ['dense/bias', [5]],
    ['temperature', []],
  ]
  const random = createRandom(3)
  const parts = shapes.map(([name, shape]) => {
    const count = shape.reduce((product, side) => product * side, 1)
    const values = Float32Array.from({ length: count }, () => random.normal())
    return new Uint8Array((name.endsWith('variance') ? values.map(Math.abs) : values).buffer)
  })
  parts.push(new Uint8Array(Int32Array.of(1, 2).buffer))
  const weights = [
    ...shapes.map(([name, shape]) => ({ name, shape: [...shape], dtype: 'float32' })),
    { name: 'axes', shape: [2], dtype: 'int32' },
  ]
  return {
    json: {
      format: 'graph-model',
      generatedBy: '2.4.0',
      signature: {
        inputs: {
          image: { name: 'image:0', dtype: 'DT_FLOAT', tensorShape: shapeOf([-1, 8, 8, 3]).shape },
        },
        outputs: {
          answer: { name: 'answer:0', dtype: 'DT_FLOAT', tensorShape: shapeOf([-1, 5]).shape },
        },
      },
      modelTopology: { node: nodes, versions: { producer: 440 } },
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights }],
    },
    shards: new Map([['group1-shard1of1.bin', joined(parts)]]),
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function nodeOf(files: GraphFiles, name: string): NodeJson {
  const node = files.json.modelTopology.node.find((candidate) => candidate.name === name)
  if (node === undefined) throw new Error(`no node ${name}`)
  return node
}

export function graphBundle({ json, shards }: GraphFiles): FileBundle {
  return [
    memoryFile('model.json', new TextEncoder().encode(JSON.stringify(json))),
    ...[...shards].map(([name, bytes]) => memoryFile(name, bytes)),
  ]
}

/** The same with its larger real weights as codes of one byte, as the converter's `--quantize_uint8` writes them. */
export function inOneByte<Files extends WithManifest>(files: Files): Files {
  const { json, shards } = files
  const [group] = json.weightsManifest
  if (group === undefined) return files
  const bytes = joined(group.paths.map((path) => shards.get(path) ?? new Uint8Array()))
  const parts: Uint8Array[] = []
  let at = 0
  const weights = group.weights.map((weight): WeightJson => {
    const count = weight.shape.reduce((product, side) => product * side, 1)
    const own = bytes.slice(at, at + 4 * count)
    at += 4 * count
    if (weight.dtype !== 'float32' || count < 8) {
      parts.push(own)
      return weight
    }
    const values = new Float32Array(own.buffer)
    const min = Math.min(...values)
    const scale = (Math.max(...values) - min) / 255
    parts.push(Uint8Array.from(values, (value) => Math.round((value - min) / scale)))
    return { ...weight, quantization: { dtype: 'uint8', min, scale } }
  })
  const [path = ''] = group.paths
  return {
    ...files,
    json: { ...json, weightsManifest: [{ paths: [path], weights }] },
    shards: new Map([[path, joined(parts)]]),
  }
}

/** What files of every kind of model have. */
interface WithManifest {
  readonly json: { readonly weightsManifest: GraphFiles['json']['weightsManifest'] }
  readonly shards: ReadonlyMap<string, Uint8Array>
}
