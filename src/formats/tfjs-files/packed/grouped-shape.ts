import { groupCount, groupOf, oneGroup } from '../../../core/group-layout'
import type { GroupLayout } from '../../../core/group-layout'
import { elementCount } from '../../../core/tensor-spec'

/** A shape of weights over which numbers of groups broadcast. */
export interface GroupedShape {
  readonly working: readonly number[]
  /** Of the numbers, one for each group. */
  readonly groups: readonly number[]
}

export interface WrittenShape extends GroupedShape {
  /** Rows whose sets of groups have to be looked up first, since blocks end short; null: none have. */
  readonly rows: number | null
}

/** @returns null where groups are none of whole rows */
export function groupedShape(layout: GroupLayout, shape: readonly number[]): WrittenShape | null {
  const { axis, block, count, inner } = layout
  const length = elementCount(shape)
  const total = groupCount(layout, length)
  if (total === 1) return { working: shape, groups: [], rows: null }
  const rows = length / (count * inner)
  if (!Number.isInteger(rows)) return null
  const sets = total / count
  const channels = sets === 1 ? channelAxes(shape, count, inner) : null
  if (channels !== null) return { working: shape, groups: channels, rows: null }
  const rest = inner === 1 ? [] : [inner]
  const ones = rest.map(() => 1)
  return axis % block === 0 && rows % block === 0
    ? { working: [sets, block, count, ...rest], groups: [sets, 1, count, ...ones], rows: null }
    : { working: [rows, count, ...rest], groups: [sets, count, ...ones], rows }
}

/** Axes of the shape itself along which channels lie, and 1 for all behind; null where they lie along none. */
function channelAxes(
  shape: readonly number[],
  count: number,
  inner: number,
): readonly number[] | null {
  const end = shape.findLastIndex((_, at) => elementCount(shape.slice(at + 1)) === inner)
  const start = shape.findLastIndex((_, at) => elementCount(shape.slice(at)) === count * inner)
  if (end < 0 || start < 0 || start > end) return null
  return [...shape.slice(start, end + 1), ...shape.slice(end + 1).map(() => 1)]
}

/** The set of groups that a row belongs to. */
export function setOf(layout: GroupLayout, row: number): number {
  return groupOf(layout, row * layout.count * layout.inner) / layout.count
}

/**
 * The groups that numbers of such a shape mean.
 * @param shape of the weight, whose axes say where blocks begin anew
 * @param setsOfRows where they are looked up row by row
 * @returns null where they are groups in no order that is known here
 */
export function layoutOf(
  grouped: GroupedShape,
  shape: readonly number[],
  setsOfRows: ArrayLike<number> | null,
): GroupLayout | null {
  const { groups, working } = grouped
  if (setsOfRows !== null) return layoutOfRows(grouped, shape, setsOfRows)
  if (elementCount(groups) === 1) return oneGroup(elementCount(shape))
  const missing = working.length - groups.length
  if (missing < 0) return null
  const runs: Run[] = []
  for (const [axis, side] of working.entries()) {
    const own = axis < missing ? 1 : (groups[axis - missing] ?? 1)
    if (own !== 1 && own !== side) return null
    // Sides of 1 are neither along groups nor across them.
    if (side === 1) continue
    const last = runs.at(-1)
    const varies = own === side
    if (last?.varies === varies) last.size *= side
    else runs.push({ varies, size: side })
  }
  const inner = runs.at(-1)?.varies === false ? (runs.pop()?.size ?? 1) : 1
  const count = runs.pop()?.size ?? 1
  const block = runs.pop()?.size ?? 1
  const sets = runs.pop()?.size ?? 1
  if (runs.length > 0) return null
  return { count, inner, block, axis: sets === 1 ? block : axisOf(shape, count * inner, block) }
}

/** Neighbouring axes along which groups differ, or are the same. */
interface Run {
  readonly varies: boolean
  size: number
}

/** The axis that blocks lie along, if it is one of whole blocks; else all rows are one. */
function axisOf(shape: readonly number[], row: number, block: number): number {
  const side = sideBefore(shape, row)
  return side !== null && side % block === 0 ? side : elementCount(shape) / row
}

function sideBefore(shape: readonly number[], row: number): number | null {
  const at = shape.findLastIndex((_, axis) => elementCount(shape.slice(axis + 1)) === row)
  return shape[at] ?? null
}

/** Blocks of which the last of an axis is short: the sets of rows say how long the others are. */
function layoutOfRows(
  { groups, working }: GroupedShape,
  shape: readonly number[],
  setsOfRows: ArrayLike<number>,
): GroupLayout | null {
  const [rows = 1, count = 1, inner = 1] = working
  const axis = sideBefore(shape, count * inner)
  if (axis === null || working.length > 3 || rows !== setsOfRows.length) return null
  let block = 1
  while (block < axis && setsOfRows[block] === 0) block++
  const layout = { count, inner, block, axis }
  for (let row = 0; row < rows; row++) if (setsOfRows[row] !== setOf(layout, row)) return null
  const same = groupCount(layout, elementCount(shape)) === elementCount(groups)
  return same && groups[1] === count ? layout : null
}
