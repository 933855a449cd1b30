import { elementCount } from '../core/tensor-spec'
import type { OpenedLayer, OpenedModel, OpenedWeight } from '../formats/format'
import type { ChannelMap } from './channel-map'
import type { Slices } from './layer-rules'

/** What a layer's settings call the number of its channels. */
const COUNTS = ['filters', 'units'] as const

/**
 * The same model without the removed channels: an ordinary, smaller layers model.
 * @param removed coupled channels, not all of any group
 */
export function cutModel(
  model: OpenedModel,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): OpenedModel {
  const counts = new Map<string, number>()
  for (const [name, made] of map.made)
    counts.set(name, made.filter((channel) => !removed.has(channel)).length)
  const resized = (config: Readonly<Record<string, unknown>>, name: string): object => {
    const count = counts.get(name)
    const key = COUNTS.find((candidate) => candidate in config)
    return count === undefined || key === undefined ? config : { ...config, [key]: count }
  }
  return {
    ...model,
    topology: resizeTopology(model.topology, resized),
    layers: model.layers.map((layer): OpenedLayer => {
      const config = resized(layer.config, layer.name) as OpenedLayer['config']
      return { ...layer, config }
    }),
    weights: model.weights.map((weight) => {
      const axes = map.slices.get(weight.spec.name)
      return axes === undefined ? weight : cutWeight(weight, axes, removed)
    }),
  }
}

function cutWeight(weight: OpenedWeight, axes: Slices, removed: ReadonlySet<number>): OpenedWeight {
  const { spec, values } = weight
  if (!axes.some((axis) => axis?.some((channel) => removed.has(channel)))) return weight
  if (!(values instanceof Float32Array)) return weight
  const shape = shapeAfter(spec.shape, axes, removed)
  const kept = values.filter((_, index) => !isRemoved(index, spec.shape, axes, removed))
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
    zeros: kept.reduce((zeros, value) => zeros + (value === 0 ? 1 : 0), 0),
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

/** Whether an element of a row-major tensor lies on a removed channel of some axis. */
function isRemoved(
  index: number,
  shape: readonly number[],
  axes: Slices,
  removed: ReadonlySet<number>,
): boolean {
  let rest = index
  for (let at = shape.length - 1; at >= 0; at--) {
    const side = shape[at] ?? 1
    const channel = axes[at]?.[rest % side]
    if (channel !== undefined && removed.has(channel)) return true
    rest = Math.floor(rest / side)
  }
  return false
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
