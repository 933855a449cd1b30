import { placesAround } from '../../../../graph/sides/around'
import type { Side } from '../../../../graph/sides/side'
import { places } from '../../../graph-writing/not-writable'
import { FAR } from './onnx-writer'
import type { OnnxWriter, Wire } from './onnx-writer'
import { padded, padsOf } from './window-margins'
import { text } from './written-attributes'
import { input } from './writing'
import type { Write } from './writing'

export const pad: Write<'pad'> = (writing) => {
  const { net, node } = writing
  const { begin, end, mode, value } = node.attributes
  const x = input(writing, 0)
  const pairs = begin.map((before, axis) => [before, end[axis] ?? 0] as const)
  if (mode === 'constant') return padded(net, x, pairs, value)
  return pairs.reduce<Wire>((result, [before, behind], axis) => {
    if (before === 0 && behind === 0) return result
    const side = x.sides[axis]
    if (typeof side === 'number')
      return net.taken(result, net.wholes(placesAround(side, before, places(behind), mode)), axis)
    // Where the side is open: ONNX knows two of them in its version 17.
    if (mode === 'symmetric' || mode === 'wrap')
      return aroundOpen(net, result, axis, ends[mode](before, behind))
    const margins = result.sides.map((_, at) => (at === axis ? ([before, behind] as const) : none))
    const sides = result.sides.map((own, at): Side => (at === axis ? null : own))
    const inputs = [result, net.wholes(padsOf(margins))]
    return net.node('Pad', inputs, { mode: text(mode) }, { sides, dtype: result.dtype })
  }, x)
}

const none = [0, 0] as const

interface Part {
  readonly first: number
  readonly end: number
  readonly step: 1 | -1
  readonly count: number
}

/** What stands before an axis and behind it. */
const ends: {
  readonly [Mode in 'symmetric' | 'wrap']: (before: number, behind: number) => readonly Part[]
} = {
  symmetric: (before, behind) => [
    { first: before - 1, end: -FAR, step: -1, count: before },
    { first: -1, end: -behind - 1, step: -1, count: behind },
  ],
  wrap: (before, behind) => [
    { first: -before, end: FAR, step: 1, count: before },
    { first: 0, end: behind, step: 1, count: behind },
  ],
}

function aroundOpen(net: OnnxWriter, x: Wire, axis: number, parts: readonly Part[]): Wire {
  const [before, behind] = parts.map(({ count, ...cut }) => {
    const sides = x.sides.map((side, at) => (at === axis ? count : side))
    return count === 0 ? [] : [net.sliced(x, [{ axis, ...cut }], sides)]
  })
  return net.concat([...(before ?? []), x, ...(behind ?? [])], axis)
}
