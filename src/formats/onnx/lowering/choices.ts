import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { fromStart as countedFromStart } from './counted-places'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** Operators that find places, or put something at places. */

/** One axis and the last change places; the same again puts them back. */
function swapped(axis: number, rank: number): number[] {
  return Array.from({ length: rank }, (_, at) =>
    at === axis ? rank - 1 : at === rank - 1 ? axis : at,
  )
}

/** The last axis goes to this place, all others keep their order. */
function lastTo(axis: number, rank: number): number[] {
  const others = Array.from({ length: rank - 1 }, (_, at) => at)
  return others.toSpliced(axis, 0, rank - 1)
}

function extreme(kind: 'ArgMax' | 'ArgMin'): Lower {
  return (node) => {
    const axis = node.axis(node.whole('axis', 0), node.rank(0))
    const attributes = { function: kind, axis, keepDims: node.whole('keepdims', 1) !== 0 }
    if (node.whole('select_last_index', 0) === 0) {
      node.give('argExtreme', attributes, [node.input(0)])
      return
    }
    // The last of several is the first from the end.
    const side = node.side(0, axis)
    if (side === null) throw new NoMeaning('select_last_index', '1')
    const back = { axes: [axis], starts: [-1], ends: [null], steps: [-1], squeezed: [] }
    const turned = node.step('slice', back, [node.input(0)])
    const found = node.step('argExtreme', attributes, [turned])
    node.give('combine', { function: 'Sub' }, [node.constant([side - 1], [], 'int32'), found])
  }
}

/** Along the last axis; the least are the largest with another sign. */
function largest(node: OnnxLowering): void {
  const count = node.version < 10 ? node.whole('k') : node.oneNumber(1)
  const rank = node.rank(0)
  const axis = node.axis(node.whole('axis', -1), rank)
  if (count < 1) throw new NoMeaning('k', String(count))
  const isLeast = node.whole('largest', 1) !== 1
  const isLast = axis === rank - 1
  const attributes = { count, sorted: node.whole('sorted', 1) !== 0 }
  if (isLast && !isLeast) {
    node.give('topK', attributes, [node.input(0)], 2)
    return
  }
  const turn = { perm: swapped(axis, rank) }
  const turned = isLast ? node.input(0) : node.step('transpose', turn, [node.input(0)])
  const asked = isLeast ? node.step('unary', { function: 'Neg' }, [turned]) : turned
  const [values, places] = node.steps('topK', attributes, [asked], 2)
  const own = isLeast ? node.step('unary', { function: 'Neg' }, [values ?? '']) : (values ?? '')
  for (const [at, value] of [own, places ?? ''].entries())
    if (isLast) node.giveAt(at, 'identity', {}, [value])
    else node.giveAt(at, 'transpose', turn, [value])
}

/** One where the largest is, the first of several. */
function hardmax(node: OnnxLowering): void {
  const rank = node.rank(0)
  const axis = node.axis(node.whole('axis', node.version < 13 ? 1 : -1), rank)
  const depth = node.side(0, axis)
  if (node.version < 13 && axis !== rank - 1) throw new NoMeaning('axis', String(axis))
  if (depth === null) throw new NoMeaning('sides')
  const attributes = { function: 'ArgMax', axis, keepDims: false } as const
  const found = node.step('argExtreme', attributes, [node.input(0)])
  const ones = node.step('oneHot', { depth, on: 1, off: 0, dtype: 'int32' }, [found])
  const real = node.step('cast', { to: 'float32' }, [ones])
  if (axis === rank - 1) node.give('identity', {}, [real])
  else node.give('transpose', { perm: lastTo(axis, rank) }, [real])
}

function oneHot(node: OnnxLowering): void {
  const depth = node.oneNumber(1)
  const rank = node.rank(0) + 1
  const axis = node.axis(node.whole('axis', -1), rank)
  const indices = fromStart(node, depth)
  const ones = node.step('oneHot', { depth, on: 1, off: 0, dtype: 'int32' }, [indices])
  // The kernel of WebAssembly writes whole numbers where real ones are wanted, so they are made real here.
  const real = node.step('cast', { to: 'float32' }, [ones])
  const placed =
    axis === rank - 1 ? real : node.step('transpose', { perm: lastTo(axis, rank) }, [real])
  const said = node.said(2)
  if (said === null) {
    const [off, on] = [0, 1].map((at) =>
      node.step('slice', { axes: [0], starts: [at], ends: [at + 1], steps: [1], squeezed: [] }, [
        node.input(2),
      ]),
    )
    const isOn = node.step('cast', { to: 'bool' }, [placed])
    node.give('where', {}, [isOn, on ?? '', off ?? ''])
    return
  }
  const [off = 0, on = 1] = said
  const scaled = { function: 'Affine', scale: on - off, offset: off } as const
  if (!node.isWhole(2)) node.give('unary', scaled, [placed])
  else node.give('cast', { to: 'int32' }, [node.step('unary', scaled, [placed])])
}

/** Places below zero count from the end, those beyond either have no one; a real number is a place too. */
function fromStart(node: OnnxLowering, depth: number): ValueName {
  const whole = node.isWhole(0)
    ? node.input(0)
    : node.step('cast', { to: 'int32' }, [node.input(0)])
  const said = node.said(0)
  if (said?.every((place) => place >= 0) === true || /^U/.test(node.type(0) ?? '')) return whole
  return countedFromStart(node, whole, node.constant([depth], [], 'int32'))
}

export const choices: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['ArgMax', extreme('ArgMax')],
  ['ArgMin', extreme('ArgMin')],
  ['TopK', largest],
  ['Hardmax', hardmax],
  ['OneHot', oneHot],
])
