import { createRandom } from '../core/random'
import type { WeightTensor } from '../core/weight-tensor'
import type { ChannelGroup, ChannelMap } from './channel-map'

/** How much a channel is worth. */
export const channelCriteria = ['l1', 'l2', 'batchNorm', 'geometricMedian', 'random'] as const
export type ChannelCriterion = (typeof channelCriteria)[number]

/**
 * The worth of every coupled channel of a group: summed over the layers that make it, then divided by the mean of the
 * group, so that groups can be compared.
 *
 * l1, l2: norm of the filters (Li et al. 2017, arXiv:1608.08710). batchNorm: |gamma| of the normalisation that
 * follows (Liu et al. 2017, arXiv:1708.06519), l1 where none does. geometricMedian: distance of a filter to all others of
 * its layer (He et al. 2019, arXiv:1811.00250). random: the control.
 * @returns by coupled channel; larger is worth more
 */
export function scoreChannels(
  group: ChannelGroup,
  map: ChannelMap,
  weights: readonly WeightTensor[],
  criterion: ChannelCriterion,
  seed: number,
): ReadonlyMap<number, number> {
  const scores = new Map(group.channels.map((channel) => [channel, 0]))
  const add = (channel: number, value: number): void => {
    scores.set(channel, (scores.get(channel) ?? 0) + value)
  }
  if (criterion === 'random') {
    const random = createRandom(seed + group.id)
    for (const channel of group.channels) add(channel, random.uniform())
  } else if (criterion !== 'batchNorm' || !addScales(group, map, weights, add))
    for (const producer of group.producers) {
      const made = map.made.get(producer) ?? []
      const filters = filtersOf(producer, made.length, weights)
      filters.forEach((filter, at) => {
        const value =
          criterion === 'geometricMedian'
            ? filters.reduce((sum, other) => sum + distance(filter, other), 0)
            : norm(filter, criterion === 'l2' ? 2 : 1)
        add(made[at] ?? -1, value)
      })
    }
  const mean = [...scores.values()].reduce((sum, value) => sum + value, 0) / scores.size
  if (mean > 0) for (const [channel, value] of scores) scores.set(channel, value / mean)
  return scores
}

/** @returns whether a normalisation follows */
function addScales(
  group: ChannelGroup,
  map: ChannelMap,
  weights: readonly WeightTensor[],
  add: (channel: number, value: number) => void,
): boolean {
  let found = false
  for (const { spec, values } of weights) {
    if (!group.followers.includes(spec.layerName) || !spec.name.endsWith('/gamma')) continue
    const [channels = null] = map.slices.get(spec.name) ?? []
    if (channels === null) continue
    found = true
    channels.forEach((channel, at) => {
      add(channel, Math.abs(values[at] ?? 0))
    })
  }
  return found
}

/** The weights that make each channel of a layer: the last axis of its last kernel. */
function filtersOf(layer: string, count: number, weights: readonly WeightTensor[]): number[][] {
  const [kernel] = weights
    .filter(({ spec }) => spec.layerName === layer && spec.role === 'kernel')
    .slice(-1)
  return Array.from({ length: count }, (_, channel) => {
    const filter: number[] = []
    const values = kernel?.values ?? new Float32Array()
    for (let at = channel; at < values.length; at += count) filter.push(values[at] ?? 0)
    return filter
  })
}

function norm(filter: readonly number[], power: 1 | 2): number {
  return power === 1
    ? filter.reduce((sum, value) => sum + Math.abs(value), 0)
    : Math.sqrt(filter.reduce((sum, value) => sum + value * value, 0))
}

function distance(left: readonly number[], right: readonly number[]): number {
  return Math.sqrt(left.reduce((sum, value, at) => sum + (value - (right[at] ?? 0)) ** 2, 0))
}
