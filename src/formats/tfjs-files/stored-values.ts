import { decodeRange, isArray, sharedLevels, weightsOf } from '../../core/encoded-tensor'
import type { EncodedTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import {
  areFloat16,
  beyondFloat16,
  nearestHalves,
  numberToFloat16,
  whichAreFloat16,
} from '../../core/float16'
import { hasBlocks } from '../../core/group-layout'
import type { Precision } from '../../core/model-summary'
import type { Between } from '../../files/between'
import type { Exporter, ExportTensor, RestoredValues, StoredForm, StoredTensor } from '../exporter'
import type { OpenedModel, OpenedWeight } from '../format'

/** Weights that are looked at or rounded at once: large tensors are never decoded whole. */
const PIECE = 2 ** 20

/** What `Exporter.accepts` says where any float may be written and float16 is the only one that cannot hold all. */
export const acceptsPrecision: Exporter['accepts'] = (model, tensors, precision) => {
  if (precision !== 'float16') return null
  for (const [index, weight] of model.weights.entries()) {
    const refusal = refuseFloat16(tensors[index] ?? weight, weight)
    if (refusal !== null) return refusal.toData()
  }
  return null
}

/**
 * How a file holds each tensor.
 * @throws StudioError 'export/float16-range'
 */
export async function storedForms<Form extends StoredForm>(
  store: (
    tensor: ExportTensor,
    weight: OpenedWeight,
    precision: Precision,
    model: OpenedModel,
  ) => Form,
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<readonly Form[]> {
  const forms: Form[] = []
  for (const [index, weight] of model.weights.entries()) {
    const tensor = tensors[index] ?? weight
    const form = store(tensor, weight, precision, model)
    const refusal = form.storedAs === 'float16' ? refuseFloat16(tensor, weight) : null
    if (refusal !== null) throw refusal
    forms.push(form)
    await between(index + 1, model.weights.length)
  }
  return forms
}

/** @returns why float16 cannot hold a tensor; null where it can */
function refuseFloat16(tensor: ExportTensor, source: OpenedWeight): StudioError | null {
  const { spec, values } = source
  if (spec.dtype !== 'float32') return null
  for (let from = 0; from < values.length; from += PIECE) {
    const to = Math.min(values.length, from + PIECE)
    const refusal = beyondRange(spec.name, floatsOf(tensor, from, to), from)
    if (refusal !== null) return refusal
  }
  return null
}

/** @param from index of the first value in its tensor */
function beyondRange(tensor: string, values: Float32Array, from: number): StudioError | null {
  const index = beyondFloat16(values)
  return index < 0
    ? null
    : new StudioError('export/float16-range', {
        tensor,
        index: from + index,
        value: values[index] ?? NaN,
      })
}

/** Whether no step has changed a weight. */
export function isUntouched(tensor: ExportTensor, source: OpenedWeight): boolean {
  return !('kind' in tensor) || isArray(tensor, source.values)
}

/** Why an entry with one scale and one min cannot hold the tensor exactly; null when it can. */
export function reasonAgainst(tensor: ExportTensor): StoredTensor['reason'] {
  if (!('kind' in tensor) || tensor.kind === 'float') return 'notQuantized'
  if (tensor.kind === 'codebook') return 'mean'
  if (tensor.mask !== null) return 'linearWithMask'
  if (tensor.scale.length === 1) return null
  return hasBlocks(tensor.groups) ? 'perGroup' : 'perChannel'
}

/** Decoded values as they are. */
export function float32Form(
  tensor: ExportTensor,
  source: OpenedWeight,
  reason: StoredTensor['reason'],
): StoredForm {
  const { name } = source.spec
  return {
    ...{ name, storedAs: 'float32', reason },
    entry: { tensor: encodedOf(tensor), form: 'float32' },
    ...inPieces(4, source.values.length, (from, to, room) => floatsOf(tensor, from, to, room)),
  }
}

/** Decoded values, rounded where they are no halves. */
export function float16Form(
  tensor: ExportTensor,
  source: OpenedWeight,
  reason: StoredTensor['reason'],
): StoredForm {
  const { name } = source.spec
  return {
    ...{ name, storedAs: 'float16', reason },
    entry: { tensor: encodedOf(tensor), form: 'float16' },
    ...inPieces(
      2,
      source.values.length,
      (from, to) => {
        const values = floatsOf(tensor, from, to)
        const refusal = beyondRange(name, values, from)
        if (refusal !== null) throw refusal
        return Uint16Array.from(values, numberToFloat16)
      },
      (from, to, room) => nearestHalves(floatsOf(tensor, from, to, room), room),
    ),
  }
}

export function encodedOf(tensor: ExportTensor): EncodedTensor {
  return 'kind' in tensor ? tensor : floatTensor(tensor.spec, tensor.values)
}

export function floatTensor(
  spec: OpenedWeight['spec'],
  values: OpenedWeight['values'],
): EncodedTensor {
  return { kind: 'float', spec, values: floats(values) }
}

/** Decoded values [from, to) of a float32 weight; nobody may change them. */
export function floatsOf(
  tensor: ExportTensor,
  from: number,
  to: number,
  room?: Float32Array,
): Float32Array {
  return 'kind' in tensor
    ? decodeRange(tensor, from, to, room)
    : floats(pieceOf(tensor.values, from, to))
}

function floats(values: OpenedWeight['values']): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values)
}

const knownHalves = new WeakMap<object, boolean>()

/**
 * Whether float16 holds the decoded values without changing one. Asked for every tensor while a slider
 * moves: it ends at the first value that does not fit, and is remembered where it had to see them all.
 */
export function restoresHalves(tensor: ExportTensor): boolean {
  const key = keyOf(tensor)
  const known = knownHalves.get(key)
  if (known !== undefined) return known
  const all = allHalves(tensor)
  knownHalves.set(key, all)
  return all
}

/** Arrays are known by themselves: each time they are another tensor. */
function keyOf(tensor: ExportTensor): object {
  if (!('kind' in tensor)) return tensor.values
  return tensor.kind === 'float' && tensor.between === undefined ? tensor.values : tensor
}

function allHalves(tensor: ExportTensor): boolean {
  const levels =
    'kind' in tensor && tensor.kind !== 'float' ? { tensor, shared: sharedLevels(tensor) } : null
  if (levels?.shared) {
    const { codes } = levels.tensor
    const isHalf = whichAreFloat16(levels.shared)
    const mask = levels.tensor.kind === 'affine' ? levels.tensor.mask : null
    return codes.every((code, index) => isHalf[code] === 1 || mask?.[index] === 0)
  }
  const length = 'kind' in tensor ? weightsOf(tensor) : tensor.values.length
  for (let from = 0; from < length; from += PIECE)
    if (!areFloat16(floatsOf(tensor, from, Math.min(length, from + PIECE)))) return false
  return true
}

type Elements = Float32Array | Int32Array | Uint16Array | Uint8Array

/**
 * A tensor in the file, made and read in pieces.
 * @param width bytes of an element in the file
 * @param held elements [from, to) as the file holds them
 * @param restored the same as a reader gets them, where that is something else
 */
export function inPieces(
  width: number,
  length: number,
  held: (from: number, to: number, room?: Float32Array) => Elements,
  restored: (
    from: number,
    to: number,
    room?: Float32Array,
  ) => RestoredValues = held as typeof restored,
): Pick<StoredForm, 'bytes' | 'length' | 'content' | 'restored'> {
  const bytes = width * length
  return {
    bytes,
    length,
    content: (from = 0, to = bytes) => {
      const first = Math.floor(from / width)
      const whole = bytesOf(held(first, Math.ceil(to / width)))
      return whole.subarray(from - first * width, to - first * width)
    },
    restored: (from = 0, to = length, room?: Float32Array) => restored(from, to, room),
  }
}

/** The array itself where all of it is asked for, so that it can be known again. */
export function pieceOf<Values extends RestoredValues>(
  values: Values,
  from: number,
  to: number,
): Values {
  return from === 0 && to === values.length ? values : (values.subarray(from, to) as Values)
}

function bytesOf(values: Elements): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
