import type { ChannelTarget } from '../structure/choose-channels'

/** Shares of a layer's filters that a map shows side by side. */
export const filterShares = [0.1, 0.25, 0.5] as const

/** The settings of structured pruning that take this share of one layer's filters, and nothing else. */
export function targetOfFilters(layer: string, share: number): ChannelTarget {
  return {
    ...{ criterion: 'l2', of: 'channels', share, scope: 'perLayer', protectFirst: false, seed: 42 },
    only: [layer],
  }
}
