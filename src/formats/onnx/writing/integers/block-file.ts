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
import type { OtherProduct } from './replaced-products'
import type { WrittenForm } from './static-file'

/** Operators that onnxruntime brings beside those of ONNX. */
const DOMAIN = 'com.microsoft'
/** Of `MatMulNBits`: sums are of float32, so that nothing is rounded but what is stored. */
const FLOAT32 = 1

/**
 * A file whose products of matrices read their codes themselves, by `MatMulNBits` of onnxruntime: weights with codes of 2, 4 or
 * 8 bits, to the very same values. Others stay as they are.
 */
export function blockFile(
  graph: OpenGraph,
  products: readonly IntegerProduct[],
  tensor: (weight: string) => ExportTensor,
): WrittenForm {
  const fresh = graph.namer()
  return withProducts(graph, matrixProducts(products), DOMAIN, (product) => {
    const codes = codesOf(product, tensor(product.weight))
    return codes === null ? null : blockProduct(product, codes, fresh)
  })
}

/** Whether any product of a file has such codes. */
export function hasBlockCodes(
  products: readonly IntegerProduct[],
  tensor: (weight: string) => ExportTensor,
): boolean {
  return matrixProducts(products).some(
    (product) => codesOf(product, tensor(product.weight)) !== null,
  )
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
  const tensors = tensorsOf(weight, codes, fresh)
  const { bits, block, length, rows } = codes
  const product = bias === null ? output : fresh(`${output}_product`)
  const attributes = Object.entries({
    ...{ K: length, N: rows, bits, block_size: block, accuracy_level: FLOAT32 },
  }).map(([name, value]) => wholeAttribute(name, value))
  const inputs = [input, ...tensors.map(({ name }) => name)]
  const nodes = [newNode('MatMulNBits', inputs, [product], attributes, DOMAIN)]
  if (bias !== null) nodes.push(newNode('Add', [product, bias], [output]))
  const [first] = tensors
  return { nodes, tensors, form: formOf(first?.name ?? weight, codes, tensors) }
}

function tensorsOf(
  weight: string,
  { bits, block, codes, length, rows, scale, zeroPoint }: BlockCodes,
  fresh: (wanted: string) => string,
): readonly NumberedTensor[] {
  const blocks = Math.ceil(length / block)
  const room = (block * bits) / 8
  const packed = packedRows(codes, { bits, rows, length, room: blocks * room })
  const roomOfZeros = Math.ceil((blocks * bits) / 8)
  return [
    tensorOf(fresh(`${weight}_blocks`), 'U8', [rows, blocks, room], packed),
    tensorOf(fresh(`${weight}_scales`), 'F32', [rows * blocks], scale),
    ...(zeroPoint === null
      ? []
      : [
          tensorOf(
            fresh(`${weight}_zero_points`),
            'U8',
            [rows * roomOfZeros],
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
