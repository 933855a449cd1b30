import type { Sliding } from '../../../../graph/operators'
import { times } from '../../../../graph/sides/side'
import type { Sides } from '../../../../graph/sides/side'
import { reachOf } from '../../../../graph/sides/window-moves'
import { fixed, NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import {
  countOf,
  onPlaces,
  surrounded,
  surroundingAttributes,
  surroundingOf,
} from './window-margins'
import { whole, wholes } from './written-attributes'
import { realInput, realOption } from './writing'
import type { Write } from './writing'

/** Filters [filters, channels of a group, ...places], and how they move over [n, channels, ...places]. */
export interface Filters {
  readonly kernel: Wire
  readonly bias: Wire | null
  readonly groups: number
  readonly moves: Pick<Sliding, 'strides' | 'dilations' | 'padding'>
}

/** Windows stand over channels first: a pass before has put them so. */
export function channelsFirst({ layout }: Pick<Sliding, 'layout'>): void {
  if (layout !== 'channelsFirst') throw new NotWritable('unknown')
}

export function convolved(net: OnnxWriter, x: Wire, filters: Filters): Wire {
  const { bias, groups, kernel, moves } = filters
  const { strides, dilations, padding } = moves
  const windows = kernel.sides.slice(2).map(fixed)
  const reaches = windows.map((window, at) => reachOf(window, dilations[at] ?? 1))
  const places = x.sides.slice(2)
  const surrounding = surroundingOf(padding, places, reaches, strides)
  if (typeof surrounding === 'object' && surrounding.flat().some((more) => more < 0)) {
    const zeros = windows.map(() => 0)
    return convolved(net, surrounded(net, x, surrounding), {
      ...filters,
      moves: { ...moves, padding: { begin: zeros, end: zeros } },
    })
  }
  const sides: Sides = [
    x.sides[0] ?? null,
    kernel.sides[0] ?? null,
    ...places.map((side, at) => {
      const own = typeof surrounding === 'string' ? surrounding : (surrounding[at] ?? [0, 0])
      return countOf(side, reaches[at] ?? 1, strides[at] ?? 1, own)
    }),
  ]
  const attributes = {
    kernel_shape: wholes(windows),
    strides: wholes(strides),
    dilations: wholes(dilations),
    group: whole(groups),
    ...surroundingAttributes(surrounding),
  }
  const inputs = bias === null ? [x, kernel] : [x, kernel, bias]
  return net.node('Conv', inputs, attributes, { sides, dtype: 'float32' })
}

export const conv: Write<'conv'> = (writing) => {
  const { net, node } = writing
  const { groups, kernel: axes } = node.attributes
  channelsFirst(node.attributes)
  const perm = [axes.output, axes.input, ...axes.spatial]
  const kernel = net.turned(realInput(writing, 1), perm)
  const filters = { kernel, groups, moves: node.attributes, bias: realOption(writing, 2) }
  return onPlaces(net, realInput(writing, 0), axes.spatial.length, (x) =>
    convolved(net, x, filters),
  )
}

/** Groups of one channel each. */
export const depthwiseConv: Write<'depthwiseConv'> = (writing) => {
  const { net, node } = writing
  const { kernel: axes } = node.attributes
  channelsFirst(node.attributes)
  const read = realInput(writing, 1)
  const { multiplier } = axes
  const channels = read.sides[axes.channel] ?? null
  const filters = times(channels, multiplier === null ? 1 : read.sides[multiplier])
  const perm = [axes.channel, ...(multiplier === null ? [] : [multiplier]), ...axes.spatial]
  const sides = [filters, 1, ...axes.spatial.map((axis) => read.sides[axis] ?? null)]
  const kernel = net.turned(read, perm, sides)
  const groups = fixed(channels)
  const bias = realOption(writing, 2)
  return onPlaces(net, realInput(writing, 0), axes.spatial.length, (x) =>
    convolved(net, x, { kernel, groups, bias, moves: node.attributes }),
  )
}
