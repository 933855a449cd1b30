import * as tf from '@tensorflow/tfjs'
import { node } from '../../../testing/models/small-graphs'
import { testAgainstStock, valueAt as x } from '../../../testing/models/stock-shapes'
import type { ShapeCase, ShapeDraw } from '../../../testing/models/stock-shapes'

const cases: { readonly [Name in string]: (draw: ShapeDraw) => ShapeCase } = {
  reshape: (draw) => {
    const sides = draw.sides(1, 4)
    const joined = draw.between(0, sides.length - 1)
    const to = [...sides.slice(0, joined), sides.slice(joined).reduce((all, side) => all * side, 1)]
    const shown = to.map((side, at) => (at < joined && draw.once() ? 0 : side))
    const open = draw.once() ? shown.with(draw.between(0, to.length - 1), -1) : shown
    return {
      inputs: { x: sides },
      node: node('reshape', { to: open }, ['x']),
      stock: (values) => tf.reshape(x(values), to),
    }
  },
  expand: (draw) => {
    const to = draw.sides(1, 4)
    const sides = to.map((side) => (draw.once() ? side : 1)).slice(draw.between(0, to.length - 1))
    return {
      inputs: { x: sides },
      node: node('expand', { to }, ['x']),
      stock: (values) => tf.broadcastTo(x(values), to),
    }
  },
  fill: (draw) => {
    const to = draw.sides(1, 4)
    return {
      inputs: { value: [] },
      node: node('fill', { to }, [null, 'value']),
      stock: () => tf.fill(to, 0),
    }
  },
  'reshape to what is computed': (draw) => {
    const sides = draw.sides(2, 4)
    const total = sides.reduce((all, side) => all * side, 1)
    const to = [sides[0] ?? 1, draw.once() ? -1 : total / (sides[0] ?? 1)]
    return {
      inputs: { x: sides },
      numbers: { sizes: to },
      node: node('reshape', { to: null }, ['x', 'sizes']),
      stock: (values) => tf.reshape(x(values), to),
    }
  },
  range: (draw) => {
    const numbers = [draw.between(-3, 3), draw.between(4, 9), draw.between(1, 3)] as const
    const [start, limit, step] = numbers
    return {
      inputs: {},
      numbers: { start: [start], limit: [limit], step: [step] },
      node: node('range', {}, ['start', 'limit', 'step']),
      stock: () => tf.range(start, limit, step),
    }
  },
}

testAgainstStock(cases)
