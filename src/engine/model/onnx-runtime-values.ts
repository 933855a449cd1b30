import * as tf from '@tensorflow/tfjs'
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import { fromFloat16, numberToFloat16 } from '../../core/float16'
import type { OnnxRuntime } from './runtime-tools'

/** What TensorFlow.js holds the elements of a type as; types that are not here hold no numbers. */
const computedTypes = {
  float32: 'float32',
  float16: 'float32',
  float64: 'float32',
  int8: 'int32',
  uint8: 'int32',
  int16: 'int32',
  uint16: 'int32',
  int32: 'int32',
  uint32: 'int32',
  int64: 'int32',
  uint64: 'int32',
  bool: 'bool',
} as const satisfies Partial<Record<Tensor.Type, 'float32' | 'int32' | 'bool'>>

type NumberType = keyof typeof computedTypes

/** What a session takes or gives under a name. */
export interface NumberPort {
  readonly name: string
  readonly type: NumberType
  readonly dtype: (typeof computedTypes)[NumberType]
  /** null: not even the rank is said; null sides are open. */
  readonly sides: readonly (number | null)[] | null
}

/** @returns null where it is no tensor of numbers */
export function numberPort(value: InferenceSession.ValueMetadata): NumberPort | null {
  if (!value.isTensor || !isNumberType(value.type)) return null
  const { name, shape, type } = value
  const sides = shape.map((side) => (typeof side === 'number' && side > 0 ? side : null))
  return { name, type, dtype: computedTypes[type], sides: sides.length === 0 ? null : sides }
}

function isNumberType(type: Tensor.Type): type is NumberType {
  return Object.hasOwn(computedTypes, type)
}

/** A tensor of TensorFlow.js in the type that a session takes it in. */
export async function givenTensor(
  { Tensor }: OnnxRuntime,
  input: tf.Tensor,
  { type }: NumberPort,
): Promise<Tensor> {
  const values = await input.data()
  const { shape } = input
  switch (type) {
    case 'float32':
      return new Tensor(type, Float32Array.from(values), shape)
    case 'float64':
      return new Tensor(type, Float64Array.from(values), shape)
    case 'float16':
      return new Tensor(type, Uint16Array.from(values, numberToFloat16), shape)
    case 'int8':
      return new Tensor(type, Int8Array.from(values), shape)
    case 'uint8':
      return new Tensor(type, Uint8Array.from(values), shape)
    case 'int16':
      return new Tensor(type, Int16Array.from(values), shape)
    case 'uint16':
      return new Tensor(type, Uint16Array.from(values), shape)
    case 'int32':
      return new Tensor(type, Int32Array.from(values), shape)
    case 'uint32':
      return new Tensor(type, Uint32Array.from(values), shape)
    case 'int64':
      return new Tensor(type, BigInt64Array.from(values, whole), shape)
    case 'uint64':
      return new Tensor(type, BigUint64Array.from(values, whole), shape)
    case 'bool':
      return new Tensor(
        type,
        Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
        shape,
      )
  }
}

function whole(value: number): bigint {
  return BigInt(Math.trunc(value))
}

/** What a session gives, as TensorFlow.js holds it. */
export function takenTensor({ data, dims, type }: Tensor): tf.Tensor {
  const dtype = isNumberType(type) ? computedTypes[type] : 'float32'
  const values =
    type === 'float16' && data instanceof Uint16Array
      ? fromFloat16(data)
      : dtype === 'float32'
        ? Float32Array.from(data as ArrayLike<number>)
        : Int32Array.from(data as ArrayLike<number>, Number)
  const shape = [...dims]
  return dtype === 'bool'
    ? tf.tensor(Uint8Array.from(values), shape, 'bool')
    : tf.tensor(values, shape, dtype)
}
