import type { ChannelGroup, ChannelMap } from './channel-map'
import type { ChannelCriterion, ChannelScores } from './channel-scores'

export interface ChannelTarget {
  readonly criterion: ChannelCriterion
  /** channels: share of the channels that may go. macs: share of the model's multiply-accumulates. */
  readonly of: 'channels' | 'macs'
  /** Share to remove, 0..1. */
  readonly share: number
  /** global: the least worth of the whole model. perLayer: the same share of each group. */
  readonly scope: 'global' | 'perLayer'
  /** Leaves the layers that read the model's input alone. */
  readonly protectFirst: boolean
  readonly seed: number
  /** Only filters of these layers go, with those that can only go together with them; left out: of all. */
  readonly only?: readonly string[] | undefined
}

/** Multiply-accumulates of each node, whole; null of opaque ones, which are not counted and lose nothing. */
export type NodeMacs = ReadonlyMap<string, number | null>

interface Candidate {
  readonly channel: number
  readonly score: number
  readonly group: ChannelGroup
}

/**
 * Chooses the channels that go. Every layer keeps one at least, so a target may not be reached.
 * @param scores by the criterion of the target, of all channels that may go
 * @param first layers that read the model's input
 * @returns coupled channels
 */
export function chooseChannels(
  map: ChannelMap,
  scores: ChannelScores,
  macs: NodeMacs,
  first: ReadonlySet<string>,
  target: ChannelTarget,
): ReadonlySet<number> {
  const groups = map.groups.filter(
    ({ fixed, producers }) =>
      fixed === null &&
      (target.only === undefined || producers.some((name) => target.only?.includes(name))) &&
      !(target.protectFirst && producers.some((name) => first.has(name))),
  )
  const ranked = groups.map((group) =>
    group.channels
      .map((channel): Candidate => ({ channel, score: scores.get(channel) ?? 0, group }))
      .toSorted((a, b) => a.score - b.score || a.channel - b.channel),
  )
  // Of each group in its own order, so that a step takes the same share of all.
  const order =
    target.scope === 'global'
      ? ranked.flat().toSorted((a, b) => a.score - b.score || a.channel - b.channel)
      : ranked
          .flatMap((list) =>
            list.map((candidate, at) => ({
              candidate,
              share: (at + 1) / candidate.group.channels.length,
            })),
          )
          .toSorted((a, b) => a.share - b.share)
          .map(({ candidate }) => candidate)
  const removed = new Set<number>()
  const makers = new Makers(map)
  const all = groups.reduce((sum, { channels }) => sum + channels.length, 0)
  const left = new MacsLeft(map, macs)
  const whole = left.total
  for (const { channel } of order) {
    const done =
      target.of === 'channels'
        ? removed.size >= Math.round(target.share * all)
        : left.total <= (1 - target.share) * whole
    if (done) break
    if (!makers.take(channel)) continue
    removed.add(channel)
    left.remove(channel)
  }
  return removed
}

/** Sees to it that no layer loses its last channel. */
class Makers {
  /** By coupled channel the layers that make it. */
  private readonly by = new Map<number, string[]>()
  /** Channels that a layer has left. */
  private readonly left = new Map<string, number>()

  constructor({ made }: ChannelMap) {
    for (const [layer, channels] of made) {
      this.left.set(layer, new Set(channels).size)
      for (const channel of new Set(channels))
        this.by.set(channel, [...(this.by.get(channel) ?? []), layer])
    }
  }

  /** @returns false where it is somebody's last */
  take(channel: number): boolean {
    const layers = this.by.get(channel) ?? []
    if (layers.some((layer) => (this.left.get(layer) ?? 0) <= 1)) return false
    for (const layer of layers) this.left.set(layer, (this.left.get(layer) ?? 0) - 1)
    return true
  }
}

/** Multiply-accumulates that are left: each channel axis of a node counts by the share that it keeps. */
class MacsLeft {
  total = 0
  private readonly nodes = new Map<string, { readonly whole: number; now: number; axes: Axis[] }>()
  /** Where a coupled channel lies. */
  private readonly places = new Map<number, { readonly node: string; readonly axis: Axis }[]>()

  constructor({ works }: ChannelMap, macs: NodeMacs) {
    for (const [node, work] of macs) {
      const whole = work ?? 0
      const axes: Axis[] = []
      this.nodes.set(node, { whole, now: whole, axes })
      this.total += whole
      for (const channels of works.get(node) ?? []) {
        const axis = { whole: channels.length, left: channels.length }
        axes.push(axis)
        for (const channel of channels)
          this.places.set(channel, [...(this.places.get(channel) ?? []), { node, axis }])
      }
    }
  }

  remove(channel: number): void {
    const places = this.places.get(channel) ?? []
    for (const { axis } of places) axis.left -= 1
    for (const id of new Set(places.map(({ node }) => node))) {
      const node = this.nodes.get(id)
      if (node === undefined) continue
      const share = node.axes.reduce((product, { whole, left }) => (product * left) / whole, 1)
      this.total += node.whole * share - node.now
      node.now = node.whole * share
    }
  }
}

/** Multiply-accumulates without the removed channels. */
export function macsAfter(map: ChannelMap, macs: NodeMacs, removed: ReadonlySet<number>): number {
  const left = new MacsLeft(map, macs)
  for (const channel of removed) left.remove(channel)
  return Math.round(left.total)
}

interface Axis {
  readonly whole: number
  left: number
}
