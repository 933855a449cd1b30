import * as tf from '@tensorflow/tfjs'

export function areWhole(...values: readonly tf.Tensor[]): boolean {
  return values.every(({ dtype }) => dtype === 'int32')
}

interface WholeParts {
  /** Rounded down. */
  readonly quotient: tf.Tensor
  /** With the sign of what was divided by. */
  readonly rest: tf.Tensor
}

/** Of whole numbers: WebAssembly divides them as real numbers of 24 bits, so that what it leaves is divided once more. */
export function wholeParts(a: tf.Tensor, b: tf.Tensor): WholeParts {
  const rest = tf.mod(a, b)
  const even = tf.sub(a, rest)
  const rough = nearest(even, b)
  return { quotient: tf.add(rough, nearest(tf.sub(even, tf.mul(rough, b)), b)), rest }
}

function nearest(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.cast(tf.round(tf.div(tf.cast(a, 'float32'), tf.cast(b, 'float32'))), 'int32')
}

/** One where something is left over and what is divided lies on the other side of zero than what it is divided by. */
function isBelow(a: tf.Tensor, b: tf.Tensor, rest: tf.Tensor): tf.Tensor {
  const crosses = tf.notEqual(tf.less(a, 0), tf.less(b, 0))
  return tf.cast(tf.logicalAnd(crosses, tf.notEqual(rest, 0)), 'int32')
}

/** A quotient towards zero. */
export function truncated(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (areWhole(a, b)) {
    const { quotient, rest } = wholeParts(a, b)
    return tf.add(quotient, isBelow(a, b, rest))
  }
  const quotient = tf.div(a, b)
  return tf.where(tf.less(quotient, 0), tf.ceil(quotient), tf.floor(quotient))
}

/** What such a quotient leaves. */
export function left(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (!areWhole(a, b)) return tf.sub(a, tf.mul(truncated(a, b), b))
  const rest = tf.mod(a, b)
  return tf.sub(rest, tf.mul(isBelow(a, b, rest), b))
}
