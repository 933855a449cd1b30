import type { OpName } from '../operators'
import { BATCH, isOpen } from '../sides/side'
import type { Side } from '../sides/side'
import { axesOf } from '../sides/sides'
import { at, onlyFirst, placeOf, withoutAxes } from './batch-places'
import type { BatchFacts, BatchRule } from './batch-rule'

/** How many places of one sample; null where that is open. */
function ofOneSample(side: Side): number | null {
  if (!isOpen(side)) return side
  return side.names.length === 1 && side.names[0] === BATCH ? side.times : null
}

function product(list: readonly number[]): number {
  return list.reduce((all, each) => all * each, 1)
}

/** Sizes as one sample has them, what is left filled in; null where they are not known. */
function sizesOf(to: readonly number[], x: readonly number[]): readonly number[] | null {
  const sizes = to.map((side, place) => (side === 0 ? (x[place] ?? NaN) : side))
  const left = product(x) / product(sizes.filter((side) => side !== -1))
  const filled = sizes.map((side) => (side === -1 ? left : side))
  return filled.every((side) => Number.isInteger(side) && side > 0) ? filled : null
}

function isPlace(place: number | undefined): place is number {
  return place !== undefined
}

/**
 * Samples lie one behind the other in memory, from the axis that they are on: they do so behind it too, where as many
 * places stand before that axis and before theirs.
 */
function heldAxis(x: readonly number[], axis: number, sizes: readonly number[]): number | null {
  const before = product(x.slice(0, axis))
  const fitting = sizes.flatMap((_, place) =>
    product(sizes.slice(0, place)) === before ? [place] : [],
  )
  const [first = null] = fitting
  // Alone, as often as before, or in front of what else there is.
  return (
    [1, x[axis]].map((own) => fitting.find((place) => sizes[place] === own)).find(isPlace) ?? first
  )
}

const reshape: BatchRule<'reshape'> = ({ attributes: { to } }, facts) => {
  const x = onlyFirst(facts)
  if (x === null || to === null) return null
  const own = x.sides.map(ofOneSample)
  const isPlain = x.axis === 0 && own[0] === 1
  const known = own.filter((side) => side !== null)
  const sizes = known.length === own.length ? sizesOf(to, known) : null
  if (sizes === null) {
    // Each sample is put into another shape by itself, whatever its sides are.
    const isKept = isPlain && (to[0] === 1 || to[0] === 0)
    return isKept ? { ...at(0), attributes: { to: to.with(0, 0) } } : null
  }
  const axis = heldAxis(known, x.axis, sizes)
  if (axis === null) return null
  const isFirst = isPlain && axis === 0 && sizes[0] === 1
  return { ...at(axis), attributes: { to: sizes.with(axis, isFirst ? 0 : -1) } }
}

const squeeze: BatchRule<'squeeze'> = ({ attributes: { axes } }, facts) => {
  const x = onlyFirst(facts)
  const gone = x === null || axes === null ? null : axesOf(axes, x.sides.length)
  if (x === null || gone === null || gone.has(x.axis)) return null
  return at(withoutAxes(x.axis, gone))
}

const unsqueeze: BatchRule<'unsqueeze'> = ({ attributes: { axes } }, facts) => {
  const x = onlyFirst(facts)
  const rank = (x?.sides.length ?? 0) + axes.length
  const fresh = axesOf(axes, rank)
  if (x === null || fresh === null) return null
  const kept = Array.from({ length: rank }, (_, place) => place).filter((each) => !fresh.has(each))
  return at(kept[x.axis] ?? null)
}

const transpose: BatchRule<'transpose'> = ({ attributes: { perm } }, facts) => {
  const x = onlyFirst(facts)
  if (x === null) return null
  const axis = perm.findIndex((each) => placeOf(each, x) === x.axis)
  return axis < 0 ? null : at(axis)
}

/** What says a side of one there stretches as the samples do. */
const expand: BatchRule<'expand'> = ({ attributes: { to } }, facts) => {
  const x = onlyFirst(facts)
  if (x === null || to === null || facts.inputs[2] !== undefined) return null
  const rank = Math.max(to.length, x.sides.length)
  const axis = x.axis + rank - x.sides.length
  return (to[axis - rank + to.length] ?? 1) === 1 ? at(axis) : null
}

const tile: BatchRule<'tile'> = ({ attributes: { repeats } }, facts) => {
  const x = onlyFirst(facts)
  return x !== null && repeats?.[x.axis] === 1 && facts.inputs[2] === undefined ? at(x.axis) : null
}

/** What is the same for all and has one place where the others have their samples is given as often. */
const concat: BatchRule<'concat'> = ({ attributes }, facts) => {
  const axis = sharedAxis(facts)
  if (axis === null) return null
  const spread = facts.inputs.flatMap((input, place) =>
    input !== undefined && input.axis === null ? [place] : [],
  )
  const rank = facts.inputs[0]?.sides.length ?? 0
  const isOne = (place: number): boolean => facts.inputs[place]?.sides[axis] === 1
  const isAlong = (attributes.axis < 0 ? attributes.axis + rank : attributes.axis) === axis
  // An input of the graph says how often, and its samples come first.
  if (isAlong || !spread.every(isOne) || (spread.length > 0 && axis !== 0)) return null
  return { ...at(axis), spread }
}

const stack: BatchRule<'stack'> = ({ attributes }, facts) => {
  const axis = sharedAxis(facts)
  const rank = (facts.inputs[0]?.sides.length ?? 0) + 1
  if (axis === null || facts.inputs.some((input) => input?.axis !== axis)) return null
  const fresh = attributes.axis < 0 ? attributes.axis + rank : attributes.axis
  return at(fresh <= axis ? axis + 1 : axis)
}

/** Where all have their samples that have some. */
function sharedAxis({ inputs }: BatchFacts): number | null {
  const axes = new Set(inputs.flatMap((input) => input?.axis ?? []))
  const [axis = null] = axes
  const ranks = new Set(inputs.map((input) => input?.sides.length))
  return axes.size === 1 && ranks.size === 1 ? axis : null
}

const split: BatchRule<'split'> = ({ attributes }, facts) => {
  const x = onlyFirst(facts)
  const along = x === null ? NaN : placeOf(attributes.axis, x)
  if (x === null || along === x.axis) return null
  return at(attributes.squeeze ? withoutAxes(x.axis, new Set([along])) : x.axis)
}

const slice: BatchRule<'slice'> = ({ attributes }, facts) => {
  const x = onlyFirst(facts)
  const cut = x === null ? null : axesOf(attributes.axes, x.sides.length)
  const gone = x === null ? null : axesOf(attributes.squeezed, x.sides.length)
  if (x === null || cut === null || gone === null || gone.has(x.axis)) return null
  const along = attributes.axes.findIndex((axis) => placeOf(axis, x) === x.axis)
  const isWhole =
    (attributes.starts[along] ?? 0) === 0 &&
    (attributes.ends[along] ?? null) === null &&
    (attributes.steps[along] ?? 1) === 1
  return isWhole ? at(withoutAxes(x.axis, gone)) : null
}

const gather: BatchRule<'gather'> = ({ attributes }, { inputs: [table, indices] }) => {
  if (table === undefined || indices === undefined) return null
  const along = placeOf(attributes.axis, table)
  if (table.axis === null) return indices.axis === null ? null : at(along + indices.axis)
  if (indices.axis !== null || table.axis === along) return null
  return at(table.axis < along ? table.axis : table.axis + indices.sides.length - 1)
}

const gatherND: BatchRule<'gatherND'> = (_node, { inputs: [x, indices] }) => {
  if (x?.axis !== null || indices === undefined || indices.axis === null) return null
  return indices.axis < indices.sides.length - 1 ? at(indices.axis) : null
}

const pad: BatchRule<'pad'> = ({ attributes: { begin, end } }, facts) => {
  const x = onlyFirst(facts)
  return x !== null && begin[x.axis] === 0 && end[x.axis] === 0 ? at(x.axis) : null
}

export type Moved =
  | ('reshape' | 'squeeze' | 'unsqueeze' | 'transpose' | 'expand' | 'tile' | 'concat' | 'stack')
  | ('split' | 'slice' | 'gather' | 'gatherND' | 'pad')

export const movedBatches: { readonly [Op in Moved & OpName]: BatchRule<Op> } = {
  ...{ reshape, squeeze, unsqueeze, transpose, expand, tile, concat, stack },
  ...{ split, slice, gather, gatherND, pad },
}
