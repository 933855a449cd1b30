import { elementCount, isCompressible } from '../core/tensor-spec'
import type { TensorSpec } from '../core/tensor-spec'
import type { WeightTensor } from '../core/weight-tensor'
import type { ChannelGroup, ChannelMap } from '../structure/channel-map'
import { chooseChannels } from '../structure/choose-channels'
import type { ChannelScores } from '../structure/channel-scores'
import { targetOfFilters } from './filter-target'
import type { FilterCell, FilterSensitivity } from './sensitivity'

/** What goes together in a model, and what each channel is worth. */
export interface FilterGround {
  readonly map: ChannelMap
  readonly scores: ChannelScores
}

/** How the weights of a model lie, and what is known of what they are multiplied by. */
export interface FilterWorld extends FilterGround {
  readonly weights: readonly WeightTensor[]
  /** Weights that do not meet what their layer is given, such as the second kernel of a separable convolution. */
  readonly inner: ReadonlySet<string>
  /** E[x^2] of each input channel of a layer; null: not known. */
  readonly moments: (layer: string) => Float64Array | null
  /** Deflated bytes of a weight in the chosen file, as it is. */
  readonly bytes: (weight: WeightTensor) => number
}

/** Channels that go where this share of a layer's filters goes, with those that can only go together with them. */
export function removedFilters(
  { map, scores }: FilterGround,
  layer: string,
  share: number,
): ReadonlySet<number> {
  return chooseChannels(map, scores, new Map(), new Set(), targetOfFilters(layer, share))
}

/** Whether filters of a layer can go, and what each share of them costs; found without a pass. */
export function filterSensitivity(
  world: FilterWorld,
  layer: string,
  shares: readonly number[],
): FilterSensitivity {
  const { groups } = world.map
  const group = groups.find(({ producers }) => producers.includes(layer))
  if (group === undefined) {
    const followed = groups.find(({ followers }) => followers.includes(layer))
    const [other] = followed?.producers ?? []
    return other === undefined
      ? { state: 'stay', reason: 'layer', layer }
      : { state: 'stay', reason: 'follows', layer: other }
  }
  if (group.fixed !== null) return { state: 'stay', ...group.fixed }
  const readers = world.weights
    .filter(({ spec }) => group.readers.includes(spec.layerName))
    .flatMap((weight) => inputEnergy(world, weight) ?? [])
  const touched = world.weights.filter(({ spec }) => touches(world.map, spec.name, group))
  const cells = shares.map((share): FilterCell => {
    const removed = removedFilters(world, layer, share)
    return {
      share,
      removed: removed.size,
      saved: savedBytes(world, touched, removed),
      error: lostShare(readers, removed),
    }
  })
  const others = group.producers.filter((name) => name !== layer)
  return { state: 'go', filters: group.channels.length, with: others, cells, measured: [] }
}

function touches({ slices }: ChannelMap, weight: string, { channels }: ChannelGroup): boolean {
  const own = new Set(channels)
  return (slices.get(weight) ?? []).some((axis) => axis?.some((channel) => own.has(channel)))
}

/** Weights go in proportion, as floats hardly deflate. */
function savedBytes(
  { bytes, map }: FilterWorld,
  touched: readonly WeightTensor[],
  removed: ReadonlySet<number>,
): number {
  return touched.reduce((sum, weight) => {
    const { name, shape } = weight.spec
    const axes = map.slices.get(name) ?? []
    const left = shape.reduce((product, side, at) => {
      const axis = axes[at] ?? null
      return product * (axis === null ? side : axis.filter((one) => !removed.has(one)).length)
    }, 1)
    return sum + bytes(weight) * (1 - left / Math.max(1, elementCount(shape)))
  }, 0)
}

/** What a kernel makes of each of its inputs: the channel, and E[x^2] ||w||^2 summed over its outputs. */
interface InputEnergy {
  readonly channels: readonly number[]
  readonly energies: Float64Array
}

function inputEnergy(world: FilterWorld, { spec, values }: WeightTensor): InputEnergy | null {
  const channels = inputsOf(world.map, spec)
  if (channels === null || world.inner.has(spec.name)) return null
  const known = world.moments(spec.layerName)
  const moments = known?.length === channels.length ? known : null
  const columns = Math.max(1, spec.shape.at(-1) ?? 1)
  const energies = new Float64Array(channels.length)
  for (let at = 0, row = 0; at < values.length; row++) {
    let energy = 0
    for (const end = at + columns; at < end; at++) energy += (values[at] ?? 0) ** 2
    const input = row % channels.length
    energies[input] = (energies[input] ?? 0) + (moments?.[input] ?? 1) * energy
  }
  return { channels, energies }
}

/** What the layers that read the removed channels lose of their outputs: ||W_r x_r||^2 / ||Wx||^2. */
function lostShare(readers: readonly InputEnergy[], removed: ReadonlySet<number>): number {
  let [lost, whole] = [0, 0]
  for (const { channels, energies } of readers)
    energies.forEach((energy, input) => {
      whole += energy
      if (removed.has(channels[input] ?? -1)) lost += energy
    })
  return whole === 0 ? 0 : lost / whole
}

/** The channel behind each input of a kernel; null where they stay. */
function inputsOf({ slices }: ChannelMap, spec: TensorSpec): readonly number[] | null {
  return isCompressible(spec) ? (slices.get(spec.name)?.[spec.shape.length - 2] ?? null) : null
}

/** A kernel in which nobody reads the removed channels; the same one where nobody did. */
function withoutInputs(
  weight: WeightTensor,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): WeightTensor {
  const input = inputsOf(map, weight.spec)
  if (input?.some((channel) => removed.has(channel)) !== true) return weight
  const columns = Math.max(1, weight.spec.shape.at(-1) ?? 1)
  const values = weight.values.slice()
  for (let row = 0; row * columns < values.length; row++)
    if (removed.has(input[row % input.length] ?? -1))
      values.fill(0, row * columns, (row + 1) * columns)
  return { spec: weight.spec, values }
}

/** The weights of a model that computes what it computes once the channels are gone: nobody reads them. */
export function withoutReading(
  weights: readonly WeightTensor[],
  map: ChannelMap,
  removed: ReadonlySet<number>,
): readonly WeightTensor[] {
  return weights.map((weight) => withoutInputs(weight, map, removed))
}
