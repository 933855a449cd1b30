import * as tf from '@tensorflow/tfjs'

/** A value with a letter for each of its axes. */
export interface Lettered {
  readonly x: tf.Tensor
  readonly letters: readonly string[]
}

/** Sums of products in the letters of Einstein, two values at a time, each pair as a product of matrices. */
export function contracted(terms: readonly Lettered[], result: readonly string[]): tf.Tensor {
  const [first, ...others] = terms.map(withoutTwice)
  if (first === undefined) throw new RangeError('nothing to sum')
  let left = others.reduce<Lettered>((a, b, place) => {
    const later = new Set([...result, ...others.slice(place + 1).flatMap(({ letters }) => letters)])
    return pair(a, b, later)
  }, first)
  left = summed(left, new Set(result))
  return ordered(left, result)
}

/** A letter twice in one value is its diagonal. */
function withoutTwice(term: Lettered): Lettered {
  const { x, letters } = term
  const twice = letters.find((letter, at) => letters.indexOf(letter) < at)
  if (twice === undefined) return term
  const [one, other] = [letters.indexOf(twice), letters.lastIndexOf(twice)]
  const left = letters.map((_, at) => at).filter((at) => at !== one && at !== other)
  const last = tf.transpose(x, [...left, one, other])
  const side = last.shape.at(-1) ?? 1
  const rows = tf.reshape(last, [-1, side * side])
  const places = tf.tensor1d(
    Array.from({ length: side }, (_, at) => at * (side + 1)),
    'int32',
  )
  const diagonal = tf.reshape(tf.gather(rows, places, 1), last.shape.slice(0, -1))
  return withoutTwice({
    x: diagonal,
    letters: [...letters.filter((letter) => letter !== twice), twice],
  })
}

function ordered({ x, letters }: Lettered, result: readonly string[]): tf.Tensor {
  const perm = result.map((letter) => letters.indexOf(letter))
  return perm.every((axis, at) => axis === at) ? x : tf.transpose(x, perm)
}

function summed({ x, letters }: Lettered, wanted: ReadonlySet<string>): Lettered {
  const gone = letters.flatMap((letter, at) => (wanted.has(letter) ? [] : [at]))
  if (gone.length === 0) return { x, letters }
  return { x: tf.sum(x, gone), letters: letters.filter((letter) => wanted.has(letter)) }
}

function pair(one: Lettered, other: Lettered, later: ReadonlySet<string>): Lettered {
  const a = summed(one, new Set([...other.letters, ...later]))
  const b = summed(other, new Set([...a.letters, ...later]))
  const both = a.letters.filter((letter) => b.letters.includes(letter))
  const batch = both.filter((letter) => later.has(letter))
  const inner = both.filter((letter) => !later.has(letter))
  const rows = a.letters.filter((letter) => !both.includes(letter))
  const columns = b.letters.filter((letter) => !both.includes(letter))
  const sides = new Map([...sidesOf(a), ...sidesOf(b)])
  const size = (letters: readonly string[]): number[] =>
    letters.map((letter) => sides.get(letter) ?? 1)
  const count = (letters: readonly string[]): number =>
    size(letters).reduce((product, side) => product * side, 1)
  const left = tf.reshape(ordered(a, [...batch, ...rows, ...inner]), [
    count(batch),
    count(rows),
    count(inner),
  ])
  const right = tf.reshape(ordered(b, [...batch, ...inner, ...columns]), [
    count(batch),
    count(inner),
    count(columns),
  ])
  const letters = [...batch, ...rows, ...columns]
  return { x: tf.reshape(tf.matMul(left, right), size(letters)), letters }
}

function sidesOf({ x, letters }: Lettered): [string, number][] {
  return letters.map((letter, at) => [letter, x.shape[at] ?? 1])
}
