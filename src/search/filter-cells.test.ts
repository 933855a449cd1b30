import { describe, expect, it } from 'vitest'
import type { TensorSpec } from '../core/tensor-spec'
import type { WeightTensor } from '../core/weight-tensor'
import type { ChannelGroup, ChannelMap } from '../structure/channel-map'
import { filterSensitivity, removedFilters, withoutReading } from './filter-cells'
import type { FilterWorld } from './filter-cells'

function kernel(layerName: string, shape: readonly [number, number], fill: number): WeightTensor {
  const spec: TensorSpec = {
    ...{ name: `${layerName}/kernel`, shape, dtype: 'float32', role: 'kernel', layerName },
    ...{ layerKind: 'dense', channel: { count: shape[1], inner: 1 } },
  }
  return { spec, values: new Float32Array(shape[0] * shape[1]).fill(fill) }
}

const group = (change: Partial<ChannelGroup>): ChannelGroup => ({
  ...{ id: 0, producers: ['first'], followers: ['deep'], readers: ['second'] },
  ...{ channels: [0, 1, 2, 3], fixed: null },
  ...change,
})

/** Two neurons become four, which are added to those of another layer; two outputs read them. */
function worldWith(change: Partial<ChannelGroup> = {}): FilterWorld {
  const made = [0, 1, 2, 3]
  const map: ChannelMap = {
    groups: [
      group({ producers: ['first', 'beside'], ...change }),
      group({
        ...{ id: 1, producers: ['second'], followers: [], readers: [], channels: [4, 5] },
        fixed: { reason: 'output', layer: 'second' },
      }),
    ],
    slices: new Map([
      ['first/kernel', [null, made]],
      ['beside/kernel', [null, made]],
      ['second/kernel', [made, [4, 5]]],
    ]),
    made: new Map([
      ['first', made],
      ['beside', made],
      ['second', [4, 5]],
    ]),
    kernels: new Map(
      ['first', 'beside', 'second'].map((name) => [name, { weight: `${name}/kernel`, axis: 1 }]),
    ),
    scales: new Map(),
    reshaped: new Map(),
    works: new Map(),
  }
  return {
    map,
    scores: new Map([3, 1, 2, 4].map((worth, channel) => [channel, worth])),
    weights: [kernel('first', [2, 4], 1), kernel('beside', [2, 4], 1), kernel('second', [4, 2], 3)],
    inner: new Set(),
    moments: (layer) => (layer === 'second' ? Float64Array.of(1, 4, 0, 5) : null),
    bytes: ({ values }) => 4 * values.length,
  }
}

describe('what whole filters cost', () => {
  it('is what those who read them lose, and what the file saves in all layers that change', () => {
    const found = filterSensitivity(worldWith(), 'first', [0.1, 0.25, 0.5])
    if (found.state !== 'go') throw new Error(found.reason)
    expect(found).toMatchObject({ filters: 4, with: ['beside'], measured: [] })
    const [none, quarter, half] = found.cells
    expect(none).toEqual({ share: 0.1, removed: 0, saved: 0, error: 0 })
    // The second channel is worth least: it is four of ten parts of what is read.
    expect(quarter).toMatchObject({ removed: 1, error: 0.4 })
    expect(quarter?.saved).toBe(4 * (2 + 2 + 2))
    // The third one is never anything but zero.
    expect(half).toMatchObject({ removed: 2, error: 0.4 })
    expect(half?.saved).toBe(2 * (quarter?.saved ?? NaN))
  })

  it('counts layers whose outputs are added as one', () => {
    const world = worldWith()
    expect(removedFilters(world, 'beside', 0.5)).toEqual(removedFilters(world, 'first', 0.5))
    expect(removedFilters(world, 'first', 0.5)).toEqual(new Set([1, 2]))
  })

  it('is of weights alike where no inputs are known', () => {
    const blind = { ...worldWith(), moments: () => null }
    const found = filterSensitivity(blind, 'first', [0.5])
    expect(found.state === 'go' && found.cells[0]?.error).toBe(0.5)
  })

  it('looks at nothing that a layer does not read itself', () => {
    const world = { ...worldWith(), inner: new Set(['second/kernel']) }
    const found = filterSensitivity(world, 'first', [0.5])
    expect(found.state === 'go' && found.cells[0]?.error).toBe(0)
  })

  it('says why they stay', () => {
    const world = worldWith()
    expect(filterSensitivity(world, 'second', [0.5])).toEqual({
      ...{ state: 'stay', reason: 'output', layer: 'second' },
    })
    expect(filterSensitivity(world, 'deep', [0.5])).toEqual({
      ...{ state: 'stay', reason: 'follows', layer: 'first' },
    })
    expect(filterSensitivity(world, 'unknown', [0.5])).toMatchObject({ reason: 'layer' })
    const fixed = { reason: 'shared', layer: 'twice' } as const
    expect(filterSensitivity(worldWith({ fixed }), 'first', [0.5])).toMatchObject(fixed)
  })
})

it('makes weights that compute what is left: nobody reads what is gone', () => {
  const { map, weights } = worldWith()
  const [first, beside, second] = withoutReading(weights, map, new Set([1, 2]))
  expect([first, beside]).toEqual(weights.slice(0, 2))
  expect([...(second?.values ?? [])]).toEqual([3, 3, 0, 0, 0, 0, 3, 3])
  expect(second?.values).not.toBe(weights[2]?.values)
})
