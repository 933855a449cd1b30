import * as tf from '@tensorflow/tfjs'
import { node } from '../../../testing/models/small-graphs'
import { testAgainstStock, valueAt as x } from '../../../testing/models/stock-shapes'
import type { ShapeCase, ShapeDraw } from '../../../testing/models/stock-shapes'

const cases: { readonly [Name in string]: (draw: ShapeDraw) => ShapeCase } = {
  matMul: (draw) => {
    const [rows, inner, columns] = draw.list(3, 1, 4) as [number, number, number]
    const batch = draw.list(draw.between(0, 2), 2, 3)
    const [transposeA, transposeB] = [draw.once(), draw.once()]
    const other = draw.once() ? batch : batch.map((side) => (draw.once() ? side : 1))
    return {
      inputs: {
        a: [...batch, ...(transposeA ? [inner, rows] : [rows, inner])],
        b: [...(draw.once() ? other : []), ...(transposeB ? [columns, inner] : [inner, columns])],
      },
      node: node('matMul', { transposeA, transposeB }, ['a', 'b']),
      stock: (values) => tf.matMul(x(values), x(values, 1), transposeA, transposeB),
    }
  },
  dot: (draw) => {
    const shared = draw.between(1, 4)
    const side = (rank: number, axis: number): number[] =>
      [2, ...draw.list(rank - 1, 1, 4)].with(axis, shared)
    const [rankA, rankB] = draw.list(2, 2, 3) as [number, number]
    const axisA = draw.between(1, rankA - 1)
    const axisB = draw.between(1, rankB - 1)
    return {
      inputs: { a: side(rankA, axisA), b: side(rankB, axisB) },
      node: node('dot', { axisA, axisB, normalize: false }, ['a', 'b']),
      stock: (values) => tf.layers.dot({ axes: [axisA, axisB] }).apply([...values]) as tf.Tensor,
    }
  },
  einsum: (draw) => {
    const [equation, ...terms] = draw.one([
      ['ab,bc->ac', 'ab', 'bc'],
      ['abc,cd->abd', 'abc', 'cd'],
      ['bqd,bkd->bqk', 'bqd', 'bkd'],
      ['abc->ca', 'abc'],
    ] as const)
    const sides = new Map('abcdqk'.split('').map((letter) => [letter, draw.between(1, 4)]))
    const inputs = Object.fromEntries(
      terms.map((term, at) => [`x${at}`, term.split('').map((letter) => sides.get(letter) ?? 0)]),
    )
    return {
      inputs,
      node: node('einsum', { equation }, Object.keys(inputs)),
      stock: (values) => tf.einsum(equation, ...values),
    }
  },
  reduce: (draw) => {
    const sides = draw.sides(1, 4)
    const axes = [...sides.keys()].filter(() => draw.once())
    const keepDims = draw.once()
    const all = axes.length === 0
    const shown = axes.map((axis) => (draw.once() ? axis : axis - sides.length))
    return {
      inputs: { x: sides },
      node: node('reduce', { function: 'Sum', axes: all ? null : shown, keepDims }, ['x']),
      stock: (values) => tf.sum(x(values), all ? undefined : shown, keepDims),
    }
  },
  argExtreme: (draw) => {
    const sides = draw.sides(1, 4)
    const axis = draw.between(-sides.length, sides.length - 1)
    return {
      inputs: { x: sides },
      node: node('argExtreme', { function: 'ArgMax', axis, keepDims: false }, ['x']),
      stock: (values) => tf.argMax(x(values), axis),
    }
  },
  combine: (draw) => {
    const sides = draw.sides(0, 4)
    const stretched = sides.map((side) => (draw.once(3) ? 1 : side))
    const [a, b] = draw.once() ? [sides, stretched] : [stretched, sides]
    return {
      inputs: { a, b: b.slice(draw.between(0, b.length)) },
      node: node('combine', { function: 'Add' }, ['a', 'b']),
      stock: (values) => tf.add(x(values), x(values, 1)),
    }
  },
  where: (draw) => {
    const sides = draw.sides(1, 4)
    const one = (): number[] => sides.map((side) => (draw.once(3) ? 1 : side))
    return {
      inputs: { condition: one(), a: one(), b: one() },
      node: node('where', {}, ['condition', 'a', 'b']),
      stock: (values) => tf.where(x(values).cast('bool'), x(values, 1), x(values, 2)),
    }
  },
  topK: (draw) => {
    const most = draw.between(1, 5)
    const sides = [...draw.sides(0, 2), most]
    const count = draw.between(1, most)
    return {
      inputs: { x: sides },
      node: node('topK', { count, sorted: true }, ['x'], ['values', 'places']),
      stock: (values) => {
        const { values: most, indices } = tf.topk(x(values), count)
        return [most, indices]
      },
    }
  },
  oneHot: (draw) => {
    const depth = draw.between(2, 5)
    return {
      inputs: { x: draw.sides(1, 3) },
      node: node('oneHot', { depth, on: 1, off: 0, dtype: 'float32' }, ['x']),
      stock: (values) => tf.oneHot(x(values).cast('int32'), depth),
    }
  },
}

testAgainstStock(cases)
