import type { AffineTensor, CodebookTensor, Codes } from '../../../core/encoded-tensor'
import { affineLevels } from '../../../core/encoded-tensor'
import { groupCount, groupOf, hasBlocks } from '../../../core/group-layout'
import type { GroupLayout } from '../../../core/group-layout'
import { elementCount } from '../../../core/tensor-spec'
import type { CodeType } from '../code-types'
import { codeRange } from '../code-types'
import { codesPart, floatsPart, plainPart } from './stored-part'
import type { PartName, StoredPart } from './stored-part'

/** A node that makes a weight of what a file holds of it; values are named by what they are of the weight. */
export interface DecodingNode {
  readonly op: 'DequantizeLinear' | 'Cast' | 'Gather' | 'Add' | 'Mul'
  readonly inputs: readonly (PartName | Step)[]
  /** `itself`: the weight. */
  readonly output: 'itself' | Step
  readonly attributes: Readonly<Record<string, number>>
}

/** A value between two of these nodes. */
export type Step = 'index' | 'place' | 'code' | 'shifted' | 'real'

/** Tensors and nodes in the place of a weight. */
export interface Coded {
  readonly parts: readonly StoredPart[]
  readonly nodes: readonly DecodingNode[]
  /** Version of the operators that it needs. */
  readonly opset: number
  /** The oldest version 1.x of onnxruntime that was seen to run it. */
  readonly runtime: number
  readonly type: CodeType
}

/** TensorProto.DataType, as `Cast` names types. */
const [FLOAT, INT32] = [1, 6] as const
const numberOf = { F16: 10, F64: 11, BF16: 16 } as const

/** The versions in which codes of so many bits came. */
const opsetOfBits: Readonly<Record<CodeType['bits'], number>> = { 2: 25, 4: 21, 8: 10, 16: 21 }
/** An operator with a scale for each place along an axis; one with blocks. */
const [OF_CHANNELS, OF_BLOCKS] = [13, 21] as const
/** Before, a cast was to the name of a type, and all tensors of a file were inputs. */
const OF_TABLES = 9

/** The versions of onnxruntime that decode codes of so many bits, and that cast them. */
const decodes: Readonly<Record<CodeType['bits'], number>> = { 2: 24, 4: 19, 8: 15, 16: 19 }
const casts: Readonly<Record<CodeType['bits'], number>> = { 2: 24, 4: 23, 8: 15, 16: 19 }

const allBits = [2, 4, 8, 16] as const

/**
 * All ways in which a file can hold codes without changing a value, by the room that they take; of equal ones the simplest
 * first.
 * @param inPages for every onnxruntime-web: its build for WebGPU casts no codes shorter than a byte. Of codes of a byte
 * those come first that are decoded once, when a file is read: runtimes keep `DequantizeLinear` for each run
 */
export function codedForms(
  tensor: AffineTensor | CodebookTensor,
  highest: number,
  inPages = false,
): Coded[] {
  const shortest = inPages ? 8 : 2
  const table = tableForm(tensor, highest, shortest)
  const found =
    tensor.kind === 'codebook'
      ? [table]
      : [linearForm(tensor, highest), shiftedForm(tensor, highest, shortest), table]
  return found
    .filter((form) => form !== null)
    .toSorted(
      (one, other) =>
        (inPages ? one.type.bits - other.type.bits || isKept(one) - isKept(other) : 0) ||
        bytesOf(one.parts) - bytesOf(other.parts),
    )
}

/** 1: it is decoded at each run; else 0. */
function isKept({ nodes }: Coded): number {
  return Number(nodes.some(({ op }) => op === 'DequantizeLinear'))
}

/** The version in which a cast knows bfloat16. */
const OF_BFLOAT16 = 13

/** The same for a file that computes with other floats: what its codes stand for becomes those last of all. */
export function castTo(type: keyof typeof numberOf, coded: Coded): Coded {
  const nodes = coded.nodes.map((node): DecodingNode =>
    node.output === 'itself' ? { ...node, output: 'real' } : node,
  )
  const cast: DecodingNode = {
    ...{ op: 'Cast', inputs: ['real'], output: 'itself', attributes: { to: numberOf[type] } },
  }
  const opset = type === 'BF16' ? Math.max(coded.opset, OF_BFLOAT16) : coded.opset
  return { ...coded, opset, nodes: [...nodes, cast] }
}

export function bytesOf(parts: readonly StoredPart[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0)
}

/** The shortest type of those that the operators know. */
function typeFor(
  signed: boolean,
  [least, most]: readonly [number, number],
  highest: number,
  shortest: CodeType['bits'] = 2,
): CodeType | null {
  for (const bits of allBits) {
    const [first, last] = codeRange({ bits, signed })
    const holds = first <= least && most <= last
    if (holds && shortest <= bits && opsetOfBits[bits] <= highest) return { bits, signed }
  }
  return null
}

/** Codes of two bits that lie in a byte. */
const IN_A_BYTE = 4

/**
 * What onnxruntime (1.24 to 1.32) makes of codes of two bits by itself: it puts `DequantizeLinear` and the product that
 * reads it into one operator, and mixes codes up on the way where no byte ends with a row; and where a kernel is turned round
 * after it was decoded from zero points, it does not open the file.
 */
function shortestLinear(shape: readonly number[], isFromZero: boolean): CodeType['bits'] {
  const [, columns = 0] = shape
  const isRight = shape.length === 2 ? columns % IN_A_BYTE === 0 : isFromZero
  return isRight ? 2 : 4
}

/** Along which axis groups lie; null: they are no axis. */
interface GroupAxis {
  readonly axis: number
  /** null: one group for each place along it. */
  readonly block: number | null
}

function groupAxis(shape: readonly number[], groups: GroupLayout): GroupAxis | null {
  const isBlocks = hasBlocks(groups)
  const axis = shape.findLastIndex((side, at) => {
    const after = elementCount(shape.slice(at + 1))
    return isBlocks
      ? groups.inner === 1 && side === groups.axis && after === groups.count
      : side === groups.count && after === groups.inner
  })
  return axis < 0 ? null : { axis, block: isBlocks ? groups.block : null }
}

/** Codes from zero points that are whole. */
interface WholeCodes {
  /** The largest code. */
  readonly last: number
  readonly codeAt: (at: number) => number
  readonly zeroPoint: Float64Array
  readonly scale: Float32Array
}

/** `DequantizeLinear`: (code - zero point) * scale, rounded once, which is the same number as ours. */
function linearForm(tensor: AffineTensor, highest: number): Coded | null {
  const whole = wholeCodes(tensor)
  if (whole === null) return null
  const { shape } = tensor.spec
  const { codeAt, last, scale, zeroPoint } = whole
  const isOne = scale.length === 1
  const along = isOne ? null : groupAxis(shape, tensor.groups)
  if (!isOne && along === null) return null
  const [zero = 0] = zeroPoint
  const isEven = zeroPoint.every((other) => other === zero)
  const isFromZero = isEven && zero === 0
  const symmetric = isEven
    ? typeFor(true, [-zero, last - zero], highest, shortestLinear(shape, true))
    : null
  const unsigned = typeFor(
    false,
    // Of large kernels in blocks there are more than a call takes.
    zeroPoint.reduce<[number, number]>(
      ([least, most], point) => [Math.min(least, point), Math.max(most, point)],
      [0, last],
    ),
    highest,
    shortestLinear(shape, isFromZero),
  )
  const type = symmetric !== null && symmetric.bits <= (unsigned?.bits ?? 16) ? symmetric : unsigned
  if (type === null) return null
  const opset = Math.max(
    opsetOfBits[type.bits],
    along === null ? 0 : along.block === null ? OF_CHANNELS : OF_BLOCKS,
  )
  if (opset > highest) return null
  const sides = scalesShape(shape, along)
  const shift = type.signed ? zero : 0
  return {
    ...{ opset, type, runtime: decodes[type.bits] },
    parts: [
      codesPart('quantized', type, shape, shift === 0 ? codeAt : (at) => codeAt(at) - shift),
      floatsPart('scale', sides, scale),
      ...(type.signed || isFromZero
        ? []
        : [codesPart('zero_point', type, sides, (at) => zeroPoint[at] ?? 0)]),
    ],
    nodes: [
      {
        op: 'DequantizeLinear',
        inputs:
          type.signed || isFromZero ? ['quantized', 'scale'] : ['quantized', 'scale', 'zero_point'],
        output: 'itself',
        attributes:
          along === null
            ? {}
            : along.block === null
              ? { axis: along.axis }
              : { axis: along.axis, block_size: along.block },
      },
    ],
  }
}

function scalesShape(shape: readonly number[], along: GroupAxis | null): readonly number[] {
  if (along === null) return []
  const { axis, block } = along
  const side = shape[axis] ?? 0
  return block === null ? [side] : shape.with(axis, Math.ceil(side / block))
}

/**
 * With zero points between two codes, or weights that are zero though no code is: codes of twice the number, which take a
 * bit more, and steps of half the length. Zero is a code between them.
 */
function wholeCodes(tensor: AffineTensor): WholeCodes | null {
  const { bits, codes, fromFile, groups, mask, scale, zeroPoint } = tensor
  if (fromFile !== undefined) return null
  if (mask === null && zeroPoint.every(Number.isInteger))
    return { last: 2 ** bits - 1, codeAt: (at) => codes[at] ?? 0, scale, zeroPoint }
  const twice = zeroPoint.map((point) => 2 * point)
  const half = scale.map((step) => step / 2)
  if (!twice.every(Number.isInteger) || half.some((step, at) => 2 * step !== scale[at])) return null
  const isWithin = twice.every((point) => point >= 0 && point < 2 ** (bits + 1))
  if (!isWithin) return null
  return {
    last: 2 ** (bits + 1) - 2,
    codeAt: (at) => (mask?.[at] === 0 ? (twice[groupOf(groups, at)] ?? 0) : 2 * (codes[at] ?? 0)),
    ...{ scale: half, zeroPoint: twice },
  }
}

/** `Cast`, `Add`, `Mul`: (code + offset) * scale; the sum has so few bits that nothing is rounded before the end. */
function shiftedForm(
  tensor: AffineTensor,
  highest: number,
  shortest: CodeType['bits'],
): Coded | null {
  const { bits, codes, fromFile, groups, mask, scale, spec, zeroPoint } = tensor
  const isHalf = zeroPoint.every(
    (point) => Number.isInteger(2 * point) && Math.abs(point) < 2 ** 16,
  )
  const along = scale.length === 1 ? null : groupAxis(spec.shape, groups)
  if (mask !== null || fromFile !== undefined || !isHalf) return null
  if (scale.length > 1 && (along === null || along.block !== null)) return null
  const type = typeFor(false, [0, 2 ** bits - 1], highest, shortest)
  if (type === null) return null
  const [point = 0] = zeroPoint
  const isEven = zeroPoint.every((other) => other === point)
  const offsets = Float32Array.from(isEven ? [point] : zeroPoint, (value) => -value)
  const sides = broadcastShape(spec.shape, along)
  return {
    ...{ type, opset: opsetOfCast(type), runtime: casts[type.bits] },
    parts: [
      codesPart('quantized', type, spec.shape, (at) => codes[at] ?? 0),
      floatsPart('offset', isEven ? [] : sides, offsets),
      floatsPart('scale', sides, scale),
    ],
    nodes: [
      { op: 'Cast', inputs: ['quantized'], output: 'code', attributes: { to: FLOAT } },
      { op: 'Add', inputs: ['code', 'offset'], output: 'shifted', attributes: {} },
      { op: 'Mul', inputs: ['shifted', 'scale'], output: 'itself', attributes: {} },
    ],
  }
}

function opsetOfCast({ bits }: CodeType): number {
  return bits === 8 ? OF_TABLES : opsetOfBits[bits]
}

/** Sides that meet those of a weight from behind. */
function broadcastShape(shape: readonly number[], along: GroupAxis | null): readonly number[] {
  if (along === null) return []
  return shape.slice(along.axis).map((side, at) => (at === 0 ? side : 1))
}

/** `Cast` and `Gather`: a table of levels, one after the other where channels have their own. */
function tableForm(
  tensor: AffineTensor | CodebookTensor,
  highest: number,
  shortest: CodeType['bits'],
): Coded | null {
  const { codes, groups, spec } = tensor
  const count = groupCount(groups, codes.length)
  const along = count === 1 ? null : groupAxis(spec.shape, groups)
  if (count > 1 && (tensor.kind === 'affine' || along === null || along.block !== null)) return null
  const mask = tensor.kind === 'affine' ? tensor.mask : null
  const length = 2 ** tensor.bits + (mask === null ? 0 : 1)
  const type = tensor.bits > 8 ? null : typeFor(false, [0, length - 1], highest, shortest)
  if (type === null || type.bits > 8) return null
  const levels = new Float32Array(length * count)
  levels.set(tensor.kind === 'codebook' ? tensor.levels : affineLevels(tensor, 0))
  const starts = Int32Array.from({ length: count }, (_, group) => group * length)
  const table = along === null ? 'index' : 'place'
  return {
    ...{ type, opset: opsetOfCast(type), runtime: casts[type.bits] },
    parts: [
      codesPart('quantized', type, spec.shape, codeOf(codes, mask, length - 1)),
      ...(along === null
        ? []
        : [
            plainPart('first_level', 'I32', broadcastShape(spec.shape, along), (from, to) =>
              starts.subarray(from, to),
            ),
          ]),
      floatsPart('levels', [levels.length], levels),
    ],
    nodes: [
      { op: 'Cast', inputs: ['quantized'], output: 'index', attributes: { to: INT32 } },
      ...(along === null
        ? []
        : [
            {
              op: 'Add',
              inputs: ['index', 'first_level'],
              output: 'place',
              attributes: {},
            } as const,
          ]),
      { op: 'Gather', inputs: ['levels', table], output: 'itself', attributes: {} },
    ],
  }
}

/** @param zero the code of what is masked */
function codeOf(codes: Codes, mask: Uint8Array | null, zero: number): (at: number) => number {
  return mask === null ? (at) => codes[at] ?? 0 : (at) => (mask[at] === 0 ? zero : (codes[at] ?? 0))
}
