import { groupsOfChannels, oneGroup } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { elementCount } from '../../core/tensor-spec'
import { codeType } from './code-types'
import type { Decoding } from './coded-weight'
import type { OnnxNode, OnnxTensor } from './onnx-model'
import { SCALE } from './scales-of-products'

/** Where an operator reads codes, and what makes real numbers of them. */
export interface CodeSlot {
  readonly codes: number
  readonly scale: number
  readonly zeroPoint: number
  /** How codes decode; null: not so. */
  readonly decoding: (node: OnnxNode, held: HeldCodes) => Decoding | null
}

export interface HeldCodes {
  readonly codes: OnnxTensor
  readonly scale: OnnxTensor | null
  readonly zeroPoint: OnnxTensor | null
}

/** Where an operator reads a bias of int32, and the scales whose product is its own. */
export interface BiasSlot {
  readonly bias: number
  readonly scales: readonly number[]
}

function wholeOf({ attributes }: OnnxNode, name: string, fallback: number): number {
  const found = attributes.get(name)
  return found?.kind === 'whole' ? found.value : fallback
}

/** Codes of a type that says how many bits they have. */
function plainCodes(held: HeldCodes, groups: GroupLayout | null): Decoding | null {
  const type = codeType(held.codes.type)
  if (type === null || groups === null) return null
  const { shape } = held.codes
  return { ...held, type, packed: null, shape, groups, packedZeros: null, zero: 0 }
}

/** One scale for all, or one for each place along an axis. */
function along({ codes, scale, zeroPoint }: HeldCodes, axis: number | null): GroupLayout | null {
  const { shape } = codes
  const length = elementCount(shape)
  const scales = [scale, zeroPoint].map((one) => (one === null ? 1 : elementCount(one.shape)))
  if (scales.every((count) => count === 1)) return oneGroup(length)
  const count = axis === null ? undefined : shape[axis]
  if (axis === null || count === undefined) return null
  return groupsOfChannels({ count, inner: elementCount(shape.slice(axis + 1)) }, length)
}

/** DequantizeLinear: for all, along an axis, or in blocks of one. */
function dequantized(node: OnnxNode, held: HeldCodes): Decoding | null {
  const { shape } = held.codes
  const said = wholeOf(node, 'axis', 1)
  const axis = said < 0 ? said + shape.length : said
  const block = wholeOf(node, 'block_size', 0)
  if (block < 1) return plainCodes(held, along(held, axis))
  const side = shape[axis]
  if (side === undefined) return null
  const count = elementCount(shape.slice(axis + 1))
  return plainCodes(held, { count, inner: 1, block, axis: side })
}

function alongAxis(axisOf: (node: OnnxNode, rank: number) => number | null): CodeSlot['decoding'] {
  return (node, held) => plainCodes(held, along(held, axisOf(node, held.codes.shape.length)))
}

const ofFilters = alongAxis(() => 0)
const ofColumns = alongAxis((_, rank) => rank - 1)
const ofAll = alongAxis(() => null)

/** MatMulNBits: rows of a matrix that is read turned, in blocks that each begin with a byte. */
function matrixOfBits(node: OnnxNode, held: HeldCodes): Decoding | null {
  const [length, rows] = [wholeOf(node, 'K', 0), wholeOf(node, 'N', 0)]
  const [bits, block] = [wholeOf(node, 'bits', 4), wholeOf(node, 'block_size', 0)]
  const isKnown = bits === 2 || bits === 4 || bits === 8
  // Codes in an order of their own.
  const isSorted = (node.inputs[4] ?? '') !== ''
  if (!isKnown || isSorted || !(block >= 16) || length < 1 || rows < 1) return null
  const blocks = Math.ceil(length / block)
  const { codes, zeroPoint } = held
  const room = (blocks * block * bits) / 8
  if (codes.type !== 'U8' || elementCount(codes.shape) !== rows * room) return null
  const roomOfZeros = Math.ceil((blocks * bits) / 8)
  const isPacked = zeroPoint?.type === 'U8'
  if (isPacked && elementCount(zeroPoint.shape) !== rows * roomOfZeros) return null
  return {
    ...held,
    ...{ type: { bits, signed: false }, packed: { rows, length, room }, shape: [rows, length] },
    groups: { count: 1, inner: 1, block, axis: length },
    packedZeros: isPacked ? { rows, length: blocks, room: roomOfZeros } : null,
    zero: 2 ** (bits - 1),
  }
}

/** GatherBlockQuantized: a table in blocks along an axis, in bytes or in a type of so few bits. */
function tableInBlocks(node: OnnxNode, held: HeldCodes): Decoding | null {
  const { codes, zeroPoint } = held
  const isPacked = codes.type === 'U8'
  const bits = wholeOf(node, 'bits', 4)
  if (isPacked && bits !== 2 && bits !== 4 && bits !== 8) return null
  const perByte = isPacked ? 8 / bits : 1
  const last = codes.shape.at(-1) ?? 0
  const shape = [...codes.shape.slice(0, -1), last * perByte]
  const said = wholeOf(node, 'quantize_axis', 1)
  const axis = said < 0 ? said + shape.length : said
  const [block, side] = [wholeOf(node, 'block_size', 128), shape[axis]]
  if (side === undefined || block < 16) return null
  const groups = { count: elementCount(shape.slice(axis + 1)), inner: 1, block, axis: side }
  if (!isPacked) return plainCodes(held, groups)
  if (bits !== 2 && bits !== 4 && bits !== 8) return null
  const length = axis === shape.length - 1 ? Math.ceil(side / block) : (shape.at(-1) ?? 0)
  const room = Math.ceil((length * bits) / 8)
  const zeros = zeroPoint === null ? 0 : elementCount(zeroPoint.shape)
  const rows = zeros / room
  if (zeroPoint !== null && !Number.isInteger(rows)) return null
  return {
    ...{ ...held, groups, shape, type: { bits, signed: false } },
    packed: { rows: 1, length: elementCount(shape), room: elementCount(codes.shape) },
    packedZeros: zeroPoint === null ? null : { rows, length, room },
    zero: 2 ** (bits - 1),
  }
}

function slot(
  [codes, scale, zeroPoint]: readonly [number, number, number],
  decoding: CodeSlot['decoding'],
): CodeSlot {
  return { codes, scale, zeroPoint, decoding }
}

/** By operator, where it reads codes. */
const slots: ReadonlyMap<string, readonly CodeSlot[]> = new Map([
  ['DequantizeLinear', [slot([0, 1, 2], dequantized)]],
  ['QLinearConv', [slot([3, 4, 5], ofFilters)]],
  ['QLinearMatMul', [slot([0, 1, 2], ofAll), slot([3, 4, 5], ofColumns)]],
  ['QLinearAdd', [slot([0, 1, 2], ofAll), slot([3, 4, 5], ofAll)]],
  ['QLinearMul', [slot([0, 1, 2], ofAll), slot([3, 4, 5], ofAll)]],
  [
    'QGemm',
    [
      slot(
        [3, 4, 5],
        alongAxis((node) => (wholeOf(node, 'transB', 0) === 0 ? 1 : 0)),
      ),
    ],
  ],
  ['ConvInteger', [slot([1, SCALE, 3], ofFilters)]],
  ['MatMulInteger', [slot([1, SCALE, 3], ofColumns)]],
  ['MatMulIntegerToFloat', [slot([1, 3, 5], ofColumns)]],
  ['DynamicQuantizeMatMul', [slot([1, 2, 3], ofColumns)]],
  ['MatMulNBits', [slot([1, 2, 3], matrixOfBits)]],
  ['GatherBlockQuantized', [slot([0, 2, 3], tableInBlocks)]],
])

const biases: ReadonlyMap<string, BiasSlot> = new Map([
  ['QLinearConv', { bias: 8, scales: [1, 4] }],
  ['QGemm', { bias: 6, scales: [1, 4] }],
])

export function codeSlots({ domain, op }: OnnxNode): readonly CodeSlot[] {
  return isKnown(domain) ? (slots.get(op) ?? []) : []
}

export function biasSlot({ domain, op }: OnnxNode): BiasSlot | null {
  return isKnown(domain) ? (biases.get(op) ?? null) : null
}

function isKnown(domain: string): boolean {
  return domain === '' || domain === 'com.microsoft'
}
