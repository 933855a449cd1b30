import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Constant } from '../../graph/values'
import { isElementType, isFloat } from '../named-weights/element-types'
import type { CodedTensor, NamedTensor } from '../named-weights/named-tensor'
import { decodeFloats } from '../named-weights/element-types'
import { computedType } from './computed-type'
import { codeType, shortNumbers } from './code-types'
import { firstUse, meaningOf } from './assign-weights'
import type { Readers, Use } from './assign-weights'
import type { Meaning } from '../meaning/weight-meaning'
import { loweringOf } from './lowering/table'
import type { NamedOnnxTensor } from './graph-parts'
import { decodedWeight } from './decoded-weight'
import { sparseWeight } from './sparse-tensor'
import { numbersOf, sizeOf, tensorReader, wholeNumbers } from './tensor-bytes'
import type { OnnxTensor } from './onnx-model'
import type { OnnxFiles, ReadTensor } from './tensor-bytes'

/** Tables of places and masks of long texts are shorter. */
const MOST_CONSTANTS = 2 ** 21
/** Of one model. */
const MOST_CONSTANTS_IN_ALL = 2 ** 23
/** Whole numbers of a byte or two are codes of weights where they are more. */
const MOST_SHORT_CONSTANTS = 1024
/** So far below nothing, a mask keeps a place out of a softmax. */
const FAR = 1e30
/** Numbers that nothing multiplies with are settings of an operator where they are so few. */
const MOST_SETTINGS = 16

/** A tensor that stays a weight of the model: with what it is for, or bytes of a type that nothing here computes with. */
export interface OnnxWeight {
  readonly tensor: NamedTensor
  readonly meaning: Meaning
  readonly dtype: TensorSpec['dtype']
  readonly use: Use | null
}

export interface OnnxTensors {
  readonly weights: readonly OnnxWeight[]
  readonly constants: ReadonlyMap<string, Constant>
}

/**
 * Tells weights from the numbers that say how a model computes, and reads the latter.
 * @param isOwn the file is one of ours, which holds what is no weight in nodes, whatever it looks like
 * @throws StudioError as `tensorReader`
 */
export async function tellTensors(
  tensors: readonly NamedOnnxTensor[],
  readers: Readers,
  coded: ReadonlyMap<string, CodedTensor>,
  files: OnnxFiles,
  isOwn: boolean,
): Promise<OnnxTensors> {
  const weights: OnnxWeight[] = []
  const constants = new Map<string, Constant>()
  const lists = await listsOf(tensors, files)
  let left = MOST_CONSTANTS_IN_ALL
  for (const { isInNode, name, tensor } of tensors) {
    const { shape, type } = tensor
    if (type === 'STRING') continue
    const codes = coded.get(name) ?? decodedWeight(name, tensor, files)
    const use = firstUse(name, codes?.shape ?? shape, readers, lists)
    if (codes !== null) {
      weights.push({ tensor: codes, meaning: meaningOf(codes.shape, use), dtype: 'float32', use })
      continue
    }
    const read = await tensorReader(tensor, files)
    const elements = elementCount(shape)
    const meaning = meaningOf(shape, use)
    const isReal = isElementType(type) && isFloat(type)
    const isKnown = use !== null && loweringOf(use.node) !== undefined
    const isSetting = isReal && isKnown && meaning.role === 'other' && elements <= MOST_SETTINGS
    const isWhole = codeType(type) !== null || wholeNumbers(type, new Uint8Array(8)) !== null
    const most = codeType(type) === null ? MOST_CONSTANTS : MOST_SHORT_CONSTANTS
    const isShort = elements <= Math.min(left, most)
    const isMask = isReal && isShort && !isCompressed(meaning) && (await isFar(tensor, read))
    const isWeight = isReal && isOwn && isInNode === undefined
    const isNone = isSetting || isMask || (isReal && isOwn && isShort && isInNode === true)
    if (!isWeight && (isNone || (!isReal && isWhole && isShort))) {
      left -= elements
      const bytes = await read(0, sizeOf(tensor))
      const values = numbersOf(type, bytes) ?? shortNumbers(type, bytes, elements) ?? []
      constants.set(name, { shape, dtype: computedType(type) ?? 'int32', values })
      continue
    }
    const sparse = sparseWeight(name, tensor, files)
    if (sparse !== null) {
      weights.push({ tensor: sparse, meaning, dtype: 'float32', use })
      continue
    }
    const bytes = sizeOf(tensor)
    const plain = {
      ...({ kind: 'plain', name, file: files.model.path, bytes, read } as const),
      // Elements of less than a byte are kept as the bytes that they share.
      ...(isElementType(type) ? { type, shape } : { type: 'U8' as const, shape: [bytes] }),
    }
    weights.push({ tensor: plain, meaning, dtype: isReal ? 'float32' : 'bytes', use })
  }
  return { weights, constants }
}

/** Sides have few axes. */
const LONGEST_LIST = 16

/** Lists of whole numbers that may say a shape. */
async function listsOf(
  tensors: readonly NamedOnnxTensor[],
  files: OnnxFiles,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const lists = new Map<string, readonly number[]>()
  for (const { name, tensor } of tensors) {
    const { shape, type } = tensor
    if (type !== 'I64' || shape.length !== 1 || elementCount(shape) > LONGEST_LIST) continue
    const bytes = await (await tensorReader(tensor, files))(0, sizeOf(tensor))
    lists.set(name, wholeNumbers(type, bytes) ?? [])
  }
  return lists
}

function isCompressed({ role }: Meaning): boolean {
  return role !== 'other' && role !== 'bias'
}

/** Masks keep places out by minus infinity, or the least number that there is; no weight has such a number. */
async function isFar(tensor: OnnxTensor, read: ReadTensor): Promise<boolean> {
  const { type } = tensor
  if (!isElementType(type) || !isFloat(type)) return false
  const values = decodeFloats(type, await read(0, sizeOf(tensor)))
  return values.some((value) => Math.abs(value) >= FAR)
}
