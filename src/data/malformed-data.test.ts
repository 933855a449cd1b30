import { gzipSync, zipSync } from 'fflate'
import { testDataRefusals } from '../../testing/files/data-refusals'
import { npyBytes } from '../../testing/files/foreign-data'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const one = (name: string, content: Uint8Array | string): FileBundle => [
  memoryFile(name, typeof content === 'string' ? utf8(content) : content),
]

/** An .npy file with this header and so many bytes of data. */
function npy(header: string, data = 0, version = 1): Uint8Array {
  const bytes = new Uint8Array(10 + header.length + data)
  bytes.set([0x93, ...utf8('NUMPY'), version, 0, header.length & 255, header.length >> 8])
  bytes.set(utf8(header), 10)
  return bytes
}

const head = (descr: string, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`

/** An IDX file: type, sides, data. */
function idx(type: number, sides: readonly number[], data: number): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sides.length + data)
  bytes.set([0, 0, type, sides.length])
  const view = new DataView(bytes.buffer)
  sides.forEach((side, axis) => {
    view.setUint32(4 + 4 * axis, side)
  })
  return bytes
}

const samples = npyBytes(
  '<f4',
  [4, 3],
  Float32Array.from({ length: 12 }, (_, i) => i),
)

testDataRefusals([
  {
    name: 'nothing that is data',
    files: () => one('notes.txt', 'hello'),
    code: 'data/unknown-kind',
    message: 'None of these files is data that the studio can read: notes.txt.',
  },
  {
    name: 'an array and a table',
    files: () => [...one('x.npy', samples), ...one('y.csv', 'a\n1\n')],
    code: 'data/several',
    message: 'These files cannot belong to one set of data: x.npy, y.csv.',
  },
  {
    name: 'an .npy that is none',
    files: () => one('x.npy', 'PK, this is a zip'),
    code: 'data/field',
    message: 'x.npy: the first six bytes should be \\x93NUMPY, found "PK, th".',
  },
  {
    name: 'an .npy of a version to come',
    files: () => one('x.npy', npy(head('<f4', '2,'), 8, 9)),
    code: 'data/field',
    message: 'x.npy: the version should be 1, 2 or 3, found 9.',
  },
  {
    name: 'an .npy that ends in its header',
    files: () => one('x.npy', npy(head('<f4', '2,'), 8).slice(0, 40)),
    code: 'data/length',
    message: 'x.npy should have 68 bytes, found 40.',
  },
  {
    name: 'a header that says it has 65,535 bytes',
    files: () => one('x.npy', npy('x'.repeat(60_000))),
    code: 'data/too-large',
    message: 'x.npy: the header is 60000, and at most 10000 can be used.',
  },
  {
    name: 'code instead of a header',
    files: () => one('x.npy', npy("{'descr': __import__('os'), }\n")),
    code: 'data/field',
    message: "x.npy: the header should be a dict of NumPy, found 'descr': __import__('os'),.",
  },
  {
    name: 'a header without a shape',
    files: () => one('x.npy', npy("{'descr': '<f4', 'fortran_order': False}\n")),
    code: 'data/field',
    message:
      "x.npy: the header should be descr, fortran_order and shape, found {'descr': '<f4', 'fortran_order': False}.",
  },
  {
    name: 'an array of Python objects',
    files: () => one('x.npy', npy(head('|O', '2,'), 8)),
    code: 'data/field',
    message: 'x.npy: the type should be real numbers or booleans, found |O.',
  },
  {
    name: 'complex numbers',
    files: () => one('x.npy', npy(head('<c8', '2,'), 16)),
    code: 'data/field',
    message: 'x.npy: the type should be real numbers or booleans, found <c8.',
  },
  {
    name: 'a shape larger than any memory',
    files: () => one('x.npy', npy(head('<f8', '4294967296, 4294967296'), 8)),
    code: 'data/too-large',
    message:
      'x.npy: the number of values is 4294967296 × 4294967296, and at most 268435456 can be used.',
  },
  {
    name: 'an array without elements',
    files: () => one('x.npy', npy(head('<f4', '0, 3'))),
    code: 'data/is-empty',
    message: 'x.npy holds no sample.',
  },
  {
    name: 'a byte short',
    files: () => one('x.npy', samples.slice(0, -1)),
    code: 'data/length',
    message: 'x.npy should have 176 bytes, found 175.',
  },
  {
    name: 'a byte more',
    files: () => one('x.npy', Uint8Array.of(...samples, 0)),
    code: 'data/length',
    message: 'x.npy should have 176 bytes, found 177.',
  },
  {
    name: 'a value that is no number',
    files: () => one('x.npy', npyBytes('<f4', [4], [1, 2, NaN, 4])),
    code: 'data/non-finite',
    message: 'x.npy: value 2 is NaN.',
  },
  {
    name: 'samples and labels of different number',
    files: () => [...one('x.npy', samples), ...one('y.npy', npyBytes('<i4', [3], [0, 1, 0]))],
    code: 'data/counts-differ',
    message: 'x.npy holds 4 samples, y.npy holds 3 labels.',
  },
  {
    name: 'three arrays',
    files: () => ['a', 'b', 'c'].flatMap((name) => one(`${name}.npy`, samples)),
    code: 'data/several',
    message: 'These files cannot belong to one set of data: a, b, c.',
  },
  {
    name: 'an .npz that is no zip',
    files: () => one('x.npz', 'hello, hello, hello, hello'),
    code: 'open/zip-damaged',
    message: 'x.npz cannot be unpacked: its end record is missing, so it was probably cut short.',
  },
  {
    name: 'an .npz with a path out of its folder',
    files: () => one('x.npz', zipSync({ '../x.npy': samples })),
    code: 'open/zip-path',
    message: 'x.npz holds an entry called "../x.npy", which points outside the archive.',
  },
  {
    name: 'an IDX file that is none',
    files: () => one('t10k-images-idx3-ubyte', 'hello'),
    code: 'data/field',
    message:
      't10k-images-idx3-ubyte: the magic number should be an IDX file (00 00, a type, a number of axes), found 68 65 6c 6c.',
  },
  {
    name: 'an IDX file cut short',
    files: () => one('a-idx3-ubyte', idx(8, [2, 4, 4], 31)),
    code: 'data/length',
    message: 'a-idx3-ubyte should have 48 bytes, found 47.',
  },
  {
    name: 'an IDX file that claims 16 TB',
    files: () => one('a-idx3-ubyte', idx(8, [2 ** 31, 2 ** 10, 8], 4)),
    code: 'data/too-large',
    message:
      'a-idx3-ubyte: the number of values is 17592186044416, and at most 268435456 can be used.',
  },
  {
    name: 'a gzipped IDX file that claims more than it can hold',
    files: () => one('a-idx3-ubyte.gz', gzipSync(idx(8, [4096, 256, 256], 4))),
    code: 'data/gzip',
    message: 'a-idx3-ubyte.gz could not be unpacked: 34 bytes cannot hold 268435456.',
  },
  {
    name: 'a gzipped IDX file with more than it says',
    files: () => one('a-idx3-ubyte.gz', gzipSync(idx(8, [2, 2, 2], 5000))),
    code: 'data/length',
    message: 'a-idx3-ubyte.gz should have 24 bytes, found more than 24.',
  },
  {
    name: 'gzip that is damaged',
    files: () => {
      const bytes = gzipSync(idx(8, [2, 20, 20], 800))
      bytes.fill(0xff, 12, 20)
      return one('a-idx3-ubyte.gz', bytes)
    },
    code: 'data/gzip',
    message: 'a-idx3-ubyte.gz could not be unpacked: invalid distance.',
  },
  {
    name: 'a table whose rows differ',
    files: () => one('t.csv', 'a,b,c\n1,2,3\n4,5\n6,7,8\n'),
    code: 'data/table-ragged',
    message: 't.csv, line 3: 3 columns were expected, found 2.',
  },
  {
    name: 'a table with a hole',
    files: () => one('t.csv', 'a,b,label\n1,2,x\n,5,y\n'),
    choices: { labelColumns: ['label'], missingRows: ['asText'] },
    code: 'data/table-column',
    message: 't.csv: column a holds nothing in line 3, which is not a number.',
  },
  {
    name: 'a table with a word among numbers',
    files: () => one('t.tsv', 'a\tb\tlabel\n1\t2\tx\n3\tfour\ty\n'),
    choices: { labelColumns: ['label'] },
    code: 'data/table-column',
    message: 't.tsv: column b holds four in line 3, which is not a number.',
  },
  {
    name: 'a label column that is not there',
    files: () => one('t.csv', 'a,b\n1,2\n3,4\n'),
    choices: { labelColumns: ['price'] },
    code: 'data/field',
    message: 't.csv: the label column should be a, b, found price.',
  },
  {
    name: 'a table of names alone',
    files: () => one('t.csv', 'a,b,c\n'),
    code: 'data/table-column',
    message: 't.csv: column 1 holds a in line 1, which is not a number.',
  },
  {
    name: 'a table without a whole row',
    files: () => one('t.csv', 'a,b,label\n1,NA,x\n?,5,y\n3,4,\n'),
    code: 'data/is-empty',
    message: 't.csv holds no sample.',
  },
  {
    name: 'a number that no number is large enough for',
    files: () => one('t.csv', 'a,b,label\n-1e999,2,x\n1e400,5,y\n'),
    choices: { labelColumns: ['label'] },
    code: 'data/table-column',
    message: 't.csv: column a holds -1e999 in line 2, which is not a number.',
  },
  {
    name: 'more columns than the model has inputs',
    files: () => one('t.csv', 'a,b,c,label\n1,2,3,x\n4,5,6,y\n'),
    input: [2],
    code: 'data/table-inputs',
    message: 't.csv: the model takes 2 numbers for each row, and 3 columns would be its inputs.',
  },
  {
    name: 'texts where the model has inputs',
    files: () => one('t.csv', 'a,b,colour,label\n1,2,red,0\n4,5,blue,1\n6,7,red,1\n'),
    input: [3],
    code: 'data/table-texts',
    message:
      't.csv: the model takes 3 numbers for each row, and 2 columns are its inputs. These columns hold texts, which are left out: colour.',
  },
  {
    name: 'a quote that never ends',
    files: () => one('t.csv', 'a,b\n1,"2\n3,4\n'),
    code: 'data/table-syntax',
    message: 't.csv, line 2: Quoted field unterminated.',
  },
  {
    name: 'an empty table',
    files: () => one('t.csv', '\n\n'),
    code: 'data/is-empty',
    message: 't.csv holds no sample.',
  },
])
