import type { Layout, Padding } from '../../../graph/operators'
import type { Lowering } from './lowering'
import { samePadding } from '../../tfjs-files/same-padding'
import { NoMeaning } from './node-attributes'

interface Sliding {
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: Padding
  readonly layout: Layout
}

const layouts: ReadonlyMap<string, Layout> = new Map([
  ['nhwc', 'channelsLast'],
  ['ndhwc', 'channelsLast'],
  ['nchw', 'channelsFirst'],
  ['ncdhw', 'channelsFirst'],
])

/** @throws NoMeaning where it is neither with channels first nor with channels last */
export function layoutOf(node: Lowering): Layout {
  const layout = layouts.get(node.attributes.word('data_format', 'nhwc'))
  if (layout === undefined) throw new NoMeaning('data_format')
  return layout
}

/**
 * How a window moves over so many spatial axes.
 * @throws NoMeaning where it is not said, moves over samples or channels, or is read otherwise by tfjs
 */
export function slidingOf(node: Lowering, rank: number): Sliding {
  const layout = layoutOf(node)
  const ones = Array.from({ length: rank + 2 }, () => 1)
  return {
    strides: spatial(node.attributes.wholes('strides'), rank, layout),
    dilations: spatial(node.attributes.wholes('dilations', ones), rank, layout),
    padding: paddingOf(node, rank, layout),
    layout,
  }
}

/** One entry for each axis of a picture, those of samples and channels left out. */
export function spatial(list: readonly number[], rank: number, layout: Layout): number[] {
  const channel = layout === 'channelsFirst' ? 1 : rank + 1
  const own = list.filter((_, axis) => axis !== 0 && axis !== channel)
  if (list.length !== rank + 2 || list[0] !== 1 || list[channel] !== 1 || own.some((n) => n < 1))
    throw new NoMeaning('window')
  // tfjs takes entries from the second on, wherever the channels are.
  if (list.slice(1, rank + 1).some((entry, axis) => entry !== own[axis]))
    throw new NoMeaning('window')
  return own
}

export function paddingOf(node: Lowering, rank: number, layout: Layout): Padding {
  const nothing = Array.from({ length: rank }, () => 0)
  switch (node.attributes.word('padding')) {
    case 'same':
      return samePadding(rank)
    case 'valid':
      return { begin: nothing, end: nothing }
    case 'explicit': {
      const list = node.attributes.wholes('explicit_paddings')
      const first = layout === 'channelsFirst' ? 4 : 2
      const own = list.slice(first, first + 4)
      const others = list.filter((_, index) => index < first || index >= first + 4)
      if (rank !== 2 || list.length !== 8 || others.some((n) => n !== 0) || own.some((n) => n < 0))
        throw new NoMeaning('explicit_paddings')
      const [top = 0, bottom = 0, left = 0, right = 0] = own
      return { begin: [top, left], end: [bottom, right] }
    }
    default:
      throw new NoMeaning('padding')
  }
}
