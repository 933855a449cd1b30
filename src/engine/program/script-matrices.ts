import * as tf from '@tensorflow/tfjs'
import { decodeRange } from '../../core/encoded-tensor'
import type { ModelGraph } from '../../graph/graph'
import type { ValueName } from '../../graph/values'
import type { NamedWeight } from '../model/runnable-model'

/** Weights of a matrix that is not multiplied as a whole, and of a piece of it. */
export const LARGE_MATRIX = 2 ** 23
export const PIECE_OF_MATRIX = 2 ** 19

/** A large matrix that stays with the script: what is multiplied with it gets it in pieces. */
export interface ScriptMatrix {
  readonly shape: readonly number[]
  /** Rows [from, to), as [to - from, columns]. The caller disposes it. */
  readonly rows: (from: number, to: number) => tf.Tensor2D
}

const matrices = new WeakMap<tf.Tensor, ScriptMatrix>()

/** What the stand-in of a matrix stands for; null: it is a value like others. */
export function scriptMatrix(tensor: tf.Tensor | null): ScriptMatrix | null {
  return tensor === null ? null : (matrices.get(tensor) ?? null)
}

/** A single number that only a product of matrices can read, as the matrix that the weight is at that moment. */
export function standIn(weight: () => NamedWeight): tf.Tensor {
  const number = tf.scalar(NaN)
  const [, columns = 1] = weight().spec.shape
  matrices.set(number, {
    shape: weight().spec.shape,
    rows: (from, to) =>
      tf.tensor2d(read(weight(), from * columns, to * columns), [to - from, columns]),
  })
  return number
}

/** The device has copied a piece when the next one is made. */
const room = new Float32Array(PIECE_OF_MATRIX)

/** Codes are decoded where they are read, so that nobody holds a large tensor twice. */
function read(weight: NamedWeight, from: number, to: number): Float32Array {
  const { encoded } = weight
  if (encoded === undefined) return weight.values.subarray(from, to)
  return decodeRange(encoded, from, to, to - from <= room.length ? room : undefined)
}

/** Weights that are read as right matrices alone, and are most of a large model. */
export function largeMatrices({ nodes, outputs, parameters }: ModelGraph): ReadonlySet<ValueName> {
  const large = new Set(
    [...parameters].flatMap(([name, { shape, dtype }]) => {
      const [rows = 0, columns = 0] = shape
      return shape.length === 2 && dtype === 'float32' && rows * columns >= LARGE_MATRIX
        ? [name]
        : []
    }),
  )
  for (const name of outputs) large.delete(name)
  for (const node of nodes)
    for (const [place, name] of node.inputs.entries()) {
      const isRight = node.op === 'matMul' && place === 1 && !node.attributes.transposeA
      if (name !== null && !isRight) large.delete(name)
    }
  return large
}
