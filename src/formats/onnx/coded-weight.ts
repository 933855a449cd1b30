import { decodeCodes } from '../../core/encoded-tensor'
import type { AffineTensor, Codes, Meaning } from '../../core/encoded-tensor'
import { forEachRun, groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { CodedTensor, ReadWeights } from '../named-weights/named-tensor'
import { codeType, fromZero, storedAsCodes, unpacked } from './code-types'
import type { CodeType, PackedRows } from './code-types'
import type { OnnxTensor } from './onnx-model'
import { numbersOf, sizeOf, tensorReader } from './tensor-bytes'
import type { OnnxFiles } from './tensor-bytes'

/** What makes real numbers of a tensor of codes. */
export interface Decoding {
  readonly codes: OnnxTensor
  readonly type: CodeType
  /** How codes share bytes where the type of the tensor does not say it; null: it does. */
  readonly packed: PackedRows | null
  /** Of the weight. */
  readonly shape: readonly number[]
  readonly groups: GroupLayout
  /** One for all, or one for each group; null: one. */
  readonly scale: OnnxTensor | null
  /** One for all, or one for each group; null: the same whole number everywhere. */
  readonly zeroPoint: OnnxTensor | null
  readonly packedZeros: PackedRows | null
  /** Where there is no tensor of them. */
  readonly zero: number
}

/** Whether scales and zero points are as many as there are groups. */
export function fits({ groups, packedZeros, scale, shape, zeroPoint }: Decoding): boolean {
  const count = groupCount(groups, elementCount(shape))
  const isFit = (found: number): boolean => found === 1 || found === count
  const zeros =
    packedZeros === null
      ? elementCount(zeroPoint?.shape ?? [])
      : packedZeros.rows * packedZeros.length
  return isFit(elementCount(scale?.shape ?? [])) && isFit(zeros)
}

/** A weight that a file holds as codes. */
export function codedWeight(name: string, decoding: Decoding, files: OnnxFiles): CodedTensor {
  const { codes, scale, shape, type, zeroPoint } = decoding
  const parts = [codes, scale, zeroPoint].filter((part) => part !== null)
  return {
    ...{ kind: 'coded', name, shape, file: files.model.path },
    bytes: parts.reduce((all, part) => all + sizeOf(part), 0),
    storedAs: storedAsCodes(type),
    decode: (spec) => decoded(spec, decoding, files),
    inPieces: decoding.packed === null ? (spec) => piecesOf(spec, decoding, files) : null,
  }
}

async function piecesOf(
  spec: TensorSpec,
  decoding: Decoding,
  files: OnnxFiles,
): Promise<ReadWeights> {
  const length = elementCount(spec.shape)
  const meaning = await meaningOf(spec, length, decoding, files)
  return readPieces(meaning, length, await codesReader(decoding.codes, decoding.type, files))
}

/** Reads weights by the codes of those alone. */
export function readPieces(meaning: Meaning, length: number, read: ReadCodes): ReadWeights {
  return async (from, to) => {
    const out = new Float32Array(to - from)
    decodeCodes(meaning, length, await read(from, to), from, out)
    return out
  }
}

export interface BiasSteps {
  /** Their product is what one stands for: one for all, or one for each. */
  readonly scales: readonly OnnxTensor[]
  readonly zeroPoint: OnnxTensor | null
}

/** A bias of whole numbers, each of which stands for so much: longer than codes are, so that it becomes plain numbers. */
export function wholeBias(
  name: string,
  bias: OnnxTensor,
  { scales, zeroPoint }: BiasSteps,
  files: OnnxFiles,
): CodedTensor {
  return {
    ...{ kind: 'coded', name, shape: bias.shape, file: files.model.path },
    bytes: sizeOf(bias),
    ...{ storedAs: 'int32', inPieces: null },
    decode: async (spec) => {
      const numbers = await numbersIn(bias, files)
      const zeros = zeroPoint === null ? [0] : await numbersIn(zeroPoint, files)
      const steps: (readonly number[])[] = []
      for (const scale of scales) steps.push(await numbersIn(scale, files))
      const values = Float32Array.from(numbers, (number, at) =>
        steps.reduce((value, step) => value * nth(step, at), number - nth(zeros, at)),
      )
      return { kind: 'float', spec, values }
    },
  }
}

/** A weight of real numbers that a file rounds to codes wherever it runs: it is what is left then. */
export function roundedWeight(
  name: string,
  decoding: Decoding,
  weight: OnnxTensor,
  files: OnnxFiles,
): CodedTensor {
  return {
    ...codedWeight(name, decoding, files),
    ...{ bytes: sizeOf(weight), storedAs: 'float32', inPieces: null },
    decode: async (spec) => {
      const { bits } = decoding.type
      const length = elementCount(decoding.shape)
      const codes = bits > 8 ? new Uint16Array(length) : new Uint8Array(length)
      const tensor = await affine(spec, codes, decoding, files)
      round(await numbersIn(weight, files), tensor)
      return tensor
    },
  }
}

/** Added to a number and taken away, it leaves the nearest whole one, of two the even one. */
const LARGE = 1.5 * 2 ** 52

function round(
  values: readonly number[],
  { bits, codes, groups, scale, zeroPoint }: AffineTensor,
): void {
  const most = 2 ** bits - 1
  forEachRun(groups, codes.length, 0, codes.length, (group, start, end) => {
    const [step, zero] = [scale[group] ?? 0, zeroPoint[group] ?? 0]
    for (let at = start; at < end; at++) {
      const steps = Math.fround((values[at] ?? 0) / step)
      codes[at] = Math.min(most, Math.max(0, steps + LARGE - LARGE + zero))
    }
  })
}

async function decoded(
  spec: TensorSpec,
  decoding: Decoding,
  files: OnnxFiles,
): Promise<AffineTensor> {
  const { codes, packed, type } = decoding
  return affine(spec, await codesIn(codes, type, packed, files), decoding, files)
}

async function affine(
  spec: TensorSpec,
  codes: Codes,
  decoding: Decoding,
  files: OnnxFiles,
): Promise<AffineTensor> {
  return { ...(await meaningOf(spec, codes.length, decoding, files)), codes, mask: null }
}

async function meaningOf(
  spec: TensorSpec,
  length: number,
  decoding: Decoding,
  files: OnnxFiles,
): Promise<Omit<AffineTensor, 'codes' | 'mask'>> {
  const { groups, scale, type, zeroPoint } = decoding
  const count = groupCount(groups, length)
  const steps = scale === null ? [1] : await numbersIn(scale, files)
  const shift = type.signed ? 2 ** (type.bits - 1) : 0
  const zeros =
    zeroPoint === null
      ? [decoding.zero + shift]
      : await zerosIn(zeroPoint, type, decoding.packedZeros, files)
  const spread = (found: ArrayLike<number>): ArrayLike<number> =>
    found.length === count ? found : Array.from({ length: count }, (_, at) => nth(found, at))
  return {
    ...{ kind: 'affine', spec, bits: type.bits, groups },
    scale: Float32Array.from(spread(steps)),
    zeroPoint: Float64Array.from(spread(zeros)),
  }
}

/** One number for all, or one for each. */
function nth(numbers: ArrayLike<number>, at: number): number {
  return numbers[numbers.length === 1 ? 0 : at] ?? 0
}

async function zerosIn(
  tensor: OnnxTensor,
  type: CodeType,
  packed: PackedRows | null,
  files: OnnxFiles,
): Promise<ArrayLike<number>> {
  const isReal = codeType(tensor.type) === null
  return isReal ? numbersIn(tensor, files) : codesIn(tensor, type, packed, files)
}

/** Codes of a tensor, counted from 0. */
export async function codesIn(
  tensor: OnnxTensor,
  type: CodeType,
  packed: PackedRows | null,
  files: OnnxFiles,
): Promise<Codes> {
  const bytes = await bytesOf(tensor, files)
  const length = elementCount(tensor.shape)
  if (packed === null) return codesOf(bytes, type, { rows: 1, length, room: bytes.length })
  const codes =
    type.bits === 16 ? new Uint16Array(bytes.buffer) : unpacked(bytes, type.bits, packed)
  fromZero(codes, type)
  return codes
}

function codesOf(bytes: Uint8Array<ArrayBuffer>, type: CodeType, row: PackedRows): Codes {
  const { bits } = type
  const codes =
    bits === 16 ? new Uint16Array(bytes.buffer) : bits === 8 ? bytes : unpacked(bytes, bits, row)
  fromZero(codes, type)
  return codes
}

/** Codes [from, to) of a tensor, counted from 0; `from` is a multiple of 8. */
type ReadCodes = (from: number, to: number) => Promise<Codes>

/** Reads codes that follow one another without gaps, range by range. */
export async function codesReader(
  tensor: OnnxTensor,
  type: CodeType,
  files: OnnxFiles,
): Promise<ReadCodes> {
  const read = await tensorReader(tensor, files)
  const perByte = 8 / type.bits
  return async (from, to) => {
    const bytes = await read(from / perByte, Math.ceil(to / perByte))
    return codesOf(bytes, type, { rows: 1, length: to - from, room: bytes.length })
  }
}

/** Elements of a tensor as numbers. */
export async function numbersIn(tensor: OnnxTensor, files: OnnxFiles): Promise<readonly number[]> {
  return numbersOf(tensor.type, await bytesOf(tensor, files)) ?? []
}

async function bytesOf(tensor: OnnxTensor, files: OnnxFiles): Promise<Uint8Array<ArrayBuffer>> {
  return (await tensorReader(tensor, files))(0, sizeOf(tensor))
}
