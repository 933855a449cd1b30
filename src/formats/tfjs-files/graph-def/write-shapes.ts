import type { Side, Sides } from '../../../graph/sides/side'
import { product, quotient } from '../../../graph/sides/side'
import { spanOf } from '../../../graph/sides/span'
import { fixed, NotWritable, positive, upTo } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { taken } from './taken-places'
import { joined, truths } from './write-combining'
import { spreadOver } from './write-products'
import { unsqueezed } from './write-reductions'
import { type, whole } from './written-attributes'
import { allInputs, givenSides, input } from './writing'
import type { Write, Writing } from './writing'

/** Operators that put values into another shape, order or type, or take or add places. */

export const reshape: Write<'reshape'> = (writing) => {
  const { net, node, given } = writing
  const x = input(writing, 0)
  const { to } = node.attributes
  if (to !== null) {
    const known = to.map((side, axis): Side => (side === 0 ? (x.sides[axis] ?? null) : side))
    const rest = known.indexOf(-1)
    const others = product(known.filter((_, axis) => axis !== rest))
    // What is left may be known; where it is not, the file leaves it open.
    const left = rest < 0 ? null : (given[0]?.[rest] ?? quotient(product(x.sides), others))
    return net.reshape(
      x,
      known.map((side, axis) => (axis === rest ? left : side)),
    )
  }
  const sides = givenSides(writing)
  const attributes = { T: type(x.dtype), Tshape: type('int32') }
  return net.node('Reshape', [x, input(writing, 1)], attributes, { sides, dtype: x.dtype })
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
  const places = node.attributes.axes.map((axis) => positive(axis, rank)).toSorted((a, b) => a - b)
  return places.reduce((value, place) => unsqueezed(net, value, place), x)
}

export const transpose: Write<'transpose'> = (writing) => {
  const x = input(writing, 0)
  const { perm } = writing.node.attributes
  return writing.net.transpose(
    x,
    perm.map((axis) => positive(axis, x.sides.length)),
  )
}

export const concat: Write<'concat'> = (writing) => {
  const parts = allInputs(writing)
  return writing.net.concat(
    parts,
    positive(writing.node.attributes.axis, input(writing, 0).sides.length),
  )
}

export const stack: Write<'stack'> = (writing) => {
  const parts = allInputs(writing)
  return writing.net.stack(
    parts,
    positive(writing.node.attributes.axis, input(writing, 0).sides.length + 1),
  )
}

export const split: Write<'split'> = (writing) => {
  const { net, node } = writing
  const { axis, sizes, squeeze: isSqueezed } = node.attributes
  const x = input(writing, 0)
  const place = positive(axis, x.sides.length)
  const count = node.outputs.length
  const side = quotient(x.sides[place], count)
  const sidesOf = (own: Side): Sides => x.sides.map((old, at) => (at === place ? own : old))
  const at = net.number(place, 'int32')
  const { dtype } = x
  const parts =
    sizes === null
      ? net.parts(
          'Split',
          [at, x],
          { T: type(dtype), num_split: whole(count) },
          upTo(count).map(() => ({ sides: sidesOf(side), dtype })),
        )
      : net.parts(
          'SplitV',
          [x, net.wholes(sizes), at],
          { T: type(dtype), Tlen: type('int32'), num_split: whole(sizes.length) },
          sizes.map((own) => ({ sides: sidesOf(own), dtype })),
        )
  return isSqueezed ? parts.map((part) => net.squeeze(part, [place])) : parts
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
  if (sides !== undefined && sides.every((side) => side !== null)) return spreadOver(net, x, sides)
  if (to !== null) throw new NotWritable('openSides')
  const attributes = { T: type(x.dtype), Tidx: type('int32') }
  const result = { sides: sides ?? [], dtype: x.dtype }
  return net.node('BroadcastTo', [x, input(writing, 1)], attributes, result)
}

export const fill: Write<'fill'> = (writing) => {
  const { net, node, given } = writing
  const { to } = node.attributes
  const value = net.reshape(input(writing, 1), [])
  if (to !== null) return spreadOver(net, value, sidesLike(writing, to))
  const attributes = { T: type(value.dtype), Tidx: type('int32') }
  const result = { sides: given[0] ?? [], dtype: value.dtype }
  return net.node('BroadcastTo', [value, input(writing, 0)], attributes, result)
}

export const tile: Write<'tile'> = (writing) => {
  const { net, node } = writing
  const { repeats } = node.attributes
  const x = input(writing, 0)
  const sides = givenSides(writing)
  const times = repeats === null ? input(writing, 1) : net.sizes(sidesLike(writing, repeats))
  const attributes = { T: type(x.dtype), Tmultiples: type('int32') }
  return net.node('Tile', [x, times], attributes, { sides, dtype: x.dtype })
}

export const cast: Write<'cast'> = (writing) => {
  const { net, node } = writing
  const { to } = node.attributes
  const x = input(writing, 0)
  return to === 'bool' ? truths(net, x) : net.cast(x, to)
}

export const range: Write<'range'> = (writing) => {
  const bounds = allInputs(writing)
  const dtype = input(writing, 0).dtype === 'int32' ? 'int32' : 'float32'
  return writing.net.node(
    'Range',
    bounds,
    { Tidx: type(dtype) },
    { sides: writing.given[0] ?? [null], dtype },
  )
}

/** Places below zero count from the end. */
function counted(net: GraphWriter, indices: Wire, sides: Wire): Wire {
  const isBelow = net.cast(joined(net, 'Less', indices, net.number(0, 'int32')), 'int32')
  return joined(net, 'Add', indices, joined(net, 'Mul', isBelow, sides))
}

export const gather: Write<'gather'> = (writing) => {
  const { net, node } = writing
  const [table, indices] = [input(writing, 0), input(writing, 1)]
  const axis = positive(node.attributes.axis, table.sides.length)
  if (node.attributes.fromEnd !== true) return taken(net, table, indices, axis)
  const side = net.number(fixed(table.sides[axis]), 'int32')
  return taken(net, table, counted(net, net.cast(indices, 'int32'), side), axis)
}

export const gatherND: Write<'gatherND'> = (writing) => {
  const { net } = writing
  const x = input(writing, 0)
  const said = net.cast(input(writing, 1), 'int32')
  const depth = fixed(said.sides.at(-1))
  const isCounted = writing.node.attributes.fromEnd === true
  const indices = isCounted
    ? counted(net, said, net.wholes(x.sides.slice(0, depth).map(fixed)))
    : said
  const sides = [...indices.sides.slice(0, -1), ...x.sides.slice(depth)]
  const attributes = { Tparams: type(x.dtype), Tindices: type('int32') }
  return net.node('GatherNd', [x, indices], attributes, { sides, dtype: x.dtype })
}

export const scatter: Write<'scatter'> = (writing) => {
  const { net, node } = writing
  const x = input(writing, 0)
  const said = net.cast(input(writing, 1), 'int32')
  const rows = net.reshape(said, [...said.sides, 1])
  const updates = net.cast(input(writing, 2), x.dtype)
  const attributes = { T: type(x.dtype), Tindices: type('int32') }
  if (node.attributes.function === 'Replace') {
    // Stock TensorFlow.js writes into what it reads in plain JavaScript.
    const own = net.one('AddV2', [x, net.number(0, x.dtype === 'int32' ? 'int32' : 'float32')])
    return net.node('TensorScatterUpdate', [own, rows, updates], attributes, x)
  }
  const sums = net.node('ScatterNd', [rows, updates, net.sizes(x.sides)], attributes, x)
  return net.one('AddV2', [x, sums])
}

/** So far places are counted where an end is not said. */
const FAR = 2 ** 31 - 1

export const slice: Write<'slice'> = (writing) => {
  const { net, node, given } = writing
  const { axes, starts, ends, steps, squeezed } = node.attributes
  const x = input(writing, 0)
  const rank = x.sides.length
  const cuts = new Map(axes.map((axis, at) => [positive(axis, rank), at]))
  const list = (of: (at: number) => number, other: number): Wire =>
    net.wholes(
      upTo(rank).map((axis) => {
        const at = cuts.get(axis)
        return at === undefined ? other : Math.max(-FAR, Math.min(FAR, of(at)))
      }),
    )
  const sides = x.sides.map((side, axis): Side => {
    const at = cuts.get(axis)
    if (at === undefined) return side
    if (typeof side !== 'number') return null
    return spanOf(side, starts[at] ?? 0, ends[at] ?? null, steps[at] ?? 1)?.count ?? null
  })
  const inputs = [
    x,
    list((at) => starts[at] ?? 0, 0),
    // In front of the first place, whatever the side, where steps go backwards.
    list((at) => ends[at] ?? ((steps[at] ?? 1) < 0 ? -FAR : FAR), FAR),
    list((at) => steps[at] ?? 1, 1),
  ]
  const uncut = upTo(rank).reduce((mask, axis) => (cuts.has(axis) ? mask : mask | (1 << axis)), 0)
  const gone = squeezed.map((axis) => positive(axis, rank))
  const all = given[0]
  const known = sides.map((side, axis): Side => {
    const left = axis - gone.filter((own) => own < axis).length
    return side ?? (gone.includes(axis) ? 1 : (all?.[left] ?? null))
  })
  const result = net.strided(inputs, uncut, { sides: known, dtype: x.dtype })
  return net.squeeze(result, gone)
}
