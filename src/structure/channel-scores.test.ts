import { describe, expect, it } from 'vitest'
import type { WeightTensor } from '../core/weight-tensor'
import type { ChannelMap } from './channel-map'
import { scoreChannels } from './channel-scores'
import type { ChannelCriterion } from './channel-scores'

const go = (): Promise<void> => Promise.resolve()

/** Two layers that make the same channels, as before a residual sum, and one that may not lose any. */
function ground(length: number, count: number): { map: ChannelMap; weights: WeightTensor[] } {
  const kernel = (layerName: string): WeightTensor => ({
    spec: {
      name: `${layerName}/kernel`,
      layerName,
      role: 'kernel',
      dtype: 'float32',
      layerKind: 'dense',
      shape: [length, count],
      channel: { count, inner: 1 },
    },
    // Numbers of both signs that do not come back in step with the filters.
    values: Float32Array.from({ length: length * count }, (_, at) =>
      Math.sin(at * layerName.length),
    ),
    stored: null,
  })
  const channels = Array.from({ length: count }, (_, at) => at)
  const fixed = channels.map((channel) => channel + count)
  const group = { followers: [], readers: [] }
  return {
    weights: [kernel('left'), kernel('right'), kernel('classes')],
    map: {
      groups: [
        { ...group, id: 0, producers: ['left', 'right'], channels, fixed: null },
        {
          ...{ ...group, id: 1, producers: ['classes'], channels: fixed },
          fixed: { reason: 'output', layer: 'classes' },
        },
      ],
      slices: new Map(),
      made: new Map([
        ['left', channels],
        ['right', channels],
        ['classes', fixed],
      ]),
      kernels: new Map(
        ['left', 'right', 'classes'].map((name) => [name, { weight: `${name}/kernel`, axis: 1 }]),
      ),
      scales: new Map(),
      reshaped: new Map(),
      works: new Map(),
    },
  }
}

/** Straight from the definitions, with a filter as a list of its own. */
function plainly(weights: readonly WeightTensor[], count: number, criterion: string): number[] {
  const sums = Array.from({ length: count }, () => 0)
  for (const { values } of weights.slice(0, 2)) {
    const filters = sums.map((_, channel) =>
      [...values].filter((_value, at) => at % count === channel),
    )
    filters.forEach((filter, channel) => {
      const distance = (other: readonly number[]): number =>
        Math.hypot(...filter.map((value, at) => value - (other[at] ?? 0)))
      const values = {
        l1: filter.reduce((sum, value) => sum + Math.abs(value), 0),
        l2: Math.hypot(...filter),
        geometricMedian: filters.reduce((sum, other) => sum + distance(other), 0),
      }
      sums[channel] = (sums[channel] ?? 0) + values[criterion as keyof typeof values]
    })
  }
  const mean = sums.reduce((sum, value) => sum + value, 0) / count
  return sums.map((value) => value / mean)
}

describe('the worth of channels', () => {
  it.each(['l1', 'l2', 'geometricMedian'] as const)(
    'by %s is what the definition says',
    async (criterion) => {
      const { map, weights } = ground(30, 12)
      const scores = await scoreChannels(map, weights, criterion, 1, go)
      const wanted = plainly(weights, 12, criterion)
      expect(scores.size).toBe(12)
      for (const [channel, value] of scores) expect(value).toBeCloseTo(wanted[channel] ?? NaN, 9)
    },
  )

  it.each([
    ['l2', 2],
    ['geometricMedian', 100],
  ] as [ChannelCriterion, number][])(
    'by %s is told about on the way, to the end, and can be stopped',
    async (criterion, least) => {
      const { map, weights } = ground(4096, 256)
      const told: [number, number][] = []
      await scoreChannels(map, weights, criterion, 1, (done, total) => {
        told.push([done, total])
        return Promise.resolve()
      })
      expect(told.length).toBeGreaterThanOrEqual(least)
      const [, total] = told[0] ?? [0, 0]
      for (const [at, [done]] of told.entries()) {
        expect(done).toBeGreaterThan(told[at - 1]?.[0] ?? 0)
        expect(done).toBeLessThanOrEqual(total)
      }
      expect(told.at(-1)?.[0]).toBeGreaterThan(0.9 * total)
      const stop = (): Promise<void> => Promise.reject(new Error('stopped'))
      await expect(scoreChannels(map, weights, criterion, 1, stop)).rejects.toThrow('stopped')
    },
  )
})
