import { decode, decodeRange } from '../../core/encoded-tensor'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Between } from '../../files/between'
import { rangeOfAll } from '../format'
import type { OpenedWeight, WeightPiece } from '../format'
import { countZeros } from '../tfjs-files/decode-weight'
import { bytesOf, decodeFloats, elementTypes, isFloat, nearestOf } from './element-types'
import type { FloatType } from './element-types'
import type { CodedTensor, NamedTensor, PlainTensor, ReadWeights } from './named-tensor'
import type { OddTensors } from './odd-tensors'

/** Bytes that are read at once. */
const BLOCK = 4 * 2 ** 20
/** Weights that are shown at once where no tensor is held whole. */
const PIECE = 2 ** 20

/** Tensors with what each is for, and how far reading them has come. */
export interface Reading {
  readonly tensors: readonly NamedTensor[]
  readonly specs: readonly TensorSpec[]
  readonly between: Between
  /** Takes note of tensors with NaN or infinities, which stay as they are; null: there may be none. */
  readonly odd: OddTensors | null
}

/**
 * Reads all weights tensor by tensor, so that memory holds the model once. Plain ones that `odd` has taken note of stay the
 * bytes that they came as.
 * @throws StudioError 'open/non-finite', 'open/not-read'
 */
export async function readTensors({
  tensors,
  specs,
  between,
  odd,
}: Reading): Promise<OpenedWeight[]> {
  const report = reporter(tensors, between)
  const weights: OpenedWeight[] = []
  for (const [index, tensor] of tensors.entries()) {
    const spec = specs[index]
    if (spec === undefined) throw new RangeError('a tensor has no use')
    weights.push(
      tensor.kind === 'coded'
        ? await readCoded(tensor, spec, report)
        : await readPlain(tensor, spec, report, odd),
    )
    if (tensor.kind === 'coded') odd?.sawFinite(tensor)
  }
  odd?.requireOneFinite()
  return weights
}

/**
 * Reads all weights as `readTensors` does, and shows them in pieces instead of keeping them: as numbers those too that `odd`
 * takes note of.
 * @throws as `readTensors`, and what `visit` throws
 */
export async function walkTensors(
  { tensors, specs, between, odd }: Reading,
  visit: (piece: WeightPiece) => void,
): Promise<void> {
  const report = reporter(tensors, between)
  for (const [index, tensor] of tensors.entries()) {
    const spec = specs[index]
    if (spec === undefined) throw new RangeError('a tensor has no use')
    const show = (from: number, values: OpenedWeight['values']): void => {
      visit({ spec, index, from, values })
    }
    if (tensor.kind === 'coded') {
      const read = await weightsOf(tensor, spec)
      const length = elementCount(spec.shape)
      for (let from = 0; from < length; from += PIECE) {
        const values = await read(from, Math.min(length, from + PIECE))
        countZeros(tensor.file, tensor.name, values)
        show(from, values)
        await report((tensor.bytes * values.length) / length)
      }
      odd?.sawFinite(tensor)
    } else await walkPlain(tensor, show, report, odd)
  }
  odd?.requireOneFinite()
}

async function weightsOf(tensor: CodedTensor, spec: TensorSpec): Promise<ReadWeights> {
  const read = await realsOf(tensor, spec)
  const { roundedTo } = tensor
  return roundedTo === undefined
    ? read
    : async (from, to) => nearestOf(roundedTo, await read(from, to))
}

async function realsOf(tensor: CodedTensor, spec: TensorSpec): Promise<ReadWeights> {
  if (tensor.inPieces !== null) return tensor.inPieces(spec)
  const coded = await tensor.decode(spec)
  return (from, to) => Promise.resolve(decodeRange(coded, from, to))
}

type Report = (bytes: number) => Promise<void>

function reporter(tensors: readonly NamedTensor[], between: Between): Report {
  const total = tensors.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  return (bytes) => {
    done += bytes
    return between(done, total)
  }
}

async function readPlain(
  tensor: PlainTensor,
  spec: TensorSpec,
  report: Report,
  odd: OddTensors | null,
): Promise<OpenedWeight> {
  const { bytes: storedBytes, file, name, type } = tensor
  const bytes = await readWhole(tensor, report)
  const { storedAs } = elementTypes[type]
  const common = { spec, storedAs, storedBytes, quantized: null }
  const held = { kind: 'bytes', type, bytes } as const
  if (!isFloat(type)) return { ...common, values: bytes, zeros: 0, held }
  const values = decodeFloats(type, bytes)
  const zeros = odd === null ? countZeros(file, name, values) : odd.see(tensor, 0, values)
  if (zeros === null) return { ...common, spec: untouched(spec), values: bytes, zeros: 0, held }
  const weight = { ...common, values, zeros }
  return type === 'F64' ? { ...weight, held } : weight
}

/** Of what no step changes. */
function untouched(spec: TensorSpec): TensorSpec {
  const channel = { count: 1, inner: elementCount(spec.shape) }
  return { ...spec, dtype: 'bytes', role: 'other', channel }
}

async function readWhole(tensor: PlainTensor, report: Report): Promise<Uint8Array<ArrayBuffer>> {
  if (tensor.bytes <= BLOCK) {
    const bytes = await tensor.read(0, tensor.bytes)
    await report(bytes.length)
    return bytes
  }
  const bytes = new Uint8Array(tensor.bytes)
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const piece = await tensor.read(from, Math.min(bytes.length, from + BLOCK))
    bytes.set(piece, from)
    await report(piece.length)
  }
  return bytes
}

async function readCoded(
  tensor: CodedTensor,
  spec: TensorSpec,
  report: Report,
): Promise<OpenedWeight> {
  const coded = await tensor.decode(spec)
  const { roundedTo } = tensor
  const exact = decode(coded)
  const values = roundedTo === undefined ? exact : nearestOf(roundedTo, exact)
  await report(tensor.bytes)
  const { bytes, file, name, storedAs } = tensor
  const zeros = countZeros(file, name, values)
  const common = { spec, values, zeros, storedAs, storedBytes: bytes }
  if (coded.kind === 'float') return { ...common, quantized: null }
  if (roundedTo !== undefined)
    return { ...common, quantized: null, held: { kind: 'roundedCodes', tensor: coded } }
  const held = { kind: 'codes', tensor: coded } as const
  return { ...common, quantized: rangeOfAll(coded), held }
}

async function walkPlain(
  tensor: PlainTensor,
  show: (from: number, values: OpenedWeight['values']) => void,
  report: Report,
  odd: OddTensors | null,
): Promise<void> {
  const { type } = tensor
  if (isFloat(type)) return walkFloats(tensor, type, show, report, odd)
  for (let from = 0; from < tensor.bytes; from += BLOCK) {
    const bytes = await tensor.read(from, Math.min(tensor.bytes, from + BLOCK))
    show(from, bytes)
    await report(bytes.length)
  }
}

async function walkFloats(
  tensor: PlainTensor,
  type: FloatType,
  show: (from: number, values: OpenedWeight['values']) => void,
  report: Report,
  odd: OddTensors | null,
): Promise<void> {
  const { file, name, read, shape } = tensor
  const length = elementCount(shape)
  for (let from = 0; from < length; from += PIECE) {
    const to = Math.min(length, from + PIECE)
    const bytes = await read(bytesOf(type, from), bytesOf(type, to))
    const values = decodeFloats(type, bytes)
    if (odd === null) countZeros(file, name, values)
    else odd.see(tensor, from, values)
    show(from, values)
    await report(bytes.length)
  }
}
