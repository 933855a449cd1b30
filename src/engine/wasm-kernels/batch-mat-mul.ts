import type * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import { type KernelHost, reshaped } from './backend-memory'
import { addBiasInPlace, isBiasPerChannel } from './bias'
import { isLimiting } from './limiting'
import { product } from './matrix-product'
import { trainingKernel } from './training-kernel'

interface Operands {
  readonly a: tf.TensorInfo
  readonly b: tf.TensorInfo
}

interface Transposition {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

interface FusedOperands extends Operands {
  readonly bias?: tf.TensorInfo
  readonly preluActivationWeights?: tf.TensorInfo
}

interface FusedAttributes extends Transposition {
  readonly activation: string
}

export const batchMatMul = trainingKernel(
  'BatchMatMul',
  (host: KernelHost, operands: Operands, attrs: Transposition) =>
    covers(operands)
      ? multiply(host, operands, attrs)
      : host.runStock('BatchMatMul', { ...operands }, attrs),
)

/** What dense layers call: matrix product, bias and activation. */
export const fusedMatMul = trainingKernel(
  '_FusedMatMul',
  (host: KernelHost, operands: FusedOperands, attrs: FusedAttributes) => {
    const { activation } = attrs
    const { bias, preluActivationWeights } = operands
    const channels = operands.b.shape.at(attrs.transposeB ? -2 : -1) ?? 0
    const simple = !preluActivationWeights && isBiasPerChannel(bias, channels)
    if (!isLimiting(activation) || !simple || !covers(operands)) {
      return host.runStock('_FusedMatMul', { ...operands }, attrs)
    }
    const result = multiply(host, operands, attrs)
    addBiasInPlace(host, result, bias, activation)
    return result
  },
)

/** Single float matrices. */
function covers({ a, b }: Operands): boolean {
  const single = [a, b].every((t) => elementCount(t.shape.slice(0, -2)) === 1)
  const float = a.dtype === 'float32' && b.dtype === 'float32'
  const empty = elementCount(a.shape) === 0 || elementCount(b.shape) === 0
  return single && float && !empty
}

function multiply(
  host: KernelHost,
  { a, b }: Operands,
  { transposeA, transposeB }: Transposition,
): tf.TensorInfo {
  const [aRows = 0, aColumns = 0] = a.shape.slice(-2)
  const [bRows = 0, bColumns = 0] = b.shape.slice(-2)
  const rows = transposeA ? aColumns : aRows
  const inner = transposeA ? aRows : aColumns
  const columns = transposeB ? bRows : bColumns
  if (inner !== (transposeB ? bColumns : bRows)) {
    throw new Error(
      `Matrix product of shapes [${a.shape.join()}] and [${b.shape.join()}], transposed ` +
        `${transposeA} and ${transposeB}: the inner sides differ.`,
    )
  }
  const batch = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2)
  const shape = [...batch, rows, columns]
  const turned = { a: transposeA, b: transposeB }
  return reshaped(product(host, a, b, rows, inner, columns, turned), shape)
}
