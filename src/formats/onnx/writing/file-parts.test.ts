import { describe, expect, it } from 'vitest'
import { floatTensor, message, node, onnxModel, port } from '../../../../testing/files/onnx-writer'
import type { Field } from '../../../../testing/files/onnx-writer'
import { onnxFiles, onnxNets } from '../../../../testing/files/onnx-nets'
import { Drop } from '../../../files/drop'
import { memoryFile } from '../../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../../files/file-bundle'
import { openModel } from '../../importers'
import { everyTensor } from '../every-tensor'
import { findOnnx } from '../find-onnx'
import type { OnnxTensor } from '../onnx-model'
import { OnnxSource } from '../onnx-source'
import { sizeOf, tensorReader } from '../tensor-bytes'
import { partsWithNumbers, partSize } from './file-parts'

const go = () => Promise.resolve()

/** The file with what `numbers` says in the place of the numbers of those tensors. */
async function written(
  file: BundleFile,
  tensors: readonly OnnxTensor[],
  numbers: (tensor: OnnxTensor, size: number) => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await partsWithNumbers(new OnnxSource(file).wire, tensors)
  const bytes: Uint8Array[] = []
  for (const part of parts) {
    if (part.kind === 'kept') bytes.push(await file.read(part.begin, part.end))
    else bytes.push(part.kind === 'made' ? part.bytes : await numbers(part.tensor, part.size))
    expect(bytes.at(-1)?.length).toBe(partSize(part))
  }
  return Uint8Array.from(Buffer.concat(bytes))
}

async function found(files: FileBundle) {
  const known = await findOnnx(new Drop(files), () => Promise.resolve())
  if (known === null) throw new Error('no model')
  return { ...known, tensors: everyTensor(known.model.graph) }
}

/** Everything that a file may hold beside what a reader asks for, with a length that is written in more bytes than it takes. */
const strange: readonly Field[] = [
  [1, message([1, 'x'], [2, 'r'], [4, 'Relu'], [6, 'what it does'], [99, 'nobody knows this'])],
  [
    1,
    message(
      [1, 'r'],
      [2, 'y'],
      [4, 'If'],
      [
        5,
        message(
          [1, 'then_branch'],
          [20, 5],
          [
            6,
            message(
              [5, floatTensor('inner', [3])],
              [1, node('Add', ['r', 'inner'], ['i'])],
              [10, 'told'],
            ),
          ],
        ),
      ],
    ),
  ],
  [
    5,
    floatTensor(
      'raw',
      [2, 3],
      [12, 'why'],
      [9, new Uint8Array(24)],
      [16, message([1, 'key'], [2, 'value'])],
    ),
  ],
  [
    5,
    message(
      [1, 300],
      [2, 7],
      [8, 'typed'],
      ...Array.from({ length: 300 }, (_, at): Field => [7, at]),
    ),
  ],
  [5, floatTensor('last', [1])],
  [11, port('x', [0, 2])],
  [12, port('y', [0, 3])],
]

const whole = Uint8Array.from([
  ...onnxModel(...strange),
  ...message([14, message([1, 'author'], [2, 'somebody'])], [25, message([1, 'a function'])]),
  // A text of one byte whose length takes two.
  ...[0x32, 0x81, 0x00, 0x41],
])
const file = memoryFile('net.onnx', whole)

describe('a file with other numbers', () => {
  it('is the same file where numbers in one piece stay in their place', async () => {
    const { files, tensors } = await found([file])
    const raw = tensors.filter(({ data }) => data.kind === 'raw')
    expect(raw.map(({ name }) => name).toSorted()).toEqual(['inner', 'last', 'raw'])
    const own = async (tensor: OnnxTensor, size: number) =>
      (await tensorReader(tensor, files))(0, size)
    expect(Buffer.compare(await written(file, raw, own), whole)).toBe(0)
    const changed = await written(file, raw, (_, size) =>
      Promise.resolve(new Uint8Array(size).fill(7)),
    )
    expect(changed.length).toBe(whole.length)
    const other = [...whole.keys()].filter((at) => changed[at] !== whole[at])
    const places = raw.map(({ data }) => (data.kind === 'raw' ? [data.begin, data.end] : []))
    expect(other.every((at) => places.some(([from = 0, to = 0]) => at >= from && at < to))).toBe(
      true,
    )
    expect(other.length).toBe(raw.reduce((sum, tensor) => sum + sizeOf(tensor), 0))
  })

  it('holds in one piece what had fields of its own, and all else byte for byte', async () => {
    const { files, tensors } = await found([file])
    const typed = tensors.filter(({ name }) => name === 'typed')
    const now = memoryFile(
      'net.onnx',
      await written(file, typed, async (tensor, size) =>
        (await tensorReader(tensor, files))(0, size),
      ),
    )
    const again = await found([now])
    const [one] = again.tensors.filter(({ name }) => name === 'typed')
    expect(one?.data.kind).toBe('raw')
    const numbers = one && (await (await tensorReader(one, again.files))(0, sizeOf(one)))
    expect([...new BigInt64Array(numbers?.buffer ?? new ArrayBuffer(0))]).toEqual(
      Array.from({ length: 300 }, (_, at) => BigInt(at)),
    )
    const rest = ({ message: { begin, end } }: OnnxTensor) => [begin, end]
    // What lies before it but the length of the graph, and what lies behind it.
    const [from = 0, to = 0] = typed.flatMap(rest)
    const [nowFrom = 0, nowTo = 0] = one === undefined ? [] : rest(one)
    expect(Buffer.from(await now.read(nowTo, now.size))).toEqual(Buffer.from(whole.slice(to)))
    const start = Buffer.from(whole.slice(0, from)).indexOf('nobody knows this')
    const shift = nowFrom - from
    const before = Buffer.from(await now.read(start + shift, nowFrom - 4))
    expect(before).toEqual(Buffer.from(whole.slice(start, from - 4)))
  })

  it.each(onnxNets)('opens alike with all numbers in it, wherever they were: %s', async (name) => {
    const files = onnxFiles(name)
    const { files: known, tensors } = await found(files)
    const numbered = tensors.filter(({ type }) => type !== 'STRING')
    const alone = await written(known.model, numbered, async (tensor, size) =>
      (await tensorReader(tensor, known))(0, size),
    )
    const one = await openModel([memoryFile('model.onnx', alone)], go)
    const other = await openModel(files, go)
    expect(one.weights).toEqual(other.weights)
    expect(one.graph).toEqual(other.graph)
  })
})
