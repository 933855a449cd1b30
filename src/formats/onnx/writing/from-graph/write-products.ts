import type { Side, Sides } from '../../../../graph/sides/side'
import { broadcast } from '../../../../graph/sides/sides'
import { NotWritable, positive, upTo } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import { combined, withNumber } from './write-combining'
import { reduced } from './write-reductions'
import { text } from './written-attributes'
import { allInputs, input, realInput, realOption } from './writing'
import type { Write, Writing } from './writing'

/** Sides of a product of matrices; a list is a row in front and a column behind, and that axis goes. */
function productSides(a: Sides, b: Sides): Sides {
  const [isRow, isColumn] = [a.length === 1, b.length === 1]
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2))
  if (batch === null) throw new NotWritable('unknown')
  const rows: Side[] = isRow ? [] : [a.at(-2) ?? null]
  const columns: Side[] = isColumn ? [] : [b.at(-1) ?? null]
  return [...batch, ...rows, ...columns]
}

export function matrixProduct(net: OnnxWriter, a: Wire, b: Wire): Wire {
  const sides = productSides(a.sides, b.sides)
  return net.node('MatMul', [a, b], {}, { sides, dtype: a.dtype })
}

/** The last two axes change places. */
function swapped(net: OnnxWriter, x: Wire): Wire {
  const { length } = x.sides
  return net.transpose(x, [...upTo(length - 2), length - 1, length - 2])
}

/** Both of one type. */
function alike(writing: Writing<'matMul' | 'einsum'>, place: number, isReal: boolean): Wire {
  return isReal ? realInput(writing, place) : writing.net.cast(input(writing, place), 'int32')
}

function areReal(writing: Writing<'matMul' | 'einsum'>): boolean {
  return allInputs({ ...writing, inputs: writing.inputs.filter((wire) => wire !== null) }).some(
    ({ dtype }) => dtype === 'float32',
  )
}

export const matMul: Write<'matMul'> = (writing) => {
  const { net, node } = writing
  const { transposeA, transposeB } = node.attributes
  const isReal = areReal(writing)
  const [a, b] = [0, 1].map((place) => alike(writing, place, isReal)) as [Wire, Wire]
  const left = transposeA && a.sides.length > 1 ? swapped(net, a) : a
  const right = transposeB && b.sides.length > 1 ? swapped(net, b) : b
  const product = matrixProduct(net, left, right)
  const bias = realOption(writing, 2)
  return bias === null ? product : combined(net, 'Add', product, bias)
}

/** What Keras adds to nothing before it divides by it. */
const LEAST_SQUARE = 1e-7

function ofUnitLength(net: OnnxWriter, x: Wire, axis: number): Wire {
  const squares = reduced(net, 'Sum', combined(net, 'Mul', x, x), [axis], true)
  const least = withNumber(net, 'Max', squares, LEAST_SQUARE)
  return combined(net, 'Div', x, net.one('Sqrt', [least]))
}

interface Lettered {
  readonly x: Wire
  readonly letters: string
}

function summed(net: OnnxWriter, terms: readonly Lettered[], made: string): Wire {
  const sides = new Map(
    terms.flatMap(({ letters, x }) =>
      letters.split('').map((letter, at) => [letter, x.sides[at] ?? null] as const),
    ),
  )
  const equation = `${terms.map(({ letters }) => letters).join(',')}->${made}`
  const [first] = terms
  if (first === undefined) throw new NotWritable('unknown')
  return net.node(
    'Einsum',
    terms.map(({ x }) => x),
    { equation: text(equation) },
    { sides: made.split('').map((letter) => sides.get(letter) ?? null), dtype: first.x.dtype },
  )
}

export const dot: Write<'dot'> = (writing) => {
  const { net, node } = writing
  const { axisA, axisB, batch = 1, normalize } = node.attributes
  const common = 'abcdefg'.slice(0, batch)
  const [a, b] = (
    [
      [0, axisA, `${common}hijklm`],
      [1, axisB, `${common}nopqrs`],
    ] as const
  ).map(([at, axis, letters]) => {
    const x = realInput(writing, at)
    const place = positive(axis, x.sides.length)
    return {
      x: normalize ? ofUnitLength(net, x, place) : x,
      letters: upTo(x.sides.length)
        .map((own) => (own === place ? 'z' : (letters[own] ?? '')))
        .join(''),
    }
  })
  if (a === undefined || b === undefined) throw new NotWritable('unknown')
  const made = `${a.letters}${b.letters.slice(batch)}`.replaceAll('z', '')
  const result = summed(net, [a, b], made)
  return result.sides.length === batch ? net.unsqueeze(result, [batch]) : result
}

export const einsum: Write<'einsum'> = (writing) => {
  const [read = '', made = ''] = writing.node.attributes.equation.split('->')
  const isReal = areReal(writing)
  const terms = read.split(',').map((letters, place) => ({
    x: alike(writing, place, isReal),
    letters,
  }))
  return summed(writing.net, terms, made)
}
