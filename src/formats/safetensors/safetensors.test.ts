import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { textBytes } from '../../../testing/files/layers-files'
import { smallCheckpoint } from '../../../testing/files/pickle-files'
import {
  ramp,
  safetensorsFile,
  shardedSafetensors,
  smallStateDict,
} from '../../../testing/files/safetensors-files'
import type { TensorEntry } from '../../../testing/files/safetensors-files'
import { Drop } from '../../files/drop'
import { memoryFile } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { missingFiles, openDrop, openModel } from '../importers'

const go = () => Promise.resolve()

test('layers, kinds and output channels are told from names and shapes of PyTorch', async () => {
  const model = await openModel(safetensorsFile(), go)
  expect(model.name).toBe('net')
  expect(model.obstacles.run).toMatchObject({ code: 'open/weights-alone' })
  expect(model.layers.map(({ name, className, kind }) => [name, className, kind])).toEqual([
    ['bn1', 'BatchNorm', 'normalization'],
    ['conv1', 'Conv2d', 'convolution'],
    ['fc', 'Linear', 'dense'],
  ])
  const found = model.weights.map(({ spec, storedAs }) => [
    ...[spec.name, spec.role, storedAs],
    ...[spec.channel.count, spec.channel.inner],
  ])
  expect(found).toEqual([
    ['bn1.bias', 'normalization', 'float32', 1, 4],
    ['bn1.num_batches_tracked', 'other', 'int64', 1, 1],
    ['bn1.running_mean', 'normalization', 'float32', 1, 4],
    ['bn1.running_var', 'normalization', 'float32', 1, 4],
    ['bn1.weight', 'normalization', 'float32', 1, 4],
    ['conv1.bias', 'bias', 'float32', 1, 4],
    ['conv1.weight', 'kernel', 'float32', 4, 18],
    ['fc.bias', 'bias', 'float32', 1, 3],
    ['fc.weight', 'kernel', 'bfloat16', 3, 5],
  ])
  expect(model.notes).toContainEqual({
    code: 'note/kept-as-bytes',
    params: { count: 1, dtypes: 'int64' },
  })
})

test('floats of all widths are read as they are, everything else byte for byte', async () => {
  const doubles = new Uint8Array(Float64Array.of(0.1, -2, 1e-60).buffer)
  const entries: Record<string, TensorEntry> = {
    a: { dtype: 'F64', shape: [3], bytes: doubles },
    b: { dtype: 'F16', shape: [2], bytes: Uint8Array.of(0x00, 0x3c, 0x01, 0x80) },
    c: { dtype: 'BF16', shape: [2], bytes: Uint8Array.of(0x80, 0x3f, 0x49, 0x40) },
    d: { dtype: 'BOOL', shape: [3], bytes: Uint8Array.of(1, 0, 1) },
    e: { dtype: 'F8_E4M3', shape: [2, 1], bytes: Uint8Array.of(0x38, 0xff) },
    f: { dtype: 'U64', shape: [0], bytes: new Uint8Array(0) },
  }
  const { weights } = await openModel(safetensorsFile(entries), go)
  expect(weights.map(({ spec, storedAs, values }) => [spec.dtype, storedAs, [...values]])).toEqual([
    ['float32', 'float64', [Math.fround(0.1), -2, 0]],
    ['float32', 'float16', [1, -(2 ** -24)]],
    ['float32', 'bfloat16', [1, 3.140625]],
    ['bytes', 'bool', [1, 0, 1]],
    ['bytes', 'float8', [0x38, 0xff]],
    ['bytes', 'uint64', []],
  ])
  expect(weights[0]?.held).toMatchObject({ kind: 'bytes', bytes: doubles })
})

/** Kernels whose axis of outputs has to be told. */
const axes: readonly (readonly [string, Record<string, readonly number[]>, object])[] = [
  [
    'a transposed convolution by its bias',
    { 'up.weight': [6, 4, 2, 2], 'up.bias': [4] },
    { count: 4, inner: 4 },
  ],
  ['one by its name', { 'deconv1.weight': [6, 4, 2, 2] }, { count: 4, inner: 4 }],
  [
    'a product of GPT-2',
    { 'h.0.attn.c_attn.weight': [4, 12], 'h.0.attn.c_attn.bias': [12] },
    { count: 12, inner: 1 },
  ],
  [
    'a square one',
    { 'h.0.attn.c_proj.weight': [4, 4], 'h.0.attn.c_proj.bias': [4] },
    { count: 4, inner: 1 },
  ],
  ['a layer of Flax', { 'params.Conv_0.kernel': [3, 3, 2, 5] }, { count: 5, inner: 1 }],
  ['weights of an LSTM', { 'lstm.weight_ih_l0': [8, 3] }, { count: 8, inner: 3 }],
  ['a cell of one', { 'cell.weight_hh': [8, 2] }, { count: 8, inner: 2 }],
  ['an embedding', { 'word_embeddings.weight': [9, 2] }, { count: 9, inner: 2 }],
  [
    'attention in one product',
    { 'attn.in_proj_weight': [6, 2], 'attn.in_proj_bias': [6] },
    { count: 6, inner: 2 },
  ],
]

test.each(axes)('%s', async (_, shapes, channel) => {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const elements = shape.reduce((product, side) => product * side, 1)
    return [name, { dtype: 'F32', shape, bytes: ramp(elements) }] as const
  })
  const { weights } = await openModel(safetensorsFile(Object.fromEntries(entries)), go)
  const kernel = weights.find(({ spec }) => spec.shape.length > 1)
  expect(kernel?.spec.channel).toEqual(channel)
})

test('a convolution over one input each is depthwise behind as many outputs, and none before', async () => {
  const kernel = (shape: readonly number[]): TensorEntry => ({
    ...{ dtype: 'F32', shape },
    bytes: ramp(shape.reduce((product, side) => product * side, 1)),
  })
  const entries = { 'conv1.weight': kernel([4, 1, 3, 3]), 'conv2.weight': kernel([8, 1, 3, 3]) }
  const { layers } = await openModel(safetensorsFile(entries), go)
  expect(layers.map(({ kind }) => kind)).toEqual(['convolution', 'depthwise'])
})

test.each([
  ['with their index', shardedSafetensors()],
  ['by their numbers', shardedSafetensors().slice(1)],
])('several files %s wait for one another and open as one model', async (_, files) => {
  let drop = new Drop(files.slice(0, 1))
  for (const [at, next] of files.slice(1).entries()) {
    const left = files.slice(at + 1).map(({ path }) => path)
    expect(await missingFiles(drop, go)).toEqual(left)
    drop = new Drop([...drop.files, next], drop)
  }
  expect(await missingFiles(drop, go)).toEqual([])
  const { files: used, weights } = await openDrop(drop, go)
  const names = Object.keys(smallStateDict())
  expect(weights.map(({ spec }) => spec.name).sort()).toEqual(names.sort())
  expect(used.map(({ path }) => path).sort()).toEqual(files.map(({ path }) => path).sort())
})

test('beside the settings of a tokenizer, as they lie in a folder', async () => {
  const others = ['config.json', 'tokenizer.json', 'generation_config.json'].map((path) =>
    memoryFile(`net/${path}`, textBytes('{"a": 1}')),
  )
  const [file] = safetensorsFile(smallStateDict(), 'net/model.safetensors')
  if (file === undefined) throw new Error('one file')
  const model = await openModel([...others, file], go)
  expect([model.name, model.weights.length]).toEqual(['net', 9])
})

describe('what a person has put right', () => {
  const beside = (axes: object): BundleFile =>
    memoryFile('output-axes.json', textBytes(JSON.stringify({ output_axes: axes })))
  const channelIn = async (files: FileBundle): Promise<object | undefined> => {
    const { weights } = await openModel(files, go)
    return weights.find(({ spec }) => spec.name === 'conv1.weight')?.spec.channel
  }

  test.each([
    ['a loose file', safetensorsFile()],
    ['several files', shardedSafetensors()],
    ['a checkpoint of PyTorch', smallCheckpoint()],
  ])('counts beside %s', async (_, files) => {
    expect(await channelIn(files)).toEqual({ count: 4, inner: 18 })
    const put = beside({ 'conv1.weight': 1, 'not.there': 0 })
    expect(await channelIn([...files, put])).toEqual({ count: 2, inner: 9 })
    expect(await missingFiles(new Drop([...files, put]), go)).toEqual([])
  })

  test('counts beside a zip, where an axis that is not there is nobody’s', async () => {
    const [file] = safetensorsFile()
    const bytes = (await file?.read(0, file.size)) ?? new Uint8Array(0)
    const zip = memoryFile('net.zip', zipSync({ 'net.safetensors': bytes }))
    expect(await channelIn([zip, beside({ 'conv1.weight': 1 })])).toEqual({ count: 2, inner: 9 })
    expect(await channelIn([zip, beside({ 'conv1.weight': 4 })])).toEqual({ count: 4, inner: 18 })
  })

  test('is refused where it is no axis', async () => {
    const files = [...safetensorsFile(), beside({ 'conv1.weight': 'first' })]
    await expect(openModel(files, go)).rejects.toMatchObject({
      code: 'open/tensor-field',
      params: { field: 'output_axes.conv1.weight', found: '"first"' },
    })
  })
})
