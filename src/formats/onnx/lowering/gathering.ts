import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
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

/** 0, 1, 2, ... along one axis of a value, with as many axes as are asked for; the others have one place. */
function counted(node: OnnxLowering, like: ValueName, axis: number, rank: number): ValueName {
  const side = node.sidesOf(like)[axis]
  const to = Array.from({ length: rank }, (_, at): number => (at === axis ? -1 : 1))
  if (typeof side === 'number') {
    const values = Array.from({ length: side }, (_, at) => at)
    return node.constant(values, to.with(axis, side), 'int32')
  }
  const one = { axes: [0], starts: [axis], ends: [axis + 1], steps: [1], squeezed: [0] }
  const count = node.step('slice', one, [node.step('shape', {}, [like])])
  const [first, step] = [0, 1].map((value) => node.constant([value], [], 'int32'))
  return node.step('reshape', { to }, [node.step('range', {}, [first ?? '', count, step ?? ''])])
}

/** Row by row in one list, of which the indices say the place along one axis, and their own place all others. */
function gatherElements(node: OnnxLowering): void {
  const rank = node.rank(0)
  const along = node.axis(node.whole('axis', 0), rank)
  const sides = node.sides(0).map((side, axis) => {
    if (typeof side === 'number') return side
    // How many there are in front does not matter to where one is.
    if (axis === 0 && along !== 0) return 1
    throw new NoMeaning('sides')
  })
  const strides = sides.map((_, axis) => sides.slice(axis + 1).reduce((all, side) => all * side, 1))
  const whole = (value: number): ValueName => node.constant([value], [], 'int32')
  const times = (value: ValueName, factor: number): ValueName =>
    factor === 1 ? value : node.step('combine', { function: 'Mul' }, [value, whole(factor)])
  const said = node.step('cast', { to: 'int32' }, [node.input(1)])
  const isBelow = node.step('combine', { function: 'Less' }, [said, whole(0)])
  const fromEnd = node.step('combine', { function: 'Add' }, [said, whole(sides[along] ?? 0)])
  const places = node.step('where', {}, [isBelow, fromEnd, said])
  const flat = strides.reduce<ValueName>(
    (sum, stride, axis) => {
      if (axis === along || node.sides(1)[axis] === 1) return sum
      const own = times(counted(node, node.input(1), axis, rank), stride)
      return node.step('combine', { function: 'Add' }, [sum, own])
    },
    times(places, strides[along] ?? 1),
  )
  const list = node.step('reshape', { to: [-1] }, [node.input(0)])
  node.give('gather', { axis: 0 }, [list, flat])
}

/** Operators that take what stands at places which another value says. */
export const gathering: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Gather', gather],
  ['GatherND', gatherND],
  ['GatherElements', gatherElements],
])
