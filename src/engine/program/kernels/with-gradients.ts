import * as tf from '@tensorflow/tfjs'
import { passedBetween } from '../../wasm-kernels/clip-gradient'
import { endsOf } from '../../wasm-kernels/limiting'
import type { Limiting } from '../../wasm-kernels/limiting'
import { isRecorded } from '../record-dependent'

/** Which inputs a gradient is asked of, in their order. */
export type Asked = readonly boolean[]

/** One operation on the tape. */
export interface Operation {
  /** null: left out. */
  readonly inputs: readonly (tf.Tensor | null)[]
  /** A new tensor; what is run for it is not on the tape. */
  readonly value: () => tf.Tensor
  /** What the way back needs, no more. */
  readonly keeps: (y: tf.Tensor, asked: Asked) => readonly tf.Tensor[]
  /** By input, what computes its gradient: called for those alone that one is asked of. */
  readonly gradients: (
    dy: tf.Tensor,
    kept: readonly tf.Tensor[],
    asked: Asked,
  ) => readonly (() => tf.Tensor)[]
}

/**
 * Carries an operation out as one on the tape. Gradients are computed for what is learnt and what depends on it: those
 * of the model's inputs and of weights that keep still cost nothing, nor is anything kept for them.
 */
export function withGradients({ inputs, value, keeps, gradients }: Operation): tf.Tensor {
  const asked = inputs.map((input) => input?.dtype === 'float32' && isRecorded(input))
  const of = inputs.filter((input, at): input is tf.Tensor => input !== null && asked[at] === true)
  if (!isOnTape() || of.length === 0) return value()
  const operation = tf.customGrad((...parameters: unknown[]) => {
    const y = value()
    const save = parameters.at(-1) as tf.GradSaveFunc
    save([...keeps(y, asked)])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const found = gradients(dy, kept, asked).filter((_, at) => asked[at])
        return found.map((gradient) => gradient())
      },
    }
  })
  return operation(...of)
}

/** Whether what is run now is recorded for a way back. */
export function isOnTape(): boolean {
  return tf.engine().state.gradientDepth > 0
}

/** As the kernel of this name computes them, by its inputs. */
export function gradientsOf(
  kernel: string,
  dy: tf.Tensor,
  saved: readonly tf.Tensor[],
  attributes: tf.NamedAttrMap = {},
): Readonly<Record<string, () => tf.Tensor>> {
  return tf.getGradient(kernel).gradFunc(dy, [...saved], { ...attributes })
}

/** Of what lies before a ReLU or ReLU6. @param y what that says */
export function beforeLimits(dy: tf.Tensor, y: tf.Tensor, activation: Limiting): tf.Tensor {
  if (activation === 'relu6') return passedBetween(dy, y, endsOf(activation))
  const { x } = gradientsOf('Relu', dy, [y])
  if (x === undefined) throw new RangeError('a ReLU without a gradient')
  return x()
}

/** Of a value that was stretched: what its places have in common is added up. */
export function summedTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape)
  const sum = axes.length === 0 ? dy : tf.sum(dy, axes)
  return shaped(sum, shape)
}

/** In this shape, and itself where it has it. */
export function shaped(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const isSame = x.rank === shape.length && x.shape.every((side, axis) => side === shape[axis])
  return isSame ? x : tf.reshape(x, [...shape])
}
