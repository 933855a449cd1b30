import type { CutPlan, CutRecord } from '../../src/protocol/structure-messages'

export function cutPlan(change: Partial<CutPlan> = {}): CutPlan {
  return {
    parameters: 4_000,
    macs: 50_000,
    bytes: 16_000,
    whole: { parameters: 10_000, macs: 200_000, bytes: 40_000 },
    gone: [],
    layers: [{ name: 'conv', before: 16, after: 8 }],
    ...change,
  }
}

/** Half of the filters of the file's own weights. */
export function cutRecord(): CutRecord {
  return {
    target: {
      criterion: 'l2',
      of: 'channels',
      share: 0.5,
      scope: 'global',
      protectFirst: true,
      seed: 42,
    },
    blocks: [],
    start: 'kept',
    trained: null,
    training: [],
  }
}
