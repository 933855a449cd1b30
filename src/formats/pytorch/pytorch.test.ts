import { expect, test } from 'vitest'
import {
  called,
  checkpointBytes,
  dict,
  global,
  int,
  smallCheckpoint,
  tensor,
  tensorWithAttributes,
  text,
  tuple,
} from '../../../testing/files/pickle-files'
import { float32, ramp } from '../../../testing/files/safetensors-files'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../importers'

const go = () => Promise.resolve()

test('a state dict: order, shared storages, offsets and strides', async () => {
  const model = await openModel(smallCheckpoint(), go)
  expect([model.format, model.container, model.name]).toEqual(['pytorch', 'safetensors', 'net'])
  expect(model.weights.map(({ spec, values }) => [spec.name, [...values].slice(0, 6)])).toEqual([
    ['conv1.weight', [-1.9375, -1.8125, -1.6875, -1.5625, -1.4375, -1.3125]],
    ['conv1.bias', [-1.9375, -1.8125, -1.6875, -1.5625]],
    ['fc.weight', [1, 4, 2, 5, 3, 6]],
    ['fc.bias', [-1.9375, -1.8125, -1.6875]],
  ])
  expect(model.layers.map(({ name, kind }) => [name, kind])).toEqual([
    ['conv1', 'convolution'],
    ['fc', 'dense'],
  ])
})

/** As NumPy pickles a float of 64 bits, in the protocol that PyTorch asks for. */
const dtype = [
  ...called(global('numpy', 'dtype'), text('f8'), [0x89], [0x88]),
  ...tuple(int(3), text('<'), [0x4e], [0x4e], [0x4e], int(-1), int(-1), int(0)),
  0x62,
]
const numpyScalar = called(
  global('numpy._core.multiarray', 'scalar'),
  dtype,
  called(global('_codecs', 'encode'), text('\u0000\u0000'), text('latin1')),
)

/** Of two integers, and of one that takes nine bytes, as a seed may. */
const list = [0x5d, 0x28, ...int(1), 0x8a, 9, ...Array<number>(8).fill(255), 0, 0x65]

test('plain values beside the weights are no weights, by their names in both Pythons', async () => {
  const values = ['__builtin__', 'builtins'].map((module) =>
    dict({
      seen: called(global(module, 'set'), list),
      complex: called(global(module, 'complex'), int(1), int(2)),
      bytes: called(global(module, 'bytearray'), text('ab'), text('latin-1')),
      milestones: called(global('collections', 'Counter'), dict({ 30: int(1) })),
      device: called(global('torch', 'device'), text('cpu')),
      dtype: global('torch', 'bfloat16'),
      'fc.bias': tensor({ key: '0', length: 2, shape: [2] }),
    }),
  )
  for (const value of values) {
    const file = memoryFile('last.pth', checkpointBytes(value, { 0: float32(3, 4) }))
    const { weights } = await openModel([file], go)
    expect(weights.map(({ spec, values: held }) => [spec.name, ...held])).toEqual([
      ['fc.bias', 3, 4],
    ])
  }
})

test('of a checkpoint the weights alone, and it is said that the rest is left out', async () => {
  const moment = tensor({ key: '1', length: 6, shape: [2, 3] })
  const value = dict({
    epoch: int(7),
    loss: tensor({ key: '1', length: 6, shape: [] }),
    best: numpyScalar,
    'best before NumPy 2': called(global('numpy.core.multiarray', 'scalar'), dtype, text('bytes')),
    optimizer: dict({ state: dict({ exp_avg: moment }) }),
    state_dict: dict({
      'fc.weight': called(
        global('torch._utils', '_rebuild_parameter'),
        tensor({ key: '0', length: 6, shape: [2, 3] }),
        [0x88],
        called(global('collections', 'OrderedDict')),
      ),
      'fc.bias': tensor({ key: '1', length: 6, shape: [2] }),
    }),
  })
  const bytes = checkpointBytes(value, { 0: ramp(6), 1: float32(0, 0, 0, 0, 0, 0) })
  const { notes, weights } = await openModel([memoryFile('last.ckpt', bytes)], go)
  expect(weights.map(({ spec }) => spec.name)).toEqual(['fc.weight', 'fc.bias'])
  expect(notes).toContainEqual({ code: 'note/part-of-checkpoint', params: { part: 'state_dict' } })
})

test('tensors with attributes of their own are tensors, whatever those are, and nothing else is', async () => {
  const facts = { key: '0', length: 2, shape: [2] }
  const files = (build?: Parameters<typeof tensorWithAttributes>[2]) => {
    const buffer = tensorWithAttributes(facts, dict({ persistent: [0x88] }), build)
    const bytes = checkpointBytes(dict({ 'norm.mean': buffer }), { 0: float32(3, 4) })
    return [memoryFile('net.pth', bytes)]
  }
  const { weights } = await openModel(files(), go)
  expect(weights.map(({ spec, values }) => [spec.name, ...values])).toEqual([['norm.mean', 3, 4]])
  await expect(openModel(files(global('torch', 'Size')), go)).rejects.toMatchObject({
    code: 'open/tensor-field',
  })
})

test('types that are not computed with stay as they are', async () => {
  const value = dict({
    a: tensor({ key: '0', length: 2, shape: [2], type: 'BFloat16Storage' }),
    b: tensor({ key: '1', length: 1, shape: [], type: 'LongStorage' }),
    c: tensor({ key: '2', length: 4, shape: [0], type: 'HalfStorage' }),
  })
  const long = new Uint8Array(BigInt64Array.of(-3n).buffer)
  const storages = { 0: Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), 1: long, 2: new Uint8Array(8) }
  const { weights } = await openModel([memoryFile('a.pt', checkpointBytes(value, storages))], go)
  expect(weights.map(({ storedAs, values }) => [storedAs, [...values]])).toEqual([
    ['bfloat16', [1, -2]],
    ['int64', [...long]],
    ['float16', []],
  ])
})
