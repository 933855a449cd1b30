import * as tf from '@tensorflow/tfjs'
import { node } from '../../../testing/models/small-graphs'
import { testAgainstStock, valueAt as x } from '../../../testing/models/stock-shapes'
import type { ShapeCase, ShapeDraw } from '../../../testing/models/stock-shapes'

const cases: { readonly [Name in string]: (draw: ShapeDraw) => ShapeCase } = {
  concat: (draw) => {
    const sides = draw.sides(1, 4)
    const axis = draw.between(-sides.length, sides.length - 1)
    const inputs = Object.fromEntries(
      draw.list(draw.between(1, 3), 1, 4).map((side, at) => [`x${at}`, sides.with(axis, side)]),
    )
    return {
      inputs,
      node: node('concat', { axis }, Object.keys(inputs)),
      stock: (values) => tf.concat([...values], axis),
    }
  },
  stack: (draw) => {
    const sides = draw.sides(0, 3)
    const axis = draw.between(0, sides.length)
    const names = draw.list(draw.between(1, 3), 0, 0).map((_, at) => `x${at}`)
    return {
      inputs: Object.fromEntries(names.map((name) => [name, sides])),
      node: node('stack', { axis }, names),
      stock: (values) => tf.stack([...values], axis),
    }
  },
  split: (draw) => {
    const sizes = draw.list(draw.between(1, 3), 1, 3)
    const before = draw.sides(0, 2)
    const equal = draw.once()
    const parts = equal ? sizes.map(() => sizes[0] ?? 1) : sizes
    const whole = parts.reduce((sum, size) => sum + size, 0)
    const axis = draw.once() ? before.length : -1
    return {
      inputs: { x: [...before, whole] },
      node: node(
        'split',
        { axis, sizes: equal ? null : parts, squeeze: false },
        ['x'],
        parts.map((_, at) => `y${at}`),
      ),
      stock: (values) => tf.split(x(values), equal ? parts.length : parts, axis),
    }
  },
  'split apart': (draw) => {
    const sides = draw.sides(1, 3)
    const axis = draw.between(0, sides.length - 1)
    const names = Array.from({ length: sides[axis] ?? 0 }, (_, at) => `y${at}`)
    return {
      inputs: { x: sides },
      node: node('split', { axis, sizes: null, squeeze: true }, ['x'], names),
      stock: (values) => tf.unstack(x(values), axis),
    }
  },
  squeeze: (draw) => {
    const sides = draw.list(draw.between(1, 4), 1, 2)
    const ones = [...sides.keys()].filter((axis) => sides[axis] === 1 && draw.once())
    const axes = ones.length === 0 || draw.once() ? null : ones
    return {
      inputs: { x: sides },
      node: node('squeeze', { axes }, ['x']),
      stock: (values) => tf.squeeze(x(values), axes ?? undefined),
    }
  },
  unsqueeze: (draw) => {
    const sides = draw.sides(0, 4)
    const axis = draw.between(-sides.length - 1, sides.length)
    return {
      inputs: { x: sides },
      node: node('unsqueeze', { axes: [axis] }, ['x']),
      stock: (values) => tf.expandDims(x(values), axis),
    }
  },
  transpose: (draw) => {
    const sides = draw.sides(1, 4)
    const perm = [...sides.keys()].toSorted(() => (draw.once() ? 1 : -1))
    return {
      inputs: { x: sides },
      node: node('transpose', { perm }, ['x']),
      stock: (values) => tf.transpose(x(values), perm),
    }
  },
  pad: (draw) => {
    const sides = draw.sides(1, 4)
    const [begin, end] = [sides, sides].map(({ length }) => draw.list(length, 0, 2))
    return {
      inputs: { x: sides },
      node: node('pad', { begin: begin ?? [], end: end ?? [], mode: 'constant', value: 0 }, ['x']),
      stock: (values) =>
        tf.pad(
          x(values),
          sides.map((_, at) => [begin?.[at] ?? 0, end?.[at] ?? 0] as [number, number]),
        ),
    }
  },
  slice: (draw) => {
    const sides = draw.list(draw.between(1, 3), 3, 6)
    const axes = [...sides.keys()]
    // Stock cannot take nothing.
    const steps = sides.map(() => draw.one([1, 1, 2, -1, -2]))
    const spans = sides.map((side, axis) => {
      const [a, b] = draw.list(2, 0, side - 1) as [number, number]
      const [first, last] = [Math.min(a, b), Math.max(a, b)]
      return (steps[axis] ?? 1) > 0 ? [first, last + 1] : [last, first - 1]
    })
    // Counted from the last as well, and past the end.
    const shown = (place: number, axis: number): number =>
      draw.once() ? place - (sides[axis] ?? 0) : place
    const starts = spans.map(([first = 0], axis) => shown(first, axis))
    const ends = spans.map(([, behind = 0], axis) => {
      const side = sides[axis] ?? 0
      if (behind < 0) return -side - draw.between(1, 3)
      return behind === side ? side + draw.between(0, 3) : shown(behind, axis)
    })
    const whole = axes.filter(() => draw.once(3))
    const squeezed = axes.filter((axis) => draw.once(4) && !whole.includes(axis))
    const own = steps.map((step, axis) => (squeezed.includes(axis) ? 1 : step))
    const bits = (which: readonly number[]): number =>
      which.reduce((sum, axis) => sum + 2 ** axis, 0)
    const endOf = (axis: number): number | null => {
      const start = starts[axis] ?? 0
      if (squeezed.includes(axis)) return start === -1 ? null : start + 1
      return whole.includes(axis) ? null : (ends[axis] ?? null)
    }
    return {
      inputs: { x: sides },
      node: node('slice', { axes, starts, ends: axes.map(endOf), steps: own, squeezed }, ['x']),
      stock: (values) =>
        tf.stridedSlice(x(values), starts, ends, own, 0, bits(whole), 0, 0, bits(squeezed)),
    }
  },
  gather: (draw) => {
    const sides = draw.sides(1, 3)
    const indices = draw.sides(0, 2)
    const axis = draw.between(0, sides.length - 1)
    return {
      inputs: { x: sides, indices },
      node: node('gather', { axis }, ['x', 'indices']),
      stock: (values) => tf.gather(x(values), x(values, 1).cast('int32'), axis),
    }
  },
  gatherND: (draw) => {
    const sides = draw.sides(1, 3)
    const indices = [...draw.sides(0, 2), draw.between(1, sides.length)]
    return {
      inputs: { x: sides, indices },
      node: node('gatherND', {}, ['x', 'indices']),
      stock: (values) => tf.gatherND(x(values), x(values, 1).cast('int32')),
    }
  },
  scatter: (draw) => {
    const sides = draw.sides(1, 3)
    const count = draw.between(1, 3)
    const updates = [count, ...sides.slice(1)]
    return {
      inputs: { x: sides, rows: [count], updates },
      node: node('scatter', { function: 'Add' }, ['x', 'rows', 'updates']),
      stock: (values) =>
        tf.tensorScatterUpdate(x(values), tf.zeros([count, 1], 'int32'), x(values, 2)),
    }
  },
  tile: (draw) => {
    const sides = draw.sides(1, 4)
    const repeats = draw.list(sides.length, 1, 3)
    return {
      inputs: { x: sides },
      node: node('tile', { repeats }, ['x']),
      stock: (values) => tf.tile(x(values), repeats),
    }
  },
}

testAgainstStock(cases)
