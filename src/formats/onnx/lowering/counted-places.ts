import { shapeText } from '../../../core/shape-text'
import { shortText } from '../../../core/short-text'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { OnnxLowering } from './onnx-lowering'

/** A whole number of its own. */
export function whole(node: OnnxLowering, value: number): ValueName {
  return node.constant([value], [], 'int32')
}

/** How many places an axis of a value has, where it is the same for all samples. @throws NoMeaning where it is open */
export function fixedSide(node: OnnxLowering, value: ValueName, axis: number): number {
  const sides = node.sidesOf(value)
  const side = sides.at(axis)
  if (typeof side === 'number') return side
  const known = sides.map((one) => (typeof one === 'number' ? one : null))
  throw new NoMeaning(`shape(${shortText(value)})`, shapeText(known))
}

/** How many places an axis of a value has, as a number that is known when the graph runs. */
export function sideOf(node: OnnxLowering, value: ValueName, axis: number): ValueName {
  const side = node.sidesOf(value)[axis]
  if (typeof side === 'number') return whole(node, side)
  const one = { axes: [0], starts: [axis], ends: [axis + 1], steps: [1], squeezed: [0] }
  return node.step('slice', one, [node.step('shape', {}, [value])])
}

/** 0, 1, 2, ... along one axis of a value, with as many axes as are asked for; the others have one place. */
export function counted(
  node: OnnxLowering,
  like: ValueName,
  axis: number,
  rank: number,
): ValueName {
  const side = node.sidesOf(like)[axis]
  const to = Array.from({ length: rank }, (_, at): number => (at === axis ? -1 : 1))
  if (typeof side === 'number') {
    const values = Array.from({ length: side }, (_, at) => at)
    return node.constant(values, to.with(axis, side), 'int32')
  }
  const count = sideOf(node, like, axis)
  return node.step('reshape', { to }, [
    node.step('range', {}, [whole(node, 0), count, whole(node, 1)]),
  ])
}

/** Places below zero count from the end of a side. */
export function fromStart(node: OnnxLowering, places: ValueName, side: ValueName): ValueName {
  const isBelow = node.step('combine', { function: 'Less' }, [places, whole(node, 0)])
  const moved = node.step('combine', { function: 'Add' }, [places, side])
  return node.step('where', {}, [isBelow, moved, places])
}

/** How many rows of what lies behind the first axes: one for each of the places along these. */
export function behind(node: OnnxLowering, value: ValueName, depth: number): number[] {
  return node
    .sidesOf(value)
    .slice(depth)
    .map((_, at) => fixedSide(node, value, depth + at))
}
