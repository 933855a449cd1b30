import type { ElementType } from '../named-weights/element-types'
import { isKind } from './pickle-values'
import type { PickleGlobal, PickleTensor, PickleValue } from './pickle-values'

/** Types of elements by the class of their storage. */
export const storageTypes: Readonly<Partial<Record<string, ElementType>>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: 'C64',
}

/** Types of elements by their own name, for storages of mere bytes. */
export const tensorTypes: Readonly<Partial<Record<string, ElementType>>> = {
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
  float8_e8m0fnu: 'F8_E8M0',
}

const TENSOR = 'torch._utils._rebuild_tensor_v2'
const TENSOR_OF_BYTES = 'torch._utils._rebuild_tensor_v3'
const PARAMETER = 'torch._utils._rebuild_parameter'
/** Tensors with attributes of their own, such as buffers that a module was given as `nn.Buffer`. */
const WITH_ATTRIBUTES = 'torch._tensor._rebuild_from_type_v2'
const DICT = 'collections.OrderedDict'
const SIZE = 'torch.Size'
const UNTYPED = 'torch.storage.UntypedStorage'

const tensorClasses: ReadonlySet<string> = new Set([
  'torch.Tensor',
  'torch.nn.parameter.Buffer',
  'torch.nn.parameter.Parameter',
])

/** Single numbers of NumPy, such as the best accuracy so far, as its two versions call them; their values are no weights. */
const SCALAR = 'numpy._core.multiarray.scalar'
const SCALAR_BEFORE_2 = 'numpy.core.multiarray.scalar'
const SCALAR_TYPE = 'numpy.dtype'
const SCALAR_BYTES = '_codecs.encode'

/** Plain values of Python, such as what schedules of learning rates count in; no weights, by their names in both Pythons. */
const COUNTER = 'collections.Counter'
const SETS: ReadonlySet<string> = new Set(['builtins.set', '__builtin__.set'])
const plainValues: ReadonlySet<string> = new Set([
  ...['builtins.complex', '__builtin__.complex', 'builtins.bytearray', '__builtin__.bytearray'],
  'torch.device',
])

/** Types of elements that a checkpoint may name among its settings. */
const namedTypes: ReadonlySet<string> = new Set(
  [
    ...['float64', 'float32', 'float16', 'bfloat16', 'complex64', 'complex128'],
    ...['int64', 'int32', 'int16', 'int8', 'uint8', 'bool'],
  ].map((name) => `torch.${name}`),
)

const tensorBuilders: ReadonlySet<string> = new Set([TENSOR, TENSOR_OF_BYTES])

const callable: ReadonlySet<string> = new Set([
  ...[TENSOR, TENSOR_OF_BYTES, PARAMETER, WITH_ATTRIBUTES, DICT, SIZE],
  ...[SCALAR, SCALAR_BEFORE_2, SCALAR_TYPE, SCALAR_BYTES, COUNTER],
  ...SETS,
  ...plainValues,
])

/**
 * Everything that a pickle may name, which is what `torch.load` reads with `weights_only=True` and single numbers of NumPy;
 * the rest is refused before it means anything.
 */
export function knownGlobal(name: string): PickleGlobal | null {
  const isKnown =
    callable.has(name) ||
    tensorClasses.has(name) ||
    name === UNTYPED ||
    namedTypes.has(name) ||
    (name.startsWith('torch.') && isTypeName(name.slice('torch.'.length)))
  return isKnown ? { kind: 'global', name } : null
}

/** Tensors that are no plain elements of a storage: quantized, sparse or nested ones. */
export function isOtherTensor(name: string): boolean {
  return /^torch\._utils\._rebuild_\w*tensor$/.test(name)
}

function isTypeName(name: string): boolean {
  return Object.hasOwn(storageTypes, name) || Object.hasOwn(tensorTypes, name)
}

/** `FloatStorage` of `torch.FloatStorage`. */
export function lastName({ name }: PickleGlobal): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/**
 * What calling a global with arguments gives, without calling anything.
 * @returns null where the arguments are none that PyTorch writes
 */
export function called(
  { name }: PickleGlobal,
  items: readonly PickleValue[],
): PickleValue | undefined {
  if (plainValues.has(name)) return null
  if (SETS.has(name)) return isKind(items[0], 'list') ? items[0] : undefined
  switch (name) {
    case COUNTER:
      return isKind(items[0], 'dict') ? items[0] : undefined
    case DICT:
      return items.length === 0 ? { kind: 'dict', entries: [] } : undefined
    case SIZE:
      return isKind(items[0], 'tuple') ? items[0] : undefined
    case SCALAR_TYPE:
      // What describes it comes as attributes.
      return typeof items[0] === 'string' ? { kind: 'dict', entries: [] } : undefined
    case SCALAR_BYTES:
      return typeof items[0] === 'string' ? null : undefined
    case SCALAR:
    case SCALAR_BEFORE_2:
      return items.length === 2 ? null : undefined
    case PARAMETER:
      return isKind(items[0], 'tensor') ? items[0] : undefined
    case TENSOR:
      return isTurned(items[6]) ? undefined : tensorOf(items, null)
    case WITH_ATTRIBUTES: {
      const [build, , own] = items
      const isTensor = isKind(build, 'global') && tensorBuilders.has(build.name)
      return isTensor && isKind(own, 'tuple') ? called(build, own.items) : undefined
    }
    case TENSOR_OF_BYTES: {
      const dtype = items[6]
      const isPlain = isKind(dtype, 'global') && !isTurned(items[7])
      return isPlain ? tensorOf(items, lastName(dtype)) : undefined
    }
    default:
      return undefined
  }
}

/** Whether the numbers of a tensor are those of its storage with a sign turned, as `conj()` leaves them. */
function isTurned(facts: PickleValue | undefined): boolean {
  return isKind(facts, 'dict') && facts.entries.some(([, isSet]) => isSet === true)
}

function tensorOf(
  [storage, offset, shape, strides]: readonly PickleValue[],
  dtype: string | null,
): PickleTensor | undefined {
  const [sides, steps] = [wholes(shape), wholes(strides)]
  const isWhole = typeof offset === 'number' && isWholeNumber(offset)
  if (!isKind(storage, 'storage') || !isWhole || sides === null || steps === null) return undefined
  if (sides.length !== steps.length) return undefined
  return { kind: 'tensor', storage, dtype, offset, shape: sides, strides: steps }
}

function wholes(value: PickleValue | undefined): readonly number[] | null {
  if (!isKind(value, 'tuple')) return null
  const numbers = value.items.filter((item) => typeof item === 'number').filter(isWholeNumber)
  return numbers.length === value.items.length ? numbers : null
}

function isWholeNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
