import { product } from '../../../graph/sides/side'
import type { Side, Sides } from '../../../graph/sides/side'
import { broadcast } from '../../../graph/sides/sides'
import { fixed, NotWritable, places, positive, upTo } from '../../graph-writing/not-writable'
import { haveSameSides, isFusedBias } from './graph-writer'
import type { GraphWriter, Wire } from './graph-writer'
import { flag, type, whole, wordList } from './written-attributes'
import { allInputs, input } from './writing'
import type { Write } from './writing'
import { taken } from './taken-places'
import { reduced } from './write-reductions'

interface Product {
  readonly net: GraphWriter
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly bias: Wire | null
}

function rowsAndColumns(a: Wire, b: Wire, { transposeA, transposeB }: Product): Sides {
  const rows = a.sides.at(transposeA ? -1 : -2) ?? null
  return [rows, b.sides.at(transposeB ? -2 : -1) ?? null]
}

/** Two matrices, or as many pairs of them. */
function multiplied(a: Wire, b: Wire, asked: Product): Wire {
  const { net, transposeA, transposeB, bias } = asked
  const isOne = a.sides.length === 2 && b.sides.length === 2
  const dtype = a.dtype
  const sides = [...a.sides.slice(0, -2), ...rowsAndColumns(a, b, asked)]
  if (!isOne) {
    const attributes = { T: type(dtype), adj_x: flag(transposeA), adj_y: flag(transposeB) }
    return biased(net.node('BatchMatMulV2', [a, b], attributes, { sides, dtype }), asked)
  }
  const attributes = {
    ...{ T: type(dtype), transpose_a: flag(transposeA), transpose_b: flag(transposeB) },
  }
  // Of others the fused kernel of WebAssembly adds the last bias to all rows but the first.
  const isPlain = !transposeA && !transposeB
  if (bias === null || !isPlain || !isFusedBias(bias))
    return biased(net.node('MatMul', [a, b], attributes, { sides, dtype }), asked)
  const fused = { fused_ops: wordList(['BiasAdd']), num_args: whole(1) }
  return net.node('_FusedMatMul', [a, b, bias], { ...attributes, ...fused }, { sides, dtype })
}

/** Of two matrices. */
export function matrixProduct(net: GraphWriter, a: Wire, b: Wire, bias: Wire | null): Wire {
  return multiplied(a, b, { net, transposeA: false, transposeB: false, bias })
}

function biased(x: Wire, { bias, net }: Product): Wire {
  return bias === null ? x : net.one('AddV2', [x, bias])
}

/** Backends count one batch axis: other ones are made even, or, where b is one matrix, rows of a. */
function matrices(a: Wire, b: Wire, asked: Product): Wire {
  const { net, transposeA } = asked
  const isOne = b.sides.slice(0, -2).every((side) => side === 1)
  if (isOne && a.sides.length >= b.sides.length && !transposeA) {
    const sides = a.sides.slice(0, -1)
    const rows = net.reshape(a, [product(sides), a.sides.at(-1) ?? null])
    const result = multiplied(rows, net.reshape(b, b.sides.slice(-2)), asked)
    return net.reshape(result, [...sides, result.sides.at(-1) ?? null])
  }
  const batch = broadcast(a.sides.slice(0, -2), b.sides.slice(0, -2))
  if (batch === null) throw new NotWritable('unknown')
  return multiplied(stretched(net, a, batch), stretched(net, b, batch), asked)
}

function stretched(net: GraphWriter, x: Wire, batch: Sides): Wire {
  return spreadOver(net, x, [...batch, ...x.sides.slice(-2)])
}

/** Sides of one stretched to these. */
export function spreadOver(net: GraphWriter, x: Wire, sides: Sides): Wire {
  if (haveSameSides(x.sides, sides)) return x
  const attributes = { T: type(x.dtype), Tidx: type('int32') }
  return net.node('BroadcastTo', [x, net.sizes(sides)], attributes, { sides, dtype: x.dtype })
}

export const matMul: Write<'matMul'> = (writing) => {
  const { net, node, inputs } = writing
  const { transposeA, transposeB } = node.attributes
  const [a, b] = alike(net, input(writing, 0), input(writing, 1))
  const asked = { net, transposeA, transposeB, bias: inputs[2] ?? null }
  const [lone, other] = [a.sides.length === 1, b.sides.length === 1]
  if (!lone && !other) return matrices(a, b, asked)
  // A list is a row where it stands left and a column where it stands right, and that axis goes.
  const left = lone ? net.reshape(a, [1, a.sides[0] ?? null]) : a
  const right = other ? net.reshape(b, [b.sides[0] ?? null, 1]) : b
  const settings = {
    ...asked,
    transposeA: !lone && transposeA,
    transposeB: !other && transposeB,
  }
  const result = matrices(left, right, settings)
  const row = result.sides.length - 2
  return net.squeeze(result, [...(lone ? [row] : []), ...(other ? [row + 1] : [])])
}

/** Whole numbers that meet real ones are real. */
function alike(net: GraphWriter, a: Wire, b: Wire): [Wire, Wire] {
  const isReal = a.dtype === 'float32' || b.dtype === 'float32'
  return isReal ? [net.cast(a, 'float32'), net.cast(b, 'float32')] : [a, b]
}

/** A value with a letter for each of its axes. */
interface Lettered {
  readonly x: Wire
  readonly letters: readonly string[]
}

/**
 * Sums of products in the letters of Einstein, two values at a time, each pair as a product of matrices: the WebAssembly
 * backend of TensorFlow.js has no operator of such sums.
 */
function contracted(net: GraphWriter, terms: readonly Lettered[], result: readonly string[]): Wire {
  const [first, ...others] = terms.map((term) => withoutTwice(net, term))
  if (first === undefined) throw new NotWritable('unknown')
  const all = others.reduce<Lettered>((a, b, place) => {
    const later = new Set([...result, ...others.slice(place + 1).flatMap(({ letters }) => letters)])
    return pair(net, a, b, later)
  }, first)
  return ordered(net, summed(net, all, new Set(result)), result)
}

/** A letter twice in one value is its diagonal. */
function withoutTwice(net: GraphWriter, term: Lettered): Lettered {
  const { x, letters } = term
  const twice = letters.find((letter, at) => letters.indexOf(letter) < at)
  if (twice === undefined) return term
  const [one, other] = [letters.indexOf(twice), letters.lastIndexOf(twice)]
  const left = letters.flatMap((_, at) => (at === one || at === other ? [] : [at]))
  const last = net.transpose(x, [...left, one, other])
  const side = places(fixed(last.sides.at(-1)))
  const before = last.sides.slice(0, -2)
  const rows = net.reshape(last, [product(before), side * side])
  const own = net.wholes(upTo(side).map((at) => at * (side + 1)))
  const diagonal = net.reshape(taken(net, rows, own, 1), [...before, side])
  return withoutTwice(net, {
    x: diagonal,
    letters: [...left.map((at) => letters[at] ?? ''), twice],
  })
}

function ordered(net: GraphWriter, { x, letters }: Lettered, result: readonly string[]): Wire {
  return net.transpose(
    x,
    result.map((letter) => letters.indexOf(letter)),
  )
}

function summed(net: GraphWriter, { x, letters }: Lettered, wanted: ReadonlySet<string>): Lettered {
  const gone = letters.flatMap((letter, at) => (wanted.has(letter) ? [] : [at]))
  if (gone.length === 0) return { x, letters }
  const left = letters.filter((letter) => wanted.has(letter))
  return { x: reduced(net, 'Sum', x, gone, false), letters: left }
}

function pair(
  net: GraphWriter,
  one: Lettered,
  other: Lettered,
  later: ReadonlySet<string>,
): Lettered {
  const a = summed(net, one, new Set([...other.letters, ...later]))
  const b = summed(net, other, new Set([...a.letters, ...later]))
  const both = a.letters.filter((letter) => b.letters.includes(letter))
  const batch = both.filter((letter) => later.has(letter))
  const inner = both.filter((letter) => !later.has(letter))
  const rows = a.letters.filter((letter) => !both.includes(letter))
  const columns = b.letters.filter((letter) => !both.includes(letter))
  const sides = new Map([...sidesOf(a), ...sidesOf(b)])
  const size = (letters: readonly string[]): Side[] =>
    letters.map((letter) => sides.get(letter) ?? null)
  const counts = (...groups: readonly (readonly string[])[]): Side[] =>
    groups.map((letters) => product(size(letters)))
  const lead = batch.length === 0 ? [] : [batch]
  const left = net.reshape(
    ordered(net, a, [...batch, ...rows, ...inner]),
    counts(...lead, rows, inner),
  )
  const right = net.reshape(
    ordered(net, b, [...batch, ...inner, ...columns]),
    counts(...lead, inner, columns),
  )
  const letters = [...batch, ...rows, ...columns]
  return { x: net.reshape(matrixProduct(net, left, right, null), size(letters)), letters }
}

function sidesOf({ x, letters }: Lettered): [string, Side][] {
  return letters.map((letter, at) => [letter, x.sides[at] ?? null])
}

/** What Keras adds to nothing before it divides by it. */
const LEAST_SQUARE = 1e-7

function ofUnitLength(net: GraphWriter, x: Wire, axis: number): Wire {
  const squares = reduced(net, 'Sum', net.one('Square', [x]), [axis], true)
  const least = net.one('Maximum', [squares, net.number(LEAST_SQUARE)])
  return net.one('RealDiv', [x, net.one('Sqrt', [least])])
}

export const dot: Write<'dot'> = (writing) => {
  const { net, node } = writing
  const { axisA, axisB, batch = 1, normalize } = node.attributes
  const common = 'abcdefg'.slice(0, batch)
  const terms = [
    [input(writing, 0), axisA, `${common}hijklm`] as const,
    [input(writing, 1), axisB, `${common}nopqrs`] as const,
  ].map(([x, axis, letters]) => {
    const place = positive(axis, x.sides.length)
    return {
      x: normalize ? ofUnitLength(net, x, place) : x,
      letters: upTo(x.sides.length).map((at) => (at === place ? 'z' : (letters[at] ?? ''))),
    }
  })
  const [a, b] = terms
  if (a === undefined || b === undefined) throw new NotWritable('unknown')
  const left = [...a.letters, ...b.letters.slice(batch)].filter((letter) => letter !== 'z')
  const result = contracted(net, terms, left)
  return result.sides.length === batch ? net.reshape(result, [...result.sides, 1]) : result
}

export const einsum: Write<'einsum'> = (writing) => {
  const [read = '', made = ''] = writing.node.attributes.equation.split('->')
  const terms = read.split(',')
  return contracted(
    writing.net,
    allInputs(writing).map((x, place) => ({ x, letters: (terms[place] ?? '').split('') })),
    made.split(''),
  )
}
