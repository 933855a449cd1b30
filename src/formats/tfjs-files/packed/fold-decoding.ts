import type { AffineTensor, CodebookTensor, Codes } from '../../../core/encoded-tensor'
import { groupCount } from '../../../core/group-layout'
import type { GroupLayout } from '../../../core/group-layout'
import { elementCount } from '../../../core/tensor-spec'
import type { TensorSpec } from '../../../core/tensor-spec'
import { DIVISORS, unpackedCodes } from './code-planes'
import type { CodeWidth } from './code-planes'
import type { FoundDecoding } from './find-decodings'
import { layoutOf } from './grouped-shape'

/** A constant as it came out of the file. */
export interface ReadConstant {
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array | Uint8Array | Uint16Array
}

/** What a decoding makes, and how wide its codes are in the file. */
export interface FoldedDecoding {
  readonly tensor: AffineTensor | CodebookTensor
  readonly width: CodeWidth
}

/**
 * Reads a decoding back as the tensor that it decodes. Files are hostile: all that is made is as long as the codes that
 * came.
 * @param codes as they lie in the file
 * @returns null where the constants are not such as `writeDecoding` writes, so that a graph may mean something else
 */
export function foldDecoding(
  found: FoundDecoding,
  codes: { readonly shape: readonly number[]; readonly values: Codes },
  constantOf: (name: string) => ReadConstant | undefined,
): FoldedDecoding | null {
  const constants = new Constants(constantOf)
  const { cut, divisors, real, rows } = found
  const { length: bytes } = codes.values
  const planes = 2 ** divisors.length
  const width =
    planes > 1 ? ((8 / planes) as CodeWidth) : codes.values instanceof Uint8Array ? 8 : 16
  const isDivided = divisors.every((name, turn) => constants.isWhole(name, DIVISORS[turn] ?? 0))
  if (!isDivided) return null
  if (planes > 1 && !(codes.values instanceof Uint8Array && codes.shape.length === 1)) return null
  const length = cut === null ? planes * bytes : (constants.sides(cut.size)?.[0] ?? 0)
  if (length <= planes * (bytes - 1) || length > planes * bytes) return null
  if (cut !== null && !constants.isList(cut.all, [planes * bytes])) return null
  if (cut !== null && !(constants.isList(cut.begin, [0]) && constants.isList(cut.size, [length])))
    return null
  const working = found.working === null ? codes.shape : constants.sides(found.working)
  const shape = found.shape === null ? working : constants.sides(found.shape)
  if (working === null || shape === null) return null
  if (elementCount(working) !== length || elementCount(shape) !== length) return null
  const setsOfRows = rows === null ? null : constants.wholes(rows.sets)
  if (rows !== null && (setsOfRows === null || !constants.isWhole(rows.axis, 0))) return null
  const layout = (groups: readonly number[]): GroupLayout | null =>
    layoutOf({ working, groups }, shape, setsOfRows)
  const all = {
    spec: specOf(found.weight, shape),
    codes: unpackedCodes(codes.values, length, width),
  }
  const tensor =
    real.kind === 'affine'
      ? affineOf(real, all, constants, layout)
      : codebookOf(real, all, constants, layout)
  return tensor === null ? null : { tensor, width }
}

interface AllCodes {
  readonly spec: TensorSpec
  readonly codes: Codes
}

type LayoutOf = (groups: readonly number[]) => GroupLayout | null

function affineOf(
  { one, scale, zero }: Extract<FoundDecoding['real'], { readonly kind: 'affine' }>,
  { codes, spec }: AllCodes,
  constants: Constants,
  layoutOf: LayoutOf,
): AffineTensor | null {
  const [steps, points] = [constants.floats(scale), constants.floats(zero)]
  if (steps === null || points === null) return null
  const groups = layoutOf(steps.shape)
  const areAlike = groups !== null && groupCount(groups, codes.length) === steps.values.length
  if (!areAlike || steps.shape.join() !== points.shape.join()) return null
  if (one !== null && constants.floats(one)?.values.join() !== '1') return null
  if (!steps.values.every((step) => step > 0)) return null
  if (!points.values.every((point) => Number.isInteger(2 * point) && Math.abs(point) <= 2 ** 18))
    return null
  const zeroPoint = Float64Array.from(points.values)
  const common = { kind: 'affine', spec, groups, scale: steps.values } as const
  if (one === null) return { ...common, bits: bitsOf(codes), codes, zeroPoint, mask: null }
  return {
    ...common,
    bits: bitsOf(codes.map(withoutMask)),
    codes: codes.map(withoutMask),
    zeroPoint: zeroPoint.map((point) => point - 1),
    mask: Uint8Array.from(codes, (code) => (code === 0 ? 0 : 1)),
  }
}

function withoutMask(code: number): number {
  return Math.max(0, code - 1)
}

function codebookOf(
  { axis, first, levels }: Extract<FoundDecoding['real'], { readonly kind: 'codebook' }>,
  { codes, spec }: AllCodes,
  constants: Constants,
  layoutOf: LayoutOf,
): CodebookTensor | null {
  const [table, places] = [constants.floats(levels), first === null ? null : constants.read(first)]
  const groups = layoutOf(places?.shape ?? [])
  if (table === null || groups === null || table.shape.length !== 1) return null
  const count = groupCount(groups, codes.length)
  const bits = Math.log2(table.values.length / count)
  if (!Number.isInteger(bits) || bits < 1 || bits > 16 || !constants.isWhole(axis, 0)) return null
  if (bitsOf(codes) > bits) return null
  if (places === null ? count !== 1 : places.values.length !== count) return null
  if (places?.values.some((place, group) => place !== group * 2 ** bits) === true) return null
  return { kind: 'codebook', spec, bits, codes, groups, levels: table.values }
}

/** The fewest bits that tell codes apart. */
function bitsOf(codes: Codes): number {
  let all = 1
  for (let at = 0; at < codes.length; at++) all |= codes[at] ?? 0
  return 32 - Math.clz32(all)
}

/** Its meaning is known by whoever reads the weight. */
function specOf(name: string, shape: readonly number[]): TensorSpec {
  return {
    ...{ name, shape, dtype: 'float32', role: 'other', layerName: name, layerKind: 'other' },
    channel: { count: 1, inner: Math.max(1, elementCount(shape)) },
  }
}

class Constants {
  constructor(private readonly constantOf: (name: string) => ReadConstant | undefined) {}

  read(name: string): ReadConstant | null {
    const found = this.constantOf(name)
    return found?.values instanceof Int32Array ? found : null
  }

  wholes(name: string): Int32Array | null {
    const found = this.read(name)
    return found?.shape.length === 1 ? (found.values as Int32Array) : null
  }

  floats(name: string): { shape: readonly number[]; values: Float32Array } | null {
    const found = this.constantOf(name)
    return found?.values instanceof Float32Array
      ? { shape: found.shape, values: found.values }
      : null
  }

  isList(name: string, values: readonly number[]): boolean {
    return this.wholes(name)?.join() === values.join()
  }

  isWhole(name: string, value: number): boolean {
    const found = this.read(name)
    return found?.shape.length === 0 && found.values[0] === value
  }

  /** Few, and each of them at least 1. */
  sides(name: string): readonly number[] | null {
    const found = this.wholes(name)
    return found !== null && found.length <= MOST_SIDES && found.every((side) => side > 0)
      ? [...found]
      : null
  }
}

/** Stock TensorFlow.js has no more. */
const MOST_SIDES = 6
