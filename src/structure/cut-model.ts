import { elementCount } from '../core/tensor-spec'
import type { Between } from '../files/between'
import type { OpenedLayer, OpenedModel, OpenedWeight } from '../formats/format'
import type { ChannelMap } from './channel-map'
import type { Slices } from './layer-rules'

/** What a layer's settings call the number of its channels. */
const COUNTS = ['filters', 'units'] as const

/**
 * The same model without the removed channels: an ordinary, smaller layers model.
 * @param removed coupled channels, not all of any group
 * @param between told how many weights are done
 */
export async function cutModel(
  model: OpenedModel,
  map: ChannelMap,
  removed: ReadonlySet<number>,
  between: Between,
): Promise<OpenedModel> {
  const counts = new Map<string, number>()
  for (const [name, made] of map.made)
    counts.set(name, made.filter((channel) => !removed.has(channel)).length)
  const resized = (config: Readonly<Record<string, unknown>>, name: string): object => {
    const count = counts.get(name)
    const key = COUNTS.find((candidate) => candidate in config)
    return count === undefined || key === undefined ? config : { ...config, [key]: count }
  }
  const total = model.weights.reduce((sum, { spec }) => sum + elementCount(spec.shape), 0)
  const weights: OpenedWeight[] = []
  let done = 0
  for (const weight of model.weights) {
    const axes = map.slices.get(weight.spec.name)
    weights.push(axes === undefined ? weight : cutWeight(weight, axes, removed))
    done += elementCount(weight.spec.shape)
    await between(done, total)
  }
  return {
    ...model,
    topology: resizeTopology(model.topology, resized),
    layers: model.layers.map((layer): OpenedLayer => {
      const config = resized(layer.config, layer.name) as OpenedLayer['config']
      return { ...layer, config }
    }),
    weights,
  }
}

function cutWeight(weight: OpenedWeight, axes: Slices, removed: ReadonlySet<number>): OpenedWeight {
  const { spec, values } = weight
  if (!axes.some((axis) => axis?.some((channel) => removed.has(channel)))) return weight
  if (!(values instanceof Float32Array)) return weight
  const shape = shapeAfter(spec.shape, axes, removed)
  const kept = gather(
    values,
    spec.shape,
    spec.shape.map((_, at) => indicesLeft(axes[at] ?? null, removed)),
  )
  let zeros = 0
  for (const value of kept) if (value === 0) zeros++
  const { count, inner } = spec.channel
  const channels = spec.shape.at(-1) === count ? (shape.at(-1) ?? count) : count
  const depthwise = spec.role === 'depthwiseKernel'
  const channel = {
    count: depthwise ? (shape[2] ?? 1) * (shape[3] ?? 1) : channels,
    inner,
  }
  return {
    ...weight,
    spec: { ...spec, shape, channel },
    values: kept,
    storedAs: 'float32',
    storedBytes: 4 * kept.length,
    zeros,
    quantized: null,
  }
}

/** The parameters that a cut leaves, without making it. */
export function parametersAfter(
  { weights }: Pick<OpenedModel, 'weights'>,
  { slices }: ChannelMap,
  removed: ReadonlySet<number>,
): number {
  return weights.reduce((sum, { spec }) => {
    const axes = slices.get(spec.name) ?? []
    return sum + elementCount(shapeAfter(spec.shape, axes, removed))
  }, 0)
}

function shapeAfter(
  shape: readonly number[],
  axes: Slices,
  removed: ReadonlySet<number>,
): number[] {
  return shape.map((side, at) => {
    const axis = axes[at] ?? null
    return axis === null ? side : axis.filter((channel) => !removed.has(channel)).length
  })
}

/** What stays of an axis; null: all of it. */
function indicesLeft(axis: Slices[number], removed: ReadonlySet<number>): readonly number[] | null {
  if (axis?.some((channel) => removed.has(channel)) !== true) return null
  return axis.flatMap((channel, index) => (removed.has(channel) ? [] : [index]))
}

/**
 * The elements of a row-major tensor whose indices are all kept.
 * @param kept for each axis; null: all indices
 */
function gather(
  values: Float32Array,
  shape: readonly number[],
  kept: readonly (readonly number[] | null)[],
): Float32Array {
  // Axes behind the last one that loses anything lie together, and are copied as they lie.
  const last = kept.findLastIndex((indices) => indices !== null)
  const run = elementCount(shape.slice(last + 1))
  const left = shape.map(
    (side, at) => kept[at] ?? Array.from({ length: side }, (_, index) => index),
  )
  const [own = [0]] = left.slice(last, last + 1)
  let starts = [0]
  for (let at = 0; at < last; at++)
    starts = starts.flatMap((start) =>
      (left[at] ?? []).map((index) => start * (shape[at] ?? 1) + index),
    )
  const side = shape[last] ?? 1
  const result = new Float32Array(starts.length * own.length * run)
  let to = 0
  for (const start of starts)
    for (const index of own) {
      const from = (start * side + index) * run
      if (run === 1) result[to] = values[from] ?? 0
      else result.set(values.subarray(from, from + run), to)
      to += run
    }
  return result
}

type Resize = (config: Readonly<Record<string, unknown>>, name: string) => object

/** Writes sizes into the layers of a topology, wherever the file keeps their list. */
function resizeTopology(topology: object, resize: Resize): object {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const entry = value as Readonly<Record<string, unknown>>
    const { class_name: className, config } = entry
    if (typeof className !== 'string' || typeof config !== 'object' || config === null)
      return Object.fromEntries(Object.entries(entry).map(([key, inner]) => [key, walk(inner)]))
    const settings = config as Readonly<Record<string, unknown>>
    const { name } = settings
    const inner = 'layers' in settings ? walk(settings) : settings
    return {
      ...entry,
      config: typeof name === 'string' ? resize(inner as typeof settings, name) : inner,
    }
  }
  return walk(topology) as object
}
