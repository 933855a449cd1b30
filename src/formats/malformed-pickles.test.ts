import { zipSync } from 'fflate'
import { textBytes } from '../../testing/files/layers-files'
import {
  called,
  checkpointBytes,
  dict,
  global,
  int,
  pickle,
  smallCheckpoint,
  tensor,
  text,
  tuple,
} from '../../testing/files/pickle-files'
import type { Pickled, TensorFacts } from '../../testing/files/pickle-files'
import { testRefusals } from '../../testing/files/refusals'
import type { BrokenCase } from '../../testing/files/refusals'
import { ramp } from '../../testing/files/safetensors-files'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'

/** A pickle over one storage of eight floats. */
const holding = (value: Pickled, more = {}): FileBundle => [
  memoryFile('net.pth', checkpointBytes(value, { 0: ramp(8) }, more)),
]

const stored = (facts: Partial<TensorFacts>): FileBundle =>
  holding(dict({ w: tensor({ key: '0', length: 8, shape: [2, 4], ...facts }) }))

/** The zip with something of the pickle cut off, behind so many bytes. */
const cut = (length: number): FileBundle => [
  memoryFile('net.pth', zipSync({ 'net/data.pkl': pickle(dict({ a: int(1) })).slice(0, length) })),
]

const asks = (name: string, value: Pickled, asked: string): BrokenCase => ({
  ...{ name, files: () => holding(value), code: 'open/pickle-global' },
  message: `net.pth, data.pkl asks Python for ${asked}. Nothing in a pickle is ever run here: tensors, dicts and lists are read, and nothing else.`,
})

const field = (
  name: string,
  files: () => FileBundle,
  place: string,
  expected: string,
  found: string,
): BrokenCase => ({
  ...{ name, files, code: 'open/tensor-field' },
  message: `net.pth, ${place}: expected ${expected}, found ${found}.`,
})

/** A list of lists, each in the next. */
const nested = (depth: number): Pickled => [
  ...Array.from({ length: depth }, () => 0x5d),
  ...Array.from({ length: depth - 1 }, () => 0x61),
]

testRefusals(
  [
    {
      name: 'quantized tensors',
      files: () => holding(dict({ w: called(global('torch._utils', '_rebuild_qtensor'), int(1)) })),
      code: 'open/pickle-tensors',
      message:
        'net.pth, data.pkl holds tensors that torch._utils._rebuild_qtensor makes: quantized, sparse or nested ones. Plain ones are read here.',
    },
    asks('a command', called(global('posix', 'system'), text('rm -rf /')), 'posix.system'),
    asks(
      'a whole module',
      global('torch.nn.modules.linear', 'Linear'),
      'torch.nn.modules.linear.Linear',
    ),
    asks('settings of a script', global('argparse', 'Namespace'), 'argparse.Namespace'),
    asks('a function of PyTorch that is none of tensors', global('torch', 'load'), 'torch.load'),
    field(
      'a tensor made of something else',
      () => holding(called(global('torch._utils', '_rebuild_tensor_v2'), int(1))),
      'data.pkl, byte 42',
      ...(['the arguments of torch._utils._rebuild_tensor_v2', 'others'] as const),
    ),
    field(
      'an opcode that tensors do not need',
      () => holding([0x69]),
      ...(['data.pkl, byte 2', 'an opcode that tensors need', '0x69'] as const),
    ),
    field(
      'another protocol',
      () => [
        memoryFile('net.pth', zipSync({ 'net/data.pkl': Uint8Array.of(0x80, 9, 0x4e, 0x2e) })),
      ],
      ...(['data.pkl, byte 0', 'protocol 2 to 5', '9'] as const),
    ),
    field(
      'a pickle that was cut',
      () => cut(5),
      ...(['data.pkl, byte 4', 'more bytes', 'the end of the file'] as const),
    ),
    field(
      'a stack with nothing on it',
      () => holding([0x30]),
      ...(['data.pkl, byte 2', 'a value', 'nothing'] as const),
    ),
    field(
      'a memo of nothing',
      () => holding([0x68, 5]),
      ...(['data.pkl, byte 2', 'a value of before', 'none at 5'] as const),
    ),
    field(
      'a key without a value',
      () => holding([0x7d, 0x28, ...text('a'), 0x75]),
      ...(['data.pkl, byte 10', 'keys with values', 'a key alone'] as const),
    ),
    field(
      'a storage that is no tuple',
      () => holding([...int(1), 0x51]),
      ...(['data.pkl, byte 7', 'a storage of tensors', 'something else'] as const),
    ),
    {
      name: 'lists in lists',
      files: () => holding(nested(100)),
      code: 'open/too-many',
      message: 'net.pth, dicts inside dicts: expected at most 64, found 65.',
    },
    field(
      'no tensor',
      () => holding(dict({ a: int(1) })),
      'the file',
      'at least one tensor',
      'nothing',
    ),
    field(
      'a storage that is not there',
      () => stored({ key: '7' }),
      'w',
      'a file data/7',
      'nothing',
    ),
    {
      name: 'a storage with fewer bytes than it says',
      files: () => stored({ length: 9 }),
      code: 'open/shard-short',
      message: 'net.pth, data/0: expected 36 bytes, found 32. The data ends inside w.',
    },
    field(
      'strides beyond the storage',
      () => stored({ strides: [5, 1] }),
      ...(['w', 'elements of a storage of 8', 'element 8'] as const),
    ),
    field(
      'an offset beyond the storage',
      () => stored({ offset: 1 }),
      ...(['w', 'elements of a storage of 8', 'element 8'] as const),
    ),
    {
      name: 'an element in many places',
      files: () => stored({ strides: [0, 1] }),
      code: 'open/repeated-elements',
      message:
        'net.pth, w: expected each element once, found axis 0 that repeats one, as expand() leaves it.',
    },
    field(
      'numbers whose sign is turned when they are read',
      () => stored({ metadata: dict({ conj: [0x88] }) }),
      ...([
        'data.pkl, byte 170',
        'the arguments of torch._utils._rebuild_tensor_v2',
        'others',
      ] as const),
    ),
    field(
      'a set of no list',
      () => holding(called(global('__builtin__', 'set'), int(1))),
      ...(['data.pkl, byte 26', 'the arguments of __builtin__.set', 'others'] as const),
    ),
    {
      name: 'a shape beyond any memory',
      files: () => stored({ shape: [1_000_000, 1_000_000], strides: [0, 0] }),
      code: 'open/shape-too-large',
      message:
        'net.pth, w: w would bring the model to more than 536870912 weights (found 1000000000000 in this one).',
    },
    field(
      'big-endian bytes',
      () =>
        holding(dict({ w: tensor({ key: '0', length: 8, shape: [8] }) }), {
          'net/byteorder': textBytes('big'),
        }),
      ...(['byteorder', 'little', 'big'] as const),
    ),
    {
      name: 'a damaged storage',
      files: () => {
        const value = dict({ w: tensor({ key: '0', length: 8, shape: [8] }) })
        const bytes = Buffer.from(checkpointBytes(value, { 0: ramp(8) }))
        const at = bytes.indexOf(Buffer.from(ramp(8)))
        bytes.writeUInt8(1 ^ bytes.readUInt8(at), at)
        return [memoryFile('net.pth', bytes)]
      },
      code: 'open/zip-damaged',
      message: 'net.pth cannot be unpacked: net/data/0: its checksum does not match.',
    },
    {
      name: 'TorchScript',
      files: () =>
        holding(dict({}), {
          'net/constants.pkl': pickle(tuple()),
          'net/code/a.py': textBytes('x'),
        }),
      code: 'open/is-torchscript',
      message: 'net.pth is TorchScript: a program with its weights, which only PyTorch runs.',
    },
    {
      name: 'a program of torch.export',
      files: () => [
        memoryFile(
          'net.pt2',
          zipSync({ 'net/archive_format': textBytes('pt2'), 'net/byteorder': textBytes('little') }),
        ),
      ],
      code: 'open/is-pt2',
      message: 'net.pt2 is a program that torch.export has saved.',
    },
    {
      name: 'a file of before 1.6',
      files: () => [
        memoryFile('old.pth', Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46)),
      ],
      code: 'open/is-pickle',
      message: 'old.pth is a bare pickle, as PyTorch saved files before version 1.6.',
    },
    {
      name: 'two checkpoints',
      files: () => [...smallCheckpoint('a.pth'), ...smallCheckpoint('b.pth')],
      code: 'open/several-models',
      message: 'These files each describe a model: a.pth, b.pth.',
    },
  ],
  'pickles',
)
