import type { OutputKind } from '../../core/output-kind'

/** A probability of zero has no logarithm; float32 softmax underflows near 1e-38, this is far above. */
const LEAST_PROBABILITY = 1e-10

/**
 * Brings an output back to logits, in double precision. Softmax only fixes them up to a constant, so
 * log p is centred on zero per row; a sigmoid is inverted, log(p / (1 - p)); scores stay.
 * @param values rows x columns
 */
export function toLogits(values: Float32Array, columns: number, kind: OutputKind): Float64Array {
  const logits = Float64Array.from(values)
  if (kind === 'scores') return logits
  for (let i = 0; i < logits.length; i++) {
    const p = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, logits[i] ?? 0))
    logits[i] = kind === 'sigmoid' ? Math.log(p / (1 - p)) : Math.log(p)
  }
  if (kind === 'probabilities')
    for (let start = 0; start < logits.length; start += columns) {
      const row = logits.subarray(start, start + columns)
      const mean = row.reduce((sum, value) => sum + value, 0) / columns
      row.forEach((value, i) => (row[i] = value - mean))
    }
  return logits
}

/** ||found - expected|| / ||expected|| of one row; 0 for equal rows, 1 where only `expected` is zero. */
export function relativeDistance(expected: Float64Array, found: Float64Array): number {
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    difference += ((found[i] ?? NaN) - (expected[i] ?? 0)) ** 2
    norm += (expected[i] ?? 0) ** 2
  }
  if (difference === 0) return 0
  return norm === 0 ? 1 : Math.sqrt(difference / norm)
}

/** The cosine of the angle between two rows, -1 to 1; 1 for equal rows, 0 where only one is zero. */
export function cosineSimilarity(expected: Float64Array, found: Float64Array): number {
  let product = 0
  let left = 0
  let right = 0
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [expected[i] ?? 0, found[i] ?? NaN]
    product += a * b
    left += a ** 2
    right += b ** 2
  }
  if (left === 0 && right === 0) return 1
  return left === 0 || right === 0 ? 0 : product / Math.sqrt(left * right)
}

/** KL(softmax(expected) || softmax(found)) of one row, in nats. */
export function softmaxDivergence(expected: Float64Array, found: Float64Array): number {
  const p = logSoftmax(expected)
  const q = logSoftmax(found)
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const logP = p[i] ?? 0
    sum += Math.exp(logP) * (logP - (q[i] ?? 0))
  }
  return Math.max(0, sum)
}

function logSoftmax(row: Float64Array): Float64Array {
  const max = row.reduce((a, b) => Math.max(a, b), -Infinity)
  const sum = row.reduce((total, value) => total + Math.exp(value - max), 0)
  return row.map((value) => value - max - Math.log(sum))
}
