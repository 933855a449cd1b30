import { plus, quotient } from '../sides/side'
import type { Side, Sides } from '../sides/side'
import { axesOf, axisOf, replaced, shared, without } from '../sides/sides'
import { spanOf } from '../sides/span'
import type { ShapeRule } from './shape-rule'

/** From here on an end is none: files say "to the end" with the largest number that they have. */
const ENDLESS = 2 ** 31 - 1

/** Sides that all values share but for the axis along which they stand side by side; null where they do not fit. */
function aligned(values: readonly (Sides | undefined)[], free: number | null): Sides | null {
  const [first, ...others] = values
  if (first === undefined) return null
  const sides = [...first]
  for (const other of others) {
    if (other?.length !== sides.length) return null
    for (const [place, side] of other.entries()) {
      if (place === free) continue
      const both = shared(sides[place] ?? null, side)
      if (both === undefined) return null
      sides[place] = both
    }
  }
  return sides
}

export const concatShape: ShapeRule<'concat'> = ({ attributes }, { inputs }) => {
  const axis = axisOf(attributes.axis, inputs[0]?.length ?? 0)
  const sides = axis === null ? null : aligned(inputs, axis)
  if (axis === null || sides === null) return [null]
  const joined = inputs.reduce<Side>((sum, sidesOf) => plus(sum, sidesOf?.[axis]), 0)
  return [replaced(sides, axis, [joined])]
}

export const stackShape: ShapeRule<'stack'> = ({ attributes }, { inputs }) => {
  const sides = aligned(inputs, null)
  const axis = sides === null ? null : axisOf(attributes.axis, sides.length + 1)
  if (axis === null || sides === null) return [null]
  return [[...sides.slice(0, axis), inputs.length, ...sides.slice(axis)]]
}

export const splitShape: ShapeRule<'split'> = ({ attributes, outputs }, { inputs: [x] }) => {
  const { sizes, squeeze } = attributes
  const axis = axisOf(attributes.axis, x?.length ?? 0)
  if (x === undefined || axis === null) return []
  return outputs.map((_, place) => {
    if (squeeze) return without(x, new Set([axis]))
    const whole = x[axis] ?? null
    const part = sizes === null ? quotient(whole, outputs.length) : (sizes[place] ?? NaN)
    return part === null && typeof whole === 'number' ? null : replaced(x, axis, [part])
  })
}

export const squeezeShape: ShapeRule<'squeeze'> = ({ attributes: { axes } }, { inputs: [x] }) => {
  if (x === undefined) return [null]
  // Which of them are one cannot be told while some are open.
  if (axes === null)
    return [x.every((side) => typeof side === 'number') ? x.filter((side) => side !== 1) : null]
  const gone = axesOf(axes, x.length)
  const fits = [...(gone ?? [])].every((axis) => typeof x[axis] !== 'number' || x[axis] === 1)
  return [gone !== null && fits ? without(x, gone) : null]
}

export const unsqueezeShape: ShapeRule<'unsqueeze'> = (
  { attributes: { axes } },
  { inputs: [x] },
) => {
  const rank = (x?.length ?? 0) + axes.length
  const fresh = axesOf(axes, rank)
  if (x === undefined || fresh?.size !== axes.length) return [null]
  const given = [...x]
  return [Array.from({ length: rank }, (_, at) => (fresh.has(at) ? 1 : (given.shift() ?? null)))]
}

export const transposeShape: ShapeRule<'transpose'> = (
  { attributes: { perm } },
  { inputs: [x] },
) => {
  const places = axesOf(perm, x?.length ?? 0)
  if (x === undefined || places?.size !== x.length || perm.length !== x.length) return [null]
  return [[...places].map((place) => x[place] ?? null)]
}

export const padShape: ShapeRule<'pad'> = ({ attributes: { begin, end } }, { inputs: [x] }) => {
  const fits = begin.length === x?.length && end.length === x.length
  return [fits ? x.map((side, at) => plus(side, (begin[at] ?? NaN) + (end[at] ?? NaN))) : null]
}

/** Of an open side all is taken, or it is not known how much. */
function taken(side: Side, start: number, end: number | null, step: number): Side {
  if (typeof side === 'number') return spanOf(side, start, end, step)?.count ?? NaN
  return start === 0 && step === 1 && (end === null || end >= ENDLESS) ? side : null
}

export const sliceShape: ShapeRule<'slice'> = ({ attributes }, { inputs: [x] }) => {
  const { axes, starts, ends, steps, squeezed } = attributes
  const gone = axesOf(squeezed, x?.length ?? 0)
  if (x === undefined || gone === null) return [null]
  const sides: Side[] = [...x]
  for (const [at, axis] of axes.entries()) {
    const place = axisOf(axis, x.length)
    if (place === null) return [null]
    sides[place] = taken(x[place] ?? null, starts[at] ?? NaN, ends[at] ?? null, steps[at] ?? 1)
  }
  return [without(sides, gone)]
}

export const gatherShape: ShapeRule<'gather'> = ({ attributes }, { inputs: [table, indices] }) => {
  const axis = axisOf(attributes.axis, table?.length ?? 0)
  if (table === undefined || indices === undefined || axis === null) return [null]
  return [replaced(table, axis, indices)]
}

export const gatherNDShape: ShapeRule<'gatherND'> = (_node, { inputs: [x, indices] }) => {
  const depth = indices?.at(-1)
  if (x === undefined || indices === undefined || typeof depth !== 'number') return [null]
  return [depth > x.length ? null : [...indices.slice(0, -1), ...x.slice(depth)]]
}

export const topKShape: ShapeRule<'topK'> = ({ attributes: { count } }, { inputs: [x] }) => {
  const sides = x === undefined || x.length === 0 ? null : replaced(x, x.length - 1, [count])
  return [sides, sides]
}

/** Sides of what is left when some axes are reduced to one place each. */
export function reducedSides(
  x: Sides | undefined,
  axes: readonly number[] | null,
  keepDims: boolean,
): Sides | null {
  if (x === undefined) return null
  const gone = axes === null ? new Set(x.keys()) : axesOf(axes, x.length)
  if (gone === null) return null
  return keepDims ? x.map((side, at) => (gone.has(at) ? 1 : side)) : without(x, gone)
}
