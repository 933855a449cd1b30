import { elementCount } from '../../../../core/tensor-spec'
import type { ExportTensor } from '../../../exporter'
import { newNode, wholeAttribute } from '../edited-node'
import type { OpenGraph } from '../graph-editor'
import { blockCodes, packedRows } from './block-codes'
import type { BlockCodes } from './block-codes'
import type { IntegerProduct } from './integer-products'
import { tensorOf } from './integer-tensors'
import type { NumberedTensor } from './integer-tensors'
import { matrixProducts, withProducts } from './replaced-products'
import { tableReads } from './table-reads'
import type { TableRead } from './table-reads'
import type { OtherProduct } from './replaced-products'
import type { WrittenForm } from './static-file'

/** Operators that onnxruntime brings beside those of ONNX. */
const DOMAIN = 'com.microsoft'
/** The oldest version 1.x of onnxruntime that was seen to read codes of so many bits. */
const productRuntimes: Readonly<Record<BlockCodes['bits'], number>> = { 2: 24, 4: 17, 8: 23 }
const tableRuntimes: Readonly<Record<BlockCodes['bits'], number>> = { 2: 27, 4: 23, 8: 23 }

/** Of `MatMulNBits`: sums are of float32, so that nothing is rounded but what is stored. */
const FLOAT32 = 1

/**
 * A file whose products of matrices and reads of tables decode their codes themselves, by `MatMulNBits` and `GatherBlockQuantized` of
 * onnxruntime: weights with codes of 2, 4 or 8 bits, to the very same values. Others stay as they are.
 */
export function blockFile(
  graph: OpenGraph,
  products: readonly IntegerProduct[],
  tensor: (weight: string) => ExportTensor,
): WrittenForm {
  const fresh = graph.namer()
  return withProducts(graph, blockReaders(graph, products), DOMAIN, (one) => {
    if ('op' in one) {
      const codes = codesOf(one, tensor(one.weight))
      return codes === null ? null : blockProduct(one, codes, fresh)
    }
    const codes = codesOfTable(one, tensor(one.weight))
    return codes === null ? null : blockTable(one, codes, fresh)
  })
}

/** What of a file may read such codes. */
export function blockReaders(
  graph: OpenGraph,
  products: readonly IntegerProduct[],
): readonly (IntegerProduct | TableRead)[] {
  return [...matrixProducts(products), ...tableReads(graph)]
}

/** Whether any of these has them. */
export function hasBlockCodes(
  readers: readonly (IntegerProduct | TableRead)[],
  tensor: (weight: string) => ExportTensor,
): boolean {
  return readers.some((one) => {
    const own = tensor(one.weight)
    return ('op' in one ? codesOf(one, own) : codesOfTable(one, own)) !== null
  })
}

/**
 * Rows end with a byte: the sides of the codes are all that tells how long they are. Four bits have no zero points: onnxruntime
 * 1.23 to 1.26 reads others than are there, and says nothing of it.
 */
function codesOfTable({ length, rows }: TableRead, tensor: ExportTensor): BlockCodes | null {
  const codes = blockCodes(tensor, rows, length, (row, column) => row * length + column)
  if (codes === null || (length * codes.bits) % 8 !== 0) return null
  return codes.bits === 4 && codes.zeroPoint !== null ? null : codes
}

function blockTable(
  { indices, output, weight }: TableRead,
  codes: BlockCodes,
  fresh: (wanted: string) => string,
): OtherProduct {
  const { bits, block } = codes
  const tensors = tensorsOf(weight, codes, fresh, true)
  const attributes = Object.entries({
    ...{ bits, block_size: block, gather_axis: 0, quantize_axis: 1 },
  }).map(([name, value]) => wholeAttribute(name, value))
  const [data, ...others] = tensors.map(({ name }) => name)
  const inputs = [data ?? weight, indices, ...others]
  const nodes = [newNode('GatherBlockQuantized', inputs, [output], attributes, DOMAIN)]
  const runtime = tableRuntimes[bits]
  return { nodes, tensors, form: formOf(data ?? weight, codes, tensors), runtime }
}

function codesOf(
  { axis, held, perm, weight: _, ...product }: IntegerProduct,
  tensor: ExportTensor,
) {
  const shape = perm.map((from) => held[from] ?? 1)
  const steps = perm.map((from) => elementCount(held.slice(from + 1)))
  const [rows = 1, length = 1] = axis === 0 ? shape : shape.toReversed()
  const [ofRow = 1, ofColumn = 1] = axis === 0 ? steps : steps.toReversed()
  if (product.op === 'Conv') return null
  return blockCodes(tensor, rows, length, (row, column) => row * ofRow + column * ofColumn)
}

function blockProduct(
  { bias, input, output, weight }: IntegerProduct,
  codes: BlockCodes,
  fresh: (wanted: string) => string,
): OtherProduct {
  const tensors = tensorsOf(weight, codes, fresh, false)
  const { bits, block, length, rows } = codes
  const product = bias === null ? output : fresh(`${output}_product`)
  const attributes = Object.entries({
    ...{ K: length, N: rows, bits, block_size: block, accuracy_level: FLOAT32 },
  }).map(([name, value]) => wholeAttribute(name, value))
  const inputs = [input, ...tensors.map(({ name }) => name)]
  const nodes = [newNode('MatMulNBits', inputs, [product], attributes, DOMAIN)]
  if (bias !== null) nodes.push(newNode('Add', [product, bias], [output]))
  const [first] = tensors
  const runtime = productRuntimes[bits]
  return { nodes, tensors, form: formOf(first?.name ?? weight, codes, tensors), runtime }
}

/**
 * Codes, scales and zero points: of a table as sides of rows, without room for the rest of the last block; of a product block by block.
 */
function tensorsOf(
  weight: string,
  { bits, block, codes, length, rows, scale, zeroPoint }: BlockCodes,
  fresh: (wanted: string) => string,
  isTable: boolean,
): readonly NumberedTensor[] {
  const blocks = Math.ceil(length / block)
  const room = isTable ? (length * bits) / 8 : (blocks * block * bits) / 8
  const packed = packedRows(codes, { bits, rows, length, room })
  const roomOfZeros = Math.ceil((blocks * bits) / 8)
  return [
    tensorOf(
      fresh(`${weight}_blocks`),
      'U8',
      isTable ? [rows, room] : [rows, blocks, room / blocks],
      packed,
    ),
    tensorOf(fresh(`${weight}_scales`), 'F32', isTable ? [rows, blocks] : [rows * blocks], scale),
    ...(zeroPoint === null
      ? []
      : [
          tensorOf(
            fresh(`${weight}_zero_points`),
            'U8',
            isTable ? [rows, roomOfZeros] : [rows * roomOfZeros],
            packedRows(zeroPoint, { bits, rows, length: blocks, room: roomOfZeros }),
          ),
        ]),
  ]
}

function formOf(
  name: string,
  { bits, block, codes, length, scale, zeroPoint }: BlockCodes,
  tensors: readonly NumberedTensor[],
): OtherProduct['form'] {
  const size = tensors.reduce((sum, one) => sum + one.size, 0)
  const blocks = Math.ceil(length / block)
  const valueAt = (at: number): number => {
    const place = Math.floor(at / length) * blocks + Math.floor((at % length) / block)
    const zero = zeroPoint === null ? 2 ** (bits - 1) : (zeroPoint[place] ?? 0)
    return ((codes[at] ?? 0) - zero) * (scale[place] ?? 0)
  }
  return {
    ...{ name, storedAs: `uint${bits}` as const, reason: null, entry: null },
    ...{ length: codes.length, bytes: size },
    content: (from = 0, to = size) => {
      const all = new Uint8Array(size)
      let at = 0
      for (const { numbers } of tensors) {
        all.set(numbers.content(0, numbers.size), at)
        at += numbers.size
      }
      return all.subarray(from, to)
    },
    restored: (from = 0, to = codes.length) =>
      Float32Array.from({ length: to - from }, (_, at) => valueAt(from + at)),
  }
}
