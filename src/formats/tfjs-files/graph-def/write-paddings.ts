import { placesAround } from '../../../graph/sides/around'
import { fixed, NotWritable, places } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { taken } from './taken-places'
import { padded } from './window-padding'
import { type, word } from './written-attributes'
import { input } from './writing'
import type { Write } from './writing'

export const pad: Write<'pad'> = (writing) => {
  const { net, node } = writing
  const { begin, end, mode, value } = node.attributes
  const x = input(writing, 0)
  const pairs = begin.map((before, axis) => [before, end[axis] ?? 0] as const)
  if (mode === 'constant') {
    // Below nothing places are taken away.
    const kept = pairs.reduce((left, [before, behind], axis) => {
      const [first, last] = [Math.max(0, -before), Math.max(0, -behind)]
      return first + last === 0
        ? left
        : net.cut(left, axis, first, fixed(left.sides[axis]) - first - last)
    }, x)
    return padded(net, kept, pairs, value)
  }
  return pairs.reduce((result, [before, behind], axis) => {
    if (before === 0 && behind === 0) return result
    const side = x.sides[axis]
    if (typeof side !== 'number' && (mode === 'edge' || mode === 'wrap'))
      throw new NotWritable('openSides')
    if (typeof side !== 'number') return mirroredAlong(net, result, axis, [before, behind], mode)
    return taken(net, result, net.wholes(placesAround(side, before, places(behind), mode)), axis)
  }, x)
}

/** Where the side is not fixed. */
function mirroredAlong(
  net: GraphWriter,
  x: Wire,
  axis: number,
  [before, behind]: readonly [number, number],
  mode: 'reflect' | 'symmetric' | 'edge' | 'wrap',
): Wire {
  const pairs = x.sides.flatMap((_, at) => (at === axis ? [before, behind] : [0, 0]))
  const sides = x.sides.map((side, at) => (at === axis ? null : side))
  const attributes = {
    ...{ T: type(x.dtype), Tpaddings: type('int32') },
    mode: word(mode === 'reflect' ? 'REFLECT' : 'SYMMETRIC'),
  }
  const inputs = [x, net.wholes(pairs, [x.sides.length, 2])]
  return net.node('MirrorPad', inputs, attributes, { sides, dtype: x.dtype })
}
