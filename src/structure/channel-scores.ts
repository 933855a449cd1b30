import { createRandom } from '../core/random'
import type { WeightTensor } from '../core/weight-tensor'
import type { Between } from '../files/between'
import type { ChannelGroup, ChannelMap } from './channel-map'

/** How much a channel is worth. */
export const channelCriteria = ['l1', 'l2', 'batchNorm', 'geometricMedian', 'random'] as const
export type ChannelCriterion = (typeof channelCriteria)[number]

/** By coupled channel; larger is worth more. */
export type ChannelScores = ReadonlyMap<number, number>

/** Operations on weights between two looks at the signal: some milliseconds. */
const LOOK_EVERY = 1 << 20

type Spend = (operations: number) => Promise<void>

/**
 * The worth of every coupled channel that may go: summed over the layers that make it, then divided by the mean of
 * its group, so that groups can be compared.
 *
 * l1, l2: norm of the filters (Li et al. 2017, arXiv:1608.08710). batchNorm: |gamma| of the normalisation that
 * follows (Liu et al. 2017, arXiv:1708.06519), l1 where none does. geometricMedian: distance of a filter to all others of
 * its layer (He et al. 2019, arXiv:1811.00250). random: the control.
 * @param between told how many of all operations on weights are done
 */
export async function scoreChannels(
  map: ChannelMap,
  weights: readonly WeightTensor[],
  criterion: ChannelCriterion,
  seed: number,
  between: Between,
): Promise<ChannelScores> {
  const groups = map.groups.filter(({ fixed }) => fixed === null)
  const kernels = kernelsOf(weights)
  const tasks = groups.map((group) => scoring(group, map, kernels, weights, criterion, seed))
  const total = tasks.reduce((sum, { operations }) => sum + operations, 0)
  const all = new Map<number, number>()
  let done = 0
  let looked = 0
  const spend: Spend = async (operations) => {
    done += operations
    if (done - looked < LOOK_EVERY) return
    looked = done
    await between(done, total)
  }
  for (const { run } of tasks) {
    const scores = await run(spend)
    const mean = [...scores.values()].reduce((sum, value) => sum + value, 0) / scores.size
    for (const [channel, value] of scores) all.set(channel, mean > 0 ? value / mean : value)
  }
  return all
}

interface Scoring {
  readonly operations: number
  readonly run: (spend: Spend) => Promise<ChannelScores>
}

function scoring(
  group: ChannelGroup,
  map: ChannelMap,
  kernels: ReadonlyMap<string, Float32Array>,
  weights: readonly WeightTensor[],
  criterion: ChannelCriterion,
  seed: number,
): Scoring {
  const scores = new Map(group.channels.map((channel) => [channel, 0]))
  const add = (channel: number, value: number): void => {
    scores.set(channel, (scores.get(channel) ?? 0) + value)
  }
  const known = (): Scoring => ({ operations: 0, run: () => Promise.resolve(scores) })
  if (criterion === 'random') {
    const random = createRandom(seed + group.id)
    for (const channel of group.channels) add(channel, random.uniform())
    return known()
  }
  if (criterion === 'batchNorm' && addScales(group, map, weights, add)) return known()
  const producers = group.producers.map((name) => {
    const made = map.made.get(name) ?? []
    return { made, kernel: kernels.get(name) ?? new Float32Array() }
  })
  const isMedian = criterion === 'geometricMedian'
  return {
    // Each filter is held against the ones after it.
    operations: producers.reduce(
      (sum, { made, kernel }) => sum + kernel.length * (isMedian ? (made.length + 1) / 2 : 1),
      0,
    ),
    run: async (spend) => {
      for (const { made, kernel } of producers) {
        const values = isMedian
          ? await distances(kernel, made.length, spend)
          : await norms(kernel, made.length, criterion === 'l2' ? 2 : 1, spend)
        made.forEach((channel, at) => {
          add(channel, values[at] ?? 0)
        })
      }
      return scores
    },
  }
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

/** By layer the kernel whose last axis is its channels: the last one. */
function kernelsOf(weights: readonly WeightTensor[]): ReadonlyMap<string, Float32Array> {
  return new Map(
    weights
      .filter(({ spec }) => spec.role === 'kernel')
      .map(({ spec, values }) => [spec.layerName, values]),
  )
}

/** @param count of filters: the last axis of the kernel */
async function norms(
  kernel: Float32Array,
  count: number,
  power: 1 | 2,
  spend: Spend,
): Promise<Float64Array> {
  const sums = new Float64Array(count)
  const rows = Math.max(1, Math.floor(LOOK_EVERY / count))
  for (let from = 0; from < kernel.length; from += rows * count) {
    const to = Math.min(kernel.length, from + rows * count)
    for (let row = from; row < to; row += count)
      for (let channel = 0; channel < count; channel++) {
        const value = kernel[row + channel] ?? 0
        sums[channel] = (sums[channel] ?? 0) + (power === 1 ? Math.abs(value) : value * value)
      }
    await spend(to - from)
  }
  return power === 1 ? sums : sums.map(Math.sqrt)
}

/** For each filter the sum of its distances to all others. */
async function distances(kernel: Float32Array, count: number, spend: Spend): Promise<Float64Array> {
  const length = kernel.length / Math.max(1, count)
  // One filter after the other, so that two of them are read in order.
  const filters = new Float32Array(kernel.length)
  for (let at = 0; at < kernel.length; at++)
    filters[(at % count) * length + Math.floor(at / count)] = kernel[at] ?? 0
  const sums = new Float64Array(count)
  for (let left = 0; left < count; left++) {
    const filter = filters.subarray(left * length, (left + 1) * length)
    for (let right = left + 1; right < count; right++) {
      const value = distance(filter, filters, right * length)
      sums[left] = (sums[left] ?? 0) + value
      sums[right] = (sums[right] ?? 0) + value
    }
    await spend(length * (count - left))
  }
  return sums
}

function distance(filter: Float32Array, filters: Float32Array, from: number): number {
  // Four sums, so that an addition does not wait for the one before it.
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = filter.length - (filter.length % 4)
  for (let at = 0; at < whole; at += 4) {
    const left = (filter[at] ?? 0) - (filters[from + at] ?? 0)
    const next = (filter[at + 1] ?? 0) - (filters[from + at + 1] ?? 0)
    const third = (filter[at + 2] ?? 0) - (filters[from + at + 2] ?? 0)
    const last = (filter[at + 3] ?? 0) - (filters[from + at + 3] ?? 0)
    a += left * left
    b += next * next
    c += third * third
    d += last * last
  }
  for (let at = whole; at < filter.length; at++)
    a += ((filter[at] ?? 0) - (filters[from + at] ?? 0)) ** 2
  return Math.sqrt(a + b + c + d)
}
