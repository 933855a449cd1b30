import {
  brokenH5,
  kerasBytes,
  placeOf,
  written,
  writtenBytes,
} from '../../testing/files/keras-files'
import { testRefusals } from '../../testing/files/refusals'
import type { BrokenCase } from '../../testing/files/refusals'
import type { ErrorCode } from '../core/errors'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'

const expected = JSON.parse(new TextDecoder().decode(kerasBytes('small.json'))) as {
  models: { weights: Record<string, number[][]> }[]
}

/** Where the superblock of HDF5 before 1.8 has the header of the root, its tree and its names. */
const ROOT = 64
const TREE = 80

/** An address in the tree of the root: the table of its names. */
const table = (view: DataView): number =>
  Number(view.getBigUint64(Number(view.getBigUint64(TREE, true)) + 32, true))

/** What h5py has written of a weight, in a file of its own. */
const h5 = (name: string): FileBundle => [
  memoryFile('model.h5', writtenBytes(`testing/files/hdf5/refused/${name}.h5`)),
]

/** Where the first bias of the file lies: its name is unlike any other, and so are its numbers. */
const weightsAt = (bytes: Uint8Array, view: DataView): number => {
  const [weights = []] = [expected.models[1]?.weights['result']]
  for (let at = 0; at + 12 <= bytes.length; at += 4)
    if ((weights[1] ?? []).every((value, index) => view.getFloat32(at + 4 * index, true) === value))
      return at
  throw new Error('no such weights')
}

/** What Keras never writes, written by h5py. */
const foreign = (
  name: string,
  message: string,
  code: ErrorCode = 'open/h5-unsupported',
): BrokenCase => ({ name: `h5py: ${name}`, files: () => h5(name), code, message })

testRefusals(
  [
    brokenH5(
      'a file that was cut',
      (bytes) => bytes.subarray(0, bytes.length - 1000),
      'model.h5, the start of the file: 1000 bytes are missing at its end.',
    ),
    brokenH5(
      'a signature and nothing else',
      (bytes) => bytes.subarray(0, 8),
      'model.h5, the start of the file: a structure ends too early.',
    ),
    brokenH5(
      'a root outside the file',
      (_, view) => {
        view.setUint32(ROOT, 10_000_000, true)
      },
      'model.h5, /: it lies outside the file.',
    ),
    brokenH5(
      'an address beyond all numbers',
      (_, view) => {
        view.setUint32(ROOT + 4, 1e9, true)
      },
      'model.h5, the start of the file: a number is larger than any file.',
    ),
    brokenH5(
      'a version of tomorrow',
      (bytes) => void (bytes[8] = 9),
      'model.h5, the start of the file: found HDF5 of version 9, which the studio does not read.',
      'open/h5-unsupported',
    ),
    brokenH5(
      'addresses of 5 bytes',
      (bytes) => void (bytes[13] = 5),
      'model.h5, the start of the file: found addresses of 5 bytes, which the studio does not read.',
      'open/h5-unsupported',
    ),
    brokenH5(
      'a file that was cut behind a block of somebody else',
      (bytes) => Uint8Array.of(...new Uint8Array(1024), ...bytes.subarray(0, bytes.length - 1000)),
      'model.h5, the start of the file: 1000 bytes are missing at its end.',
    ),
    brokenH5(
      'a tree that is none',
      (bytes) => {
        written(bytes, 'TREE', 'tree')
      },
      'model.h5, /: TREE is not where it should be.',
    ),
    brokenH5(
      'a tree that leads into itself',
      (bytes, view) => {
        const tree = Number(view.getBigUint64(TREE, true))
        bytes[tree + 5] = 1
        view.setBigUint64(tree + 32, BigInt(tree), true)
      },
      'model.h5, /: a tree leads into itself.',
    ),
    brokenH5(
      'a table that is none',
      (bytes) => {
        written(bytes, 'SNOD', 'snod')
      },
      'model.h5, /: SNOD is not where it should be.',
    ),
    brokenH5(
      'names that are no heap',
      (bytes) => {
        written(bytes, 'HEAP', 'heap')
      },
      'model.h5, /: HEAP is not where it should be.',
    ),
    brokenH5(
      'a name outside its heap',
      (_, view) => {
        view.setUint32(table(view) + 8, 1e6, true)
      },
      'model.h5, /: a name in it is not one.',
    ),
    brokenH5(
      'a name that leads out of its group',
      (bytes) => {
        written(bytes, 'optimizer_weights\0', '../../../../../../\0'.slice(1), 0)
      },
      'model.h5, /: a name in it is not one.',
    ),
    brokenH5(
      'a group that holds itself',
      (_, view) => {
        view.setBigUint64(table(view) + 16, view.getBigUint64(ROOT, true), true)
      },
      'model.h5, /model_weights: it holds itself.',
    ),
    brokenH5(
      'a message that is longer than its header',
      (_, view) => {
        view.setUint16(Number(view.getBigUint64(ROOT, true)) + 18, 60_000, true)
      },
      'model.h5, /: a message is longer than its header.',
    ),
    brokenH5(
      'settings that are in no heap',
      (bytes) => {
        written(bytes, 'GCOL', 'gcol')
      },
      'model.h5, /: GCOL is not where it should be.',
    ),
    brokenH5(
      'a weight of no number',
      (bytes, view) => {
        view.setFloat32(weightsAt(bytes, view), NaN, true)
      },
      'model.h5: result/bias:0 holds 1 NaN and 0 infinite values, the first at index 0.',
      'open/non-finite',
    ),
    foreign(
      'external',
      'model.h5, /a/w: found numbers in another file, which the studio does not read.',
    ),
    foreign(
      'link-to-file',
      'model.h5, /a: found a link to another file, which the studio does not read.',
    ),
    foreign('link-by-name', 'model.h5, /a: found a link by name, which the studio does not read.'),
    foreign(
      'virtual',
      'model.h5, /a/w: found numbers that are parts of other datasets, which the studio does not read.',
    ),
    foreign('lzf', 'model.h5, /a/w: found numbers packed by LZF, which the studio does not read.'),
    foreign(
      'scale-offset',
      'model.h5, /a/w: found numbers packed by scale-offset, which the studio does not read.',
    ),
    foreign(
      'grows',
      'model.h5, /a/w: found chunks along an axis that grows, which the studio does not read.',
    ),
    foreign(
      'large',
      'model.h5, /a/w: found whole numbers beyond 32 bits, which the studio does not read.',
    ),
    foreign('never-written', 'model.h5, /a/w: its numbers were never written.', 'open/h5-damaged'),
    foreign('never-chunked', 'model.h5, /a/w: its numbers were never written.', 'open/h5-damaged'),
    foreign(
      'texts',
      'model.h5, w: expected float32 weights, stored as float32, float16, uint16 or uint8; found texts for w.',
      'open/unsupported-dtype',
    ),
    foreign(
      'compound',
      'model.h5, w: expected float32 weights, stored as float32, float16, uint16 or uint8; found compounds for w.',
      'open/unsupported-dtype',
    ),
    {
      name: 'h5py: a chunk with another checksum',
      files: () => {
        const bytes = writtenBytes('testing/files/hdf5/refused/checked.h5')
        const at = placeOf(bytes, 'x^')
        bytes[at + 12] = (bytes[at + 12] ?? 0) ^ 4
        return [memoryFile('model.h5', bytes)]
      },
      code: 'open/h5-damaged',
      message: 'model.h5, /a/w: a checksum does not match.',
    },
  ],
  'hdf5',
)
