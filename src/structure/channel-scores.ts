import { createRandom } from '../core/random'
import { elementCount } from '../core/tensor-spec'
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
  const byName = new Map(weights.map((weight) => [weight.spec.name, weight]))
  const tasks = groups.map((group) => scoring(group, map, byName, criterion, seed))
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
  weights: ReadonlyMap<string, WeightTensor>,
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
    return { made: map.made.get(name) ?? [], filters: filtersOf(map, name, weights) }
  })
  const isMedian = criterion === 'geometricMedian'
  return {
    // Each filter is held against the ones after it.
    operations: producers.reduce(
      (sum, { filters: { count, values } }) =>
        sum + values.length * (isMedian ? (count + 1) / 2 : 1),
      0,
    ),
    run: async (spend) => {
      for (const { made, filters } of producers) {
        const values = isMedian
          ? await distances(filters, spend)
          : await norms(filters, criterion === 'l2' ? 2 : 1, spend)
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
  weights: ReadonlyMap<string, WeightTensor>,
  add: (channel: number, value: number) => void,
): boolean {
  let found = false
  for (const [layer, name] of map.scales) {
    const [channels = null] = map.slices.get(name) ?? []
    const values = weights.get(name)?.values
    if (!group.followers.includes(layer) || channels === null || values === undefined) continue
    found = true
    channels.forEach((channel, at) => {
      add(channel, Math.abs(values[at] ?? 0))
    })
  }
  return found
}

/** Filters as they lie: that of a value is floor(index / inner) % count. */
interface Filters {
  readonly values: Float32Array
  readonly count: number
  readonly inner: number
}

function filtersOf(
  { kernels }: ChannelMap,
  layer: string,
  weights: ReadonlyMap<string, WeightTensor>,
): Filters {
  const kernel = kernels.get(layer)
  const weight = weights.get(kernel?.weight ?? '')
  if (kernel === undefined || weight === undefined)
    return { values: new Float32Array(), count: 0, inner: 1 }
  const { shape } = weight.spec
  return {
    values: weight.values,
    count: shape[kernel.axis] ?? 0,
    inner: elementCount(shape.slice(kernel.axis + 1)),
  }
}

async function norms(
  { count, inner, values }: Filters,
  power: 1 | 2,
  spend: Spend,
): Promise<Float64Array> {
  const sums = new Float64Array(count)
  const row = count * inner
  let looked = 0
  for (let from = 0; from < values.length; from += row) {
    for (let filter = 0, at = from; filter < count; filter++) {
      let sum = 0
      for (const end = at + inner; at < end; at++) {
        const value = values[at] ?? 0
        sum += power === 1 ? Math.abs(value) : value * value
      }
      sums[filter] = (sums[filter] ?? 0) + sum
    }
    if (from + row - looked < LOOK_EVERY) continue
    await spend(from + row - looked)
    looked = from + row
  }
  await spend(values.length - looked)
  return power === 1 ? sums : sums.map(Math.sqrt)
}

/** For each filter the sum of its distances to all others. */
async function distances({ count, inner, values }: Filters, spend: Spend): Promise<Float64Array> {
  const length = values.length / Math.max(1, count)
  // One filter after the other, so that two of them are read in order.
  const filters = new Float32Array(values.length)
  for (let from = 0, run = 0; from < values.length; from += inner, run++) {
    const to = (run % count) * length + Math.floor(run / count) * inner
    if (inner === 1) filters[to] = values[from] ?? 0
    else filters.set(values.subarray(from, from + inner), to)
  }
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
