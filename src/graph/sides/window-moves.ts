import type { Padding, Sliding } from '../operators'

/** Places before and behind those of one axis. */
export type Margin = readonly [before: number, behind: number]

/** How a window moves over two or three places of pictures with channels last. */
export type Moves = Pick<Sliding, 'strides' | 'dilations' | 'padding'>

/** Places from the first to behind the last that a window reads. */
export function reachOf(window: number, dilation: number): number {
  return (window - 1) * dilation + 1
}

/** One entry more for the row that a sequence lies in. */
export function inRows<Item>(list: readonly Item[], filler: Item): readonly Item[] {
  return list.length === 1 ? [filler, ...list] : list
}

/** The same moves over pictures. */
export function movesOf({ strides, dilations, padding }: Sliding): Moves {
  return {
    strides: inRows(strides, 1),
    dilations: inRows(dilations, 1),
    padding:
      typeof padding === 'object'
        ? { begin: inRows(padding.begin, 0), end: inRows(padding.end, 0) }
        : padding,
  }
}

/** What TensorFlow calls the same, where no stride is beyond its window. */
export function isStock(padding: Padding): boolean {
  return padding === 'sameUpper' || padding === 'sameCentred'
}

/** Places on both sides, the odd one behind (upper) or before (lower). */
export function evenly(places: number, padding: Padding): Margin {
  const all = padding === 'sameCentred' ? places : Math.max(0, places)
  const less = Math.floor(all / 2)
  return padding === 'sameLower' ? [all - less, less] : [less, all - less]
}

/** What a padding that follows the side comes to along one axis. */
export function sameMargin(padding: Padding, side: number, reach: number, stride: number): Margin {
  return evenly((Math.ceil(side / stride) - 1) * stride + reach - side, padding)
}
