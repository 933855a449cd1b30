import { listed } from '../numbers/known-numbers'
import type { KnownNumbers } from '../numbers/known-numbers'
import { isOpen, product, quotient, times } from '../sides/side'
import type { Side, Sides } from '../sides/side'
import { MOST_AXES, broadcast } from '../sides/sides'
import type { ShapeRule } from './shape-rule'

/** Sizes that another value says, as far as they are known; its length tells how many there are. */
function toldSizes(numbers: KnownNumbers | undefined, sides: Sides | undefined): Sides | null {
  if (numbers !== undefined) return listed(numbers) ?? null
  const [length] = sides ?? []
  const isList = sides?.length === 1 && typeof length === 'number' && length <= MOST_AXES
  return isList ? Array.from({ length }, () => null) : null
}

/** Where one side is not known, it is what the others leave; null: they hold more or less than x. */
function filledIn(sides: Sides, x: Sides): Sides | null {
  const unknown = sides.filter((side) => side === null).length
  const total = product(x)
  const others = product(sides.filter((side) => side !== null))
  const isFixed = typeof total === 'number' && typeof others === 'number'
  if (unknown === 0) return isFixed && total !== others ? null : sides
  if (unknown > 1) return sides
  const left = quotient(total, others)
  if (isFixed && others !== 0 && left === null) return null
  return sides.map((side) => side ?? left)
}

export const reshapeShape: ShapeRule<'reshape'> = ({ attributes }, { inputs, numbers }) => {
  const [x, sizes] = inputs
  // A size of nothing that is computed is the side of x to one file and nothing to another.
  const to =
    attributes.to ?? toldSizes(numbers[1], sizes)?.map((size) => (size === 0 ? null : size)) ?? null
  if (to === null || to.filter((side) => side === -1).length > 1) return [null]
  // As many places as x has can be copied.
  if (x !== undefined && to.some((side, at) => side === 0 && at >= x.length)) return [null]
  const sides = to.map((side, at) => (side === -1 ? null : side === 0 ? (x?.[at] ?? null) : side))
  return [x === undefined ? sides : filledIn(sides, x)]
}

/** Sizes of attributes, where 0 stands for a side of another value. */
function likeSizes(to: readonly number[], like: Sides | undefined): Sides {
  return to.map((side, at) => (side === 0 ? (like?.[at] ?? null) : side))
}

export const expandShape: ShapeRule<'expand'> = ({ attributes }, { inputs, numbers }) => {
  const [x, sizes, like] = inputs
  const to = attributes.to === null ? toldSizes(numbers[1], sizes) : likeSizes(attributes.to, like)
  return [x === undefined || to === null ? null : broadcast(x, to)]
}

export const tileShape: ShapeRule<'tile'> = ({ attributes }, { inputs, numbers }) => {
  const [x, sizes, like] = inputs
  const often =
    attributes.repeats === null ? toldSizes(numbers[1], sizes) : likeSizes(attributes.repeats, like)
  return [
    often?.length === x?.length ? (x?.map((side, at) => times(side, often?.[at])) ?? null) : null,
  ]
}

export const fillShape: ShapeRule<'fill'> = ({ attributes }, { inputs, numbers }) => {
  const [sizes, , like] = inputs
  return [attributes.to === null ? toldSizes(numbers[0], sizes) : likeSizes(attributes.to, like)]
}

export const rangeShape: ShapeRule<'range'> = (_node, { numbers }) => {
  const [start, limit, step] = [0, 1, 2].map((place) => numbers[place]?.values[0])
  return [[countedSide(start, limit, step)]]
}

function countedSide(
  start: Side | undefined,
  limit: Side | undefined,
  step: Side | undefined,
): Side {
  if (start === 0 && step === 1 && isOpen(limit)) return limit
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof step !== 'number')
    return null
  return Math.max(0, Math.ceil((limit - start) / step))
}

export const shapeShape: ShapeRule<'shape'> = (_node, { inputs: [x] }) => [[x?.length ?? null]]
