import * as tf from '@tensorflow/tfjs'
import { contracted } from '../../wasm-kernels/contraction'
import { LARGE_MATRIX, PIECE_OF_MATRIX, scriptMatrix } from '../script-matrices'
import type { ScriptMatrix } from '../script-matrices'
import { allGiven, given } from './kernel'
import type { Follower, Kernel } from './kernel'
import { weighed } from './with-bias'
import { isOnTape, shaped } from './with-gradients'

interface Product {
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly bias: tf.Tensor | null
  readonly follower: Follower | null
}

function multiplied(a: tf.Tensor, b: tf.Tensor, product: Product): tf.Tensor {
  const { transposeA, transposeB, bias, follower } = product
  if (isOnTape()) return learning(a, b, product)
  const isLarge = b.size >= LARGE_MATRIX && tf.getBackend() === 'wasm'
  if (isLarge && isPlainLeft(a, b, product))
    return inPieces(a as tf.Tensor2D, onDevice(b as tf.Tensor2D), product)
  if (bias === null && follower === null) return tf.matMul(a, b, transposeA, transposeB)
  if (bias !== null && !isPlain(a, b, product))
    return followed(tf.add(tf.matMul(a, b, transposeA, transposeB), bias), follower)
  return tf.fused.matMul({
    a,
    b,
    transposeA,
    transposeB,
    ...(bias === null ? {} : { bias }),
    ...(follower === null ? {} : { activation: follower.name }),
    ...(follower?.name === 'leakyrelu' ? { leakyreluAlpha: follower.alpha } : {}),
  })
}

/**
 * XNNPACK keeps a packed copy of a right matrix for as long as that matrix is there. Of one that is most of a large model
 * pieces are multiplied, each of which goes with its copy.
 * @param a [rows, inner]
 */
function inPieces(a: tf.Tensor2D, { shape, rows }: ScriptMatrix, product: Product): tf.Tensor {
  const { transposeB, bias, follower } = product
  const [count = 1, sides = 1] = shape
  const atOnce = Math.max(1, Math.floor(PIECE_OF_MATRIX / sides))
  const piece = (from: number): tf.Tensor =>
    tf.tidy(() => {
      const to = Math.min(count, from + atOnce)
      const some = rows(from, to)
      return transposeB
        ? tf.matMul(a, some, false, true)
        : tf.matMul(tf.slice(a, [0, from], [a.shape[0], to - from]), some)
    })
  const starts = Array.from({ length: Math.ceil(count / atOnce) }, (_, at) => at * atOnce)
  const result = transposeB
    ? tf.concat(starts.map(piece), 1)
    : starts.slice(1).reduce((sum, from) => tf.tidy(() => tf.add(sum, piece(from))), piece(0))
  return followed(bias === null ? result : tf.add(result, bias), follower)
}

function onDevice(b: tf.Tensor2D): ScriptMatrix {
  const [, columns] = b.shape
  return { shape: b.shape, rows: (from, to) => tf.slice(b, [from, 0], [to - from, columns]) }
}

/** Of others the fused kernel of WebAssembly adds the last bias to all rows but the first. */
function isPlain(a: tf.Tensor, b: tf.Tensor, { transposeA, transposeB }: Product): boolean {
  return !transposeB && isPlainLeft(a, b, { transposeA })
}

function followed(x: tf.Tensor, follower: Follower | null): tf.Tensor {
  if (follower === null) return x
  return follower.name === 'leakyrelu' ? tf.leakyRelu(x, follower.alpha) : tf[follower.name](x)
}

function isPlainLeft(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA }: Pick<Product, 'transposeA'>,
): boolean {
  return !transposeA && Math.max(a.rank, b.rank) === 2
}

/** The fused operator of tfjs computes all gradients or none, and no ReLU. */
function learning(a: tf.Tensor, b: tf.Tensor, product: Product): tf.Tensor {
  const { transposeA, transposeB, bias, follower } = product
  const attributes = { transposeA, transposeB }
  // The stock kernel of WebAssembly reads one batch axis.
  const inBatch = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [1, ...x.shape])
  return weighed({
    x: a,
    weights: b,
    bias,
    follower,
    kernel: 'BatchMatMul',
    names: ['a', 'b'],
    attributes,
    compute: () => {
      if (!isPlain(a, b, product) || (bias === null && follower === null)) {
        const result = tf.matMul(a, b, transposeA, transposeB)
        return followed(bias === null ? result : tf.add(result, bias), follower)
      }
      const result = tf
        .engine()
        .runKernel<tf.Tensor>(
          '_FusedMatMul',
          { a: inBatch(a), b: inBatch(b), ...(bias === null ? {} : { bias }) },
          { ...attributes, activation: follower?.name ?? 'linear' },
        )
      return tf.reshape(result, result.shape.slice(-2))
    },
  })
}

/** Stretched to these batch axes. */
function stretched(x: tf.Tensor, batch: readonly number[]): tf.Tensor {
  const sides = [...batch, ...x.shape.slice(-2)]
  return sides.join() === x.shape.join() ? x : tf.broadcastTo(x, sides)
}

/** Backends count one batch axis: other ones are made even, or, where b is one matrix, rows of a. */
function product(a: tf.Tensor, b: tf.Tensor, settings: Product): tf.Tensor {
  const isOne = b.size === (b.shape.at(-1) ?? 1) * (b.shape.at(-2) ?? 1)
  if (isOne && a.rank >= b.rank && !settings.transposeA) {
    const sides = a.shape.slice(0, -1)
    const count = sides.reduce((all, side) => all * side, 1)
    const rows = shaped(a, [count, a.shape.at(-1) ?? 1])
    const result = multiplied(rows, shaped(b, b.shape.slice(-2)), settings)
    return shaped(result, [...sides, result.shape.at(-1) ?? 1])
  }
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  )
  return multiplied(stretched(a, batch), stretched(b, batch), settings)
}

/** Whole numbers that meet real ones are real: fused kernels do not see to it. */
function alike(a: tf.Tensor, b: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const isReal = a.dtype === 'float32' || b.dtype === 'float32'
  const real = (x: tf.Tensor): tf.Tensor =>
    isReal && x.dtype !== 'float32' ? tf.cast(x, 'float32') : x
  return [real(a), real(b)]
}

export const matMul: Kernel<'matMul'> = (call) => {
  const { transposeA, transposeB } = call.node.attributes
  const settings = {
    transposeA,
    transposeB,
    bias: call.inputs[2] ?? null,
    follower: call.follower,
  }
  const matrix = scriptMatrix(given(call, 1))
  if (matrix !== null) {
    const x = tf.cast(given(call, 0), 'float32')
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, x.shape.at(-1) ?? 1])
    const result = inPieces(rows, matrix, settings)
    return shaped(result, [...x.shape.slice(0, -1), result.shape.at(-1) ?? 1])
  }
  const [a, b] = alike(given(call, 0), given(call, 1))
  if (a.rank > 1 && b.rank > 1) return product(a, b, settings)
  // A list is a row where it stands left and a column where it stands right, and that axis goes.
  const [left, right] = [
    a.rank === 1 ? tf.reshape(a, [1, -1]) : a,
    b.rank === 1 ? tf.reshape(b, [-1, 1]) : b,
  ]
  const result = product(left, right, {
    ...settings,
    transposeA: a.rank > 1 && transposeA,
    transposeB: b.rank > 1 && transposeB,
  })
  const row = result.rank - 2
  const gone = [...(a.rank === 1 ? [row] : []), ...(b.rank === 1 ? [row + 1] : [])]
  return tf.squeeze(result, gone)
}

/** What Keras adds to nothing before it divides by it. */
const LEAST_SQUARE = 1e-7

function ofUnitLength(x: tf.Tensor, axis: number): tf.Tensor {
  return tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), axis, true), LEAST_SQUARE)))
}

export const dot: Kernel<'dot'> = (call) => {
  const { axisA, axisB, batch = 1, normalize } = call.node.attributes
  const shared = 'abcdefg'.slice(0, batch)
  const [a, b] = [
    [given(call, 0), axisA, `${shared}hijklm`] as const,
    [given(call, 1), axisB, `${shared}nopqrs`] as const,
  ].map(([x, axis, letters]) => {
    const place = axis < 0 ? axis + x.rank : axis
    return {
      x: normalize ? ofUnitLength(x, place) : x,
      letters: letters
        .split('')
        .slice(0, x.rank)
        .map((letter, at) => (at === place ? 'z' : letter)),
    }
  })
  if (a === undefined || b === undefined) throw new RangeError('two values')
  const left = [...a.letters, ...b.letters.slice(batch)].filter((letter) => letter !== 'z')
  const result = contracted([a, b], left)
  return result.rank === batch ? tf.expandDims(result, batch) : result
}

export const einsum: Kernel<'einsum'> = (call) => {
  const [read = '', made = ''] = call.node.attributes.equation.split('->')
  const terms = read.split(',')
  return contracted(
    allGiven(call).map((x, place) => ({ x, letters: (terms[place] ?? '').split('') })),
    made.split(''),
  )
}
