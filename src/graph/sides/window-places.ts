import type { GraphNode, Layout } from '../operators'

/** Which axes of a value a window works on. */
export interface WindowPlaces {
  readonly channel: number
  readonly spatial: readonly number[]
}

/**
 * Axes before these are further batch axes.
 * @param count of spatial axes
 * @returns null where the value has too few axes
 */
export function windowPlaces(rank: number, count: number, layout: Layout): WindowPlaces | null {
  const first = rank - count - 1
  if (first < 0) return null
  const from = layout === 'channelsFirst' ? first + 1 : first
  return {
    channel: layout === 'channelsFirst' ? first : rank - 1,
    spatial: Array.from({ length: count }, (_, at) => from + at),
  }
}

/** What an operator with windows calls its channels; null: it has no windows. */
export function layoutOf(node: GraphNode): Layout | null {
  if (node.op === 'recurrent') return node.attributes.window?.layout ?? null
  return 'layout' in node.attributes ? node.attributes.layout : null
}

/** Over how many axes an operator with windows goes. @param rank of what it reads */
export function windowAxes(node: GraphNode, rank: number): number {
  switch (node.op) {
    case 'conv':
    case 'depthwiseConv':
    case 'transposedConv':
      return node.attributes.kernel.spatial.length
    case 'pool':
      return node.attributes.window.length
    case 'resize': {
      const { to } = node.attributes
      if (to === null) return rank - 2
      return ('sides' in to ? to.sides : to.factors).length
    }
    default:
      return 2
  }
}

/** The order of axes that brings one of them to another place. */
export function channelTo(rank: number, channel: number, place: number): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  return axes.filter((axis) => axis !== channel).toSpliced(place, 0, channel)
}

/** The order of axes that brings channels to the end. */
export function channelToEnd(rank: number, channel: number): readonly number[] {
  return channelTo(rank, channel, rank - 1)
}
