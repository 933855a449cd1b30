import type { EncodedTensor, Meaning } from '../../core/encoded-tensor'
import { groupsOfChannels, oneGroup } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import { decodeFloats } from '../named-weights/element-types'
import type { CodedTensor } from '../named-weights/named-tensor'
import { codeSlots } from './code-slots'
import { codeType, storedAsCodes } from './code-types'
import type { CodeType } from './code-types'
import { codedWeight, codesIn, codesReader, fits, numbersIn, readPieces } from './coded-weight'
import { partsOfDecoded } from './every-tensor'
import type { DecodedBy, OnnxTensor } from './onnx-model'
import { sizeOf, tensorReader } from './tensor-bytes'
import type { OnnxFiles } from './tensor-bytes'

/** Whether what nodes make of codes is known here, and all parts fit. */
export function canDecode(codes: OnnxTensor, by: DecodedBy): boolean {
  const type = codeType(codes.type)
  switch (by.kind) {
    case 'scaled':
      return scaledDecoding(codes, by) !== null
    case 'halves':
      return codes.type === 'F16'
    default:
      return type?.signed === false && groupsOf(codes.shape, by) !== null
  }
}

function scaledDecoding(codes: OnnxTensor, by: Extract<DecodedBy, { readonly kind: 'scaled' }>) {
  const { node, scale, zeroPoint } = by
  if (codeType(codes.type) === null || scale.type !== 'F32') return null
  const decoding = codeSlots(node)[0]?.decoding(node, { codes, scale, zeroPoint }) ?? null
  return decoding !== null && fits(decoding) ? decoding : null
}

/** A weight that nodes make of codes, as `withOwnWeights` finds it; null: it is none. */
export function decodedWeight(
  name: string,
  tensor: OnnxTensor,
  files: OnnxFiles,
): CodedTensor | null {
  const coded = madeOfCodes(name, tensor, files)
  const { type } = tensor
  return coded !== null && (type === 'F16' || type === 'BF16')
    ? { ...coded, roundedTo: type }
    : coded
}

function madeOfCodes(name: string, tensor: OnnxTensor, files: OnnxFiles): CodedTensor | null {
  const { data, shape } = tensor
  if (data.kind !== 'decoded') return null
  const { by, codes } = data
  const type = codeType(codes.type)
  if (by.kind === 'scaled') {
    const decoding = scaledDecoding(codes, by)
    return decoding === null ? null : codedWeight(name, decoding, files)
  }
  const bytes = partsOfDecoded(data).reduce((sum, part) => sum + sizeOf(part), 0)
  const own = { ...({ kind: 'coded', name, shape } as const), file: files.model.path, bytes }
  if (by.kind === 'halves') {
    const read = async (from: number, to: number): Promise<Float32Array> =>
      decodeFloats('F16', await (await tensorReader(codes, files))(2 * from, 2 * to))
    return {
      ...{ ...own, storedAs: 'float16', inPieces: () => Promise.resolve(read) },
      decode: async (spec) => ({
        ...({ kind: 'float', spec } as const),
        values: await read(0, elementCount(shape)),
      }),
    }
  }
  const groups = groupsOf(shape, by)
  if (type === null || type.signed || groups === null) return null
  return {
    ...{ ...own, storedAs: storedAsCodes(type) },
    decode: (spec) => decoded({ spec, codes, type, groups, by }, files),
    inPieces: async (spec) => {
      const meaning = await meaningOf({ spec, codes, type, groups, by }, files)
      return readPieces(meaning, elementCount(shape), await codesReader(codes, type, files))
    },
  }
}

interface Decoding {
  readonly spec: TensorSpec
  readonly codes: OnnxTensor
  readonly type: CodeType
  readonly groups: GroupLayout
  readonly by: Exclude<DecodedBy, { readonly kind: 'scaled' | 'halves' }>
}

/** One for all, or one for each place along the axis that a list with one long side lies on. */
function groupsOf(shape: readonly number[], by: Decoding['by']): GroupLayout | null {
  const lists = by.kind === 'table' ? [by.starts] : [by.offset, by.scale]
  const length = elementCount(shape)
  const long = lists.filter((list) => list !== null && elementCount(list.shape) > 1)
  const [first] = long
  if (first === undefined || first === null) return oneGroup(length)
  const [count = 0, ...behind] = first.shape
  const axis = shape.length - first.shape.length
  const isAlong = behind.every((side) => side === 1) && shape[axis] === count
  const isSame = long.every((list) => list?.shape.join() === first.shape.join())
  if (!isAlong || !isSame) return null
  return groupsOfChannels({ count, inner: elementCount(shape.slice(axis + 1)) }, length)
}

async function decoded(decoding: Decoding, files: OnnxFiles): Promise<EncodedTensor> {
  const codes = await codesIn(decoding.codes, decoding.type, null, files)
  const meaning = await meaningOf(decoding, files)
  return meaning.kind === 'affine' ? { ...meaning, codes, mask: null } : { ...meaning, codes }
}

async function meaningOf({ by, groups, spec, type }: Decoding, files: OnnxFiles): Promise<Meaning> {
  const count = groups.count
  const one = { spec, bits: type.bits, groups }
  if (by.kind === 'shifted') {
    const [offsets, scales] = [await numbersIn(by.offset, files), await numbersIn(by.scale, files)]
    const each = (list: readonly number[]): number[] =>
      Array.from({ length: count }, (_, at) => list[list.length === 1 ? 0 : at] ?? 0)
    return {
      ...({ ...one, kind: 'affine' } as const),
      scale: Float32Array.from(each(scales)),
      zeroPoint: Float64Array.from(each(offsets), (offset) => -offset),
    }
  }
  const all = await numbersIn(by.levels, files)
  const starts = by.starts === null ? [0] : await numbersIn(by.starts, files)
  const length = 2 ** type.bits
  const levels = new Float32Array(length * count)
  // A code beyond the table of its channel reads on, as `Gather` does.
  for (const [group, start] of starts.entries())
    for (let code = 0; code < length; code++) levels[group * length + code] = all[start + code] ?? 0
  return { ...one, kind: 'codebook', levels }
}
