import type { Combining } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { behind, counted, fromStart, sideOf, whole } from './counted-places'
import type { Lower, OnnxLowering } from './onnx-lowering'

function isUnsigned(node: OnnxLowering, place: number): boolean {
  return /^U/.test(node.type(place) ?? '')
}

/** Places count from the last one where they are negative. */
function gather(node: OnnxLowering): void {
  const axis = node.whole('axis', 0)
  const known = node.known(1)
  const said = node.said(1)
  const isFromFirst = said?.every((place) => place >= 0) === true || isUnsigned(node, 1)
  if (known === null || said === null || isFromFirst) {
    const attributes = isFromFirst ? { axis } : { axis, fromEnd: true }
    node.give('gather', attributes, [node.input(0), node.input(1)])
    return
  }
  const side = node.side(0, axis)
  if (side === null) throw new NoMeaning('indices')
  const places = said.map((place) => (place < 0 ? place + side : place))
  node.give('gather', { axis }, [node.input(0), node.constant(places, known.shape, 'int32')])
}

function gatherND(node: OnnxLowering): void {
  const batch = node.whole('batch_dims', 0)
  const isFromFirst = node.said(1)?.every((place) => place >= 0) === true
  const attributes = isFromFirst ? {} : { fromEnd: true }
  if (batch === 0) {
    node.give('gatherND', attributes, [node.input(0), node.input(1)])
    return
  }
  const sides = node.sides(1)
  // Which of the samples it is stands in front of the places of each.
  const own = Array.from({ length: batch }, (_, axis) =>
    counted(node, node.input(1), axis, sides.length),
  )
  const to = sides.slice(0, -1).map((side) => {
    if (typeof side !== 'number') throw new NoMeaning('batch_dims', String(batch))
    return side
  })
  const spread = own.map((value) => node.step('expand', { to: [...to, 1] }, [value]))
  const indices = node.step('concat', { axis: -1 }, [...spread, node.input(1)])
  node.give('gatherND', attributes, [node.input(0), indices])
}

/**
 * Where each place that the indices say lies in a list of all of them, row by row: the indices say the place along one
 * axis, and their own place all others.
 */
export function placesInList(node: OnnxLowering): ValueName {
  const rank = node.rank(0)
  const along = node.axis(node.whole('axis', 0), rank)
  const sides = node.sides(0).map((side, axis) => {
    if (typeof side === 'number') return side
    // How many there are in front does not matter to where one is.
    if (axis === 0 && along !== 0) return 1
    throw new NoMeaning('sides')
  })
  const strides = sides.map((_, axis) => sides.slice(axis + 1).reduce((all, side) => all * side, 1))
  const times = (value: ValueName, factor: number): ValueName =>
    factor === 1 ? value : node.step('combine', { function: 'Mul' }, [value, whole(node, factor)])
  const said = node.step('cast', { to: 'int32' }, [node.input(1)])
  const places = fromStart(node, said, whole(node, sides[along] ?? 0))
  return strides.reduce<ValueName>(
    (sum, stride, axis) => {
      if (axis === along || node.sides(1)[axis] === 1) return sum
      const own = times(counted(node, node.input(1), axis, rank), stride)
      return node.step('combine', { function: 'Add' }, [sum, own])
    },
    times(places, strides[along] ?? 1),
  )
}

function gatherElements(node: OnnxLowering): void {
  const flat = placesInList(node)
  const list = node.step('reshape', { to: [-1] }, [node.input(0)])
  node.give('gather', { axis: 0 }, [list, flat])
}

/** So many steps of each sample go backwards, all others stay where they are. */
function reverseSequence(node: OnnxLowering): void {
  const [batch, time] = [node.whole('batch_axis', 1), node.whole('time_axis', 0)]
  if (batch + time !== 1 || batch * time !== 0) throw new NoMeaning('time_axis', String(time))
  const x = node.input(0)
  const two = (name: Combining, a: ValueName, b: ValueName): ValueName =>
    node.step('combine', { function: name }, [a, b])
  const steps = counted(node, x, time, 2)
  const said = node.step('cast', { to: 'int32' }, [node.input(1)])
  const lengths = node.step('reshape', { to: batch === 0 ? [-1, 1] : [1, -1] }, [said])
  const back = two('Sub', two('Sub', lengths, whole(node, 1)), steps)
  const places = node.step('where', {}, [two('Less', steps, lengths), back, steps])
  const [outer, inner] =
    batch === 0 ? [counted(node, x, 0, 2), places] : [places, counted(node, x, 1, 2)]
  const flat = two('Add', two('Mul', outer, sideOf(node, x, 1)), inner)
  const rows = node.step('reshape', { to: [-1, ...behind(node, x, 2)] }, [x])
  node.give('gather', { axis: 0 }, [rows, flat])
}

/** Operators that take what stands at places which another value says. */
export const gathering: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Gather', gather],
  ['GatherND', gatherND],
  ['GatherElements', gatherElements],
  ['ReverseSequence', reverseSequence],
])
