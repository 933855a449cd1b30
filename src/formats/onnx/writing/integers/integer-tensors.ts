import { elementCount } from '../../../../core/tensor-spec'
import type { StoredForm } from '../../../exporter'
import type { NewTensor } from '../graph-editor'
import type { MadeBytes } from '../wire-fields'
import type { IntegerKernel } from './integer-kernel'

/** A tensor with its numbers. */
export interface NumberedTensor extends NewTensor {
  readonly numbers: MadeBytes
}

/** Codes of a weight and the steps that they are of, along an axis. */
export interface IntegerTensors {
  readonly codes: NumberedTensor
  readonly scale: NumberedTensor
  /** Zeros, where kernels ask for them. */
  readonly zeroPoint: NumberedTensor | null
  readonly axis: number
  /** What a reader makes of them. */
  readonly form: StoredForm
}

/**
 * The weight of a product; a reader of this studio takes its codes for it, under its own name.
 * @param hasZeros onnxruntime 1.32 takes codes of a `Gemm` into its kernel where there is a zero point, and else decodes them
 */
export function kernelTensors(
  weight: string,
  { axis, codes, scale, shape }: IntegerKernel,
  hasZeros: boolean,
  fresh: (wanted: string) => string,
): IntegerTensors {
  const inner = elementCount(shape.slice(axis + 1))
  const stepOf = (at: number): number => scale[Math.floor(at / inner) % scale.length] ?? 0
  const name = fresh(`${weight}_quantized`)
  return {
    codes: tensorOf(name, 'I8', shape, codes),
    scale: tensorOf(fresh(`${weight}_scale`), 'F32', [scale.length], scale),
    zeroPoint: hasZeros
      ? tensorOf(fresh(`${weight}_zero_point`), 'I8', [scale.length], new Int8Array(scale.length))
      : null,
    axis,
    form: formOf(weight, 'int8', codes, scale, stepOf),
  }
}

/** A bias in steps of the product of both scales, which kernels add to sums of codes. */
export function biasTensors(
  bias: string,
  values: Float64Array,
  ofInput: number,
  { scale: ofKernel }: IntegerKernel,
  fresh: (wanted: string) => string,
): IntegerTensors {
  const scale = ofKernel.map((step) => Math.fround(step * ofInput))
  const codes = Int32Array.from(values, (value, at) => Math.round(value / (scale[at] ?? 1)))
  const name = fresh(`${bias}_quantized`)
  return {
    codes: tensorOf(name, 'I32', [codes.length], codes),
    scale: tensorOf(fresh(`${bias}_scale`), 'F32', [scale.length], scale),
    zeroPoint: null,
    axis: 0,
    // Of int32 a reader keeps the name of the codes.
    form: formOf(name, 'int32', codes, scale, (at) => scale[at] ?? 0),
  }
}

type Numbers = Int8Array | Int32Array | Float32Array | Uint8Array

function bytesOf({ buffer, byteLength, byteOffset }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

export function tensorOf(
  name: string,
  type: NewTensor['type'],
  shape: readonly number[],
  held: Numbers,
): NumberedTensor {
  const bytes = bytesOf(held)
  const content = (from: number, to: number): Uint8Array => bytes.subarray(from, to)
  const size = bytes.length
  return { name, type, shape, size, numbers: { size, content } }
}

function formOf(
  name: string,
  storedAs: StoredForm['storedAs'],
  codes: Int8Array | Int32Array,
  scale: Float32Array,
  stepOf: (at: number) => number,
): StoredForm {
  const [own, steps] = [bytesOf(codes), bytesOf(scale)]
  const size = own.length + steps.length
  return {
    ...{ name, storedAs, reason: null, entry: null, length: codes.length, bytes: size },
    content: (from = 0, to = size) => {
      const all = new Uint8Array(size)
      all.set(own)
      all.set(steps, own.length)
      return all.subarray(from, to)
    },
    restored: (from = 0, to = codes.length) =>
      Float32Array.from(codes.subarray(from, to), (code, at) => code * stepOf(from + at)),
  }
}
