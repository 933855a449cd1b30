import type { Side, Sides } from '../../../../graph/sides/side'
import { product, quotient } from '../../../../graph/sides/side'
import { spanOf } from '../../../../graph/sides/span'
import { NotWritable, positive } from '../../../graph-writing/not-writable'
import { FAR } from './onnx-writer'
import type { Wire } from './onnx-writer'
import { truths } from './write-combining'
import { whole } from './written-attributes'
import { allInputs, givenSides, input } from './writing'
import type { Write, Writing } from './writing'

/** Operators that put values into another shape, order or type, or take or add places. */

/** A list of sides that is computed. */
function asked(writing: Writing<'reshape' | 'expand' | 'fill' | 'tile'>, place: number): Wire {
  return writing.net.cast(input(writing, place), 'int64')
}

export const reshape: Write<'reshape'> = (writing) => {
  const { net, node, given } = writing
  const x = input(writing, 0)
  const { to } = node.attributes
  if (to === null) {
    const sides = givenSides(writing)
    return net.node('Reshape', [x, asked(writing, 1)], {}, { sides, dtype: x.dtype })
  }
  const known = to.map((side, axis): Side => (side === 0 ? (x.sides[axis] ?? null) : side))
  const rest = known.indexOf(-1)
  const others = product(known.filter((_, axis) => axis !== rest))
  // What is left may be known; where it is not, the file leaves it open.
  const left = rest < 0 ? null : (given[0]?.[rest] ?? quotient(product(x.sides), others))
  const sides = known.map((side, axis) => (axis === rest ? left : side))
  return net.reshape(x, sides)
}

export const squeeze: Write<'squeeze'> = (writing) => {
  const { axes } = writing.node.attributes
  const x = input(writing, 0)
  const gone =
    axes?.map((axis) => positive(axis, x.sides.length)) ??
    x.sides.flatMap((side, axis) => (side === 1 ? [axis] : []))
  return writing.net.squeeze(x, gone)
}

export const unsqueeze: Write<'unsqueeze'> = (writing) => {
  const { net, node } = writing
  const x = input(writing, 0)
  const rank = x.sides.length + node.attributes.axes.length
  return net.unsqueeze(
    x,
    node.attributes.axes.map((axis) => positive(axis, rank)),
  )
}

export const transpose: Write<'transpose'> = (writing) => {
  const x = input(writing, 0)
  const { perm } = writing.node.attributes
  return writing.net.transpose(
    x,
    perm.map((axis) => positive(axis, x.sides.length)),
  )
}

/** Real where one is. */
function alike(writing: Writing<'concat' | 'stack'>): Wire[] {
  const parts = allInputs(writing)
  const [first] = parts
  const isReal = parts.some(({ dtype }) => dtype === 'float32')
  return parts.map((part) => writing.net.cast(part, isReal ? 'float32' : (first?.dtype ?? 'int32')))
}

export const concat: Write<'concat'> = (writing) => {
  const { axis } = writing.node.attributes
  return writing.net.concat(alike(writing), positive(axis, input(writing, 0).sides.length))
}

export const stack: Write<'stack'> = (writing) => {
  const { axis } = writing.node.attributes
  return writing.net.stack(alike(writing), positive(axis, input(writing, 0).sides.length + 1))
}

export const split: Write<'split'> = (writing) => {
  const { net, node } = writing
  const { axis, sizes, squeeze: isSqueezed } = node.attributes
  const x = input(writing, 0)
  const place = positive(axis, x.sides.length)
  const count = node.outputs.length
  const side = quotient(x.sides[place], count)
  const own = sizes ?? (typeof side === 'number' ? new Array<number>(count).fill(side) : null)
  const parts = own === null ? equalParts(writing, x, place, side) : net.split(x, own, place)
  return isSqueezed ? parts.map((part) => net.squeeze(part, [place])) : parts
}

/** Of a side that is not fixed. */
function equalParts(writing: Writing<'split'>, x: Wire, place: number, side: Side): Wire[] {
  const { net, node } = writing
  const sides = x.sides.map((old, at) => (at === place ? side : old))
  const count = node.outputs.length
  const attributes = {
    axis: whole(place),
    ...(net.opset >= 18 ? { num_outputs: whole(count) } : {}),
  }
  const given = node.outputs.map(() => ({ sides, dtype: x.dtype }))
  return net.parts('Split', [x], attributes, given)
}

/** Of a further value, where 0 stands for its side at that place. */
function sidesLike(writing: Writing<'expand' | 'fill' | 'tile'>, to: readonly number[]): Sides {
  return to.map((side, axis) => (side === 0 ? (input(writing, 2).sides[axis] ?? null) : side))
}

export const expand: Write<'expand'> = (writing) => {
  const { net, node, given } = writing
  const x = input(writing, 0)
  const { to } = node.attributes
  const sides = given[0]
  if (sides?.every((side) => side !== null) === true) return net.spreadOver(x, sides)
  if (to !== null) throw new NotWritable('openSides')
  const result = { sides: sides ?? givenSides(writing), dtype: x.dtype }
  return net.node('Expand', [x, asked(writing, 1)], {}, result)
}

export const fill: Write<'fill'> = (writing) => {
  const { net, node } = writing
  const { to } = node.attributes
  const value = net.reshape(input(writing, 1), [])
  if (to !== null) return net.spreadOver(value, sidesLike(writing, to))
  const given = { sides: givenSides(writing), dtype: value.dtype }
  return net.node('Expand', [value, asked(writing, 0)], {}, given)
}

export const tile: Write<'tile'> = (writing) => {
  const { net, node } = writing
  const { repeats } = node.attributes
  const x = input(writing, 0)
  const sides = givenSides(writing)
  const times = repeats === null ? asked(writing, 1) : net.sizes(sidesLike(writing, repeats))
  return net.node('Tile', [x, times], {}, { sides, dtype: x.dtype })
}

export const cast: Write<'cast'> = (writing) => {
  const { net, node } = writing
  const { to } = node.attributes
  const x = input(writing, 0)
  return to === 'bool' ? truths(net, x) : net.cast(x, to)
}

export const shape: Write<'shape'> = (writing) =>
  writing.net.cast(writing.net.shapeOf(input(writing, 0)), 'int32')

export const range: Write<'range'> = (writing) => {
  const { net } = writing
  const dtype = input(writing, 0).dtype === 'int32' ? 'int32' : 'float32'
  const bounds = allInputs(writing).map((bound) => net.reshape(net.cast(bound, dtype), []))
  return net.node('Range', bounds, {}, { sides: writing.given[0] ?? [null], dtype })
}

export const slice: Write<'slice'> = (writing) => {
  const { net, node, given } = writing
  const { axes, starts, ends, steps, squeezed } = node.attributes
  const x = input(writing, 0)
  const rank = x.sides.length
  const gone = squeezed.map((axis) => positive(axis, rank))
  const cuts = axes.map((axis, at) => {
    const [first = 0, step = 1] = [starts[at], steps[at]]
    // In front of the first place, whatever the side, where steps go backwards.
    const end = ends[at] ?? (step < 0 ? -FAR : FAR)
    const within = (place: number): number => Math.max(-FAR, Math.min(FAR, place))
    return { axis: positive(axis, rank), first: within(first), end: within(end), step }
  })
  const sides = x.sides.map((side, axis): Side => {
    const cut = cuts.findIndex((each) => each.axis === axis)
    if (cut < 0) return side
    const left = axis - gone.filter((own) => own < axis).length
    const found =
      typeof side === 'number'
        ? (spanOf(side, starts[cut] ?? 0, ends[cut] ?? null, steps[cut] ?? 1)?.count ?? null)
        : null
    return found ?? (gone.includes(axis) ? 1 : (given[0]?.[left] ?? null))
  })
  return net.squeeze(cuts.length === 0 ? x : net.sliced(x, cuts, sides), gone)
}
