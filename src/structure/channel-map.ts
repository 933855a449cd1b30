import type { GraphLayer, ModelGraph } from '../graph/graph'
import type { GraphNode } from '../graph/operators'
import type { Shape, ValueName } from '../graph/values'
import type { Channels, KernelPlace, Marked, Slices } from './channel-effect'
import { effectOf } from './channel-rules'
import { UnionFind } from './union-find'

/** Why channels must stay. */
export type FixedReason = 'output' | 'shared' | 'nested' | 'layer'

/** Channels that live and die together, and every layer that changes with them. */
export interface ChannelGroup {
  readonly id: number
  /** Their own filters or neurons make these channels. */
  readonly producers: readonly string[]
  /** Hold something for each of these channels: normalisation, depthwise filters. */
  readonly followers: readonly string[]
  /** Read these channels. */
  readonly readers: readonly string[]
  /** Coupled channels: removing one takes a filter of every producer. */
  readonly channels: readonly number[]
  /** The layer because of which they stay, and why; null: they may go. */
  readonly fixed: { readonly reason: FixedReason; readonly layer: string } | null
}

/** Which channels of which layers belong together. */
export interface ChannelMap {
  readonly groups: readonly ChannelGroup[]
  /** By weight: for each axis the channel behind each index, or null where the axis has none. */
  readonly slices: ReadonlyMap<ValueName, Slices>
  /** By layer: the channels that it makes itself, in the order of its filters. */
  readonly made: ReadonlyMap<string, Channels>
  /** By layer the kernel whose filters make its channels. */
  readonly kernels: ReadonlyMap<string, KernelPlace>
  /** By layer one number for each channel by which a normalisation weighs it. */
  readonly scales: ReadonlyMap<string, ValueName>
  /** By node that puts its values into another shape: where the channels come to lie. */
  readonly reshaped: ReadonlyMap<string, Marked>
  /** By node the channels with which its work falls, axis by axis. */
  readonly works: ReadonlyMap<string, readonly Channels[]>
}

interface Draft {
  readonly producers: Set<string>
  readonly followers: Set<string>
  readonly readers: Set<string>
  readonly channels: Set<number>
  fixed: ChannelGroup['fixed']
}

interface Touch {
  readonly kind: 'followers' | 'readers'
  readonly layer: string
  readonly channels: Channels
}

/**
 * Finds the dependency groups of a model: through normalisation, activation, pooling, padding, reshaping, merges,
 * concatenation, convolutions and products with a matrix. What is not known keeps all its channels.
 * @param shapes of all values; what has none is not known
 * @see Fang et al. 2023, "DepGraph", arXiv:2301.12900
 */
export function mapChannels(graph: ModelGraph, shapes: ReadonlyMap<ValueName, Shape>): ChannelMap {
  return new Mapping(graph, shapes).run()
}

class Mapping {
  private readonly graph: ModelGraph
  private readonly shapes: ReadonlyMap<ValueName, Shape>
  private readonly layers: ReadonlyMap<string, GraphLayer>
  /** Weights that several nodes read. */
  private readonly shared: ReadonlySet<ValueName>
  /** Layers that make what the model returns. */
  private readonly last: ReadonlySet<string>
  private readonly sets = new UnionFind()
  private readonly known = new Map<ValueName, Marked>()
  private readonly made = new Map<string, Channels>()
  private readonly kernels = new Map<string, KernelPlace>()
  private readonly scales = new Map<string, ValueName>()
  private readonly reshaped = new Map<string, Marked>()
  private readonly works = new Map<string, readonly Channels[]>()
  private readonly slices = new Map<ValueName, Slices>()
  private readonly fixed: { readonly channel: number; readonly why: ChannelGroup['fixed'] }[] = []
  private readonly touched: Touch[] = []

  constructor(graph: ModelGraph, shapes: ReadonlyMap<ValueName, Shape>) {
    this.graph = graph
    this.shapes = shapes
    this.layers = new Map(graph.layers.map((layer) => [layer.name, layer]))
    this.shared = sharedWeights(graph)
    const outputs = new Set(graph.outputs)
    this.last = new Set(
      graph.nodes
        .filter((node) => node.outputs.some((value) => outputs.has(value)))
        .map(({ layer }) => layer),
    )
  }

  run(): ChannelMap {
    for (const node of this.graph.nodes) this.visit(node)
    const resolve = (channels: Channels): Channels =>
      channels.map((channel) => this.sets.root(channel))
    return {
      groups: this.groups(),
      slices: new Map(
        [...this.slices].map(([name, axes]) => [
          name,
          axes.map((axis) => (axis === null ? null : resolve(axis))),
        ]),
      ),
      made: new Map([...this.made].map(([name, channels]) => [name, resolve(channels)])),
      kernels: this.kernels,
      scales: this.scales,
      reshaped: new Map(
        [...this.reshaped].map(([id, { axis, channels }]) => [
          id,
          { axis, channels: resolve(channels) },
        ]),
      ),
      works: new Map([...this.works].map(([id, axes]) => [id, axes.map(resolve)])),
    }
  }

  private visit(node: GraphNode): void {
    const { layer } = node
    const inputs = node.inputs.map((value) => this.known.get(value ?? '') ?? null)
    const reason = this.strangeness(node)
    const effect = reason === null ? this.effect(node, inputs) : null
    if (effect === null) {
      // Nothing is known of what it does to channels: those that it reads stay.
      for (const mark of inputs) this.keep(mark, { reason: reason ?? 'layer', layer })
      return
    }
    for (const [weight, axes] of effect.slices) this.slices.set(weight, axes)
    if (effect.touches !== null)
      for (const mark of inputs)
        if (mark !== null)
          this.touched.push({ kind: effect.touches, layer, channels: mark.channels })
    if (effect.made !== null) {
      this.made.set(layer, effect.made.channels)
      this.kernels.set(layer, effect.made.kernel)
    }
    if (effect.scale !== null) this.scales.set(layer, effect.scale)
    if (effect.works.length > 0) this.works.set(node.id, effect.works)
    for (const [at, value] of node.outputs.entries()) {
      const mark = effect.outputs[at] ?? null
      if (mark !== null) this.known.set(value, mark)
      if (mark !== null && node.op === 'reshape') this.reshaped.set(node.id, mark)
      if (this.last.has(layer)) this.keep(mark, { reason: 'output', layer })
    }
  }

  private effect(node: GraphNode, inputs: readonly (Marked | null)[]) {
    return effectOf(node, {
      inputs,
      shapeOf: (value) => this.shapes.get(value ?? ''),
      weightShape: (value) => this.graph.parameters.get(value ?? '')?.shape ?? null,
      create: (count) => Array.from({ length: count }, () => this.sets.add()),
      join: (left, right) => {
        left.forEach((channel, at) => {
          this.sets.join(channel, right[at] ?? channel)
        })
      },
    })
  }

  private strangeness({ inputs, layer }: GraphNode): FixedReason | null {
    if (this.layers.get(layer)?.nested === true) return 'nested'
    return inputs.some((value) => value !== null && this.shared.has(value)) ? 'shared' : null
  }

  private keep(mark: Marked | null, why: ChannelGroup['fixed']): void {
    for (const channel of new Set(mark?.channels ?? [])) this.fixed.push({ channel, why })
  }

  private groups(): ChannelGroup[] {
    // Producers that share one coupled channel share all of the group.
    const layers = new UnionFind()
    const owner = new Map<number, number>()
    const ids = new Map<string, number>()
    for (const [name, channels] of this.made) {
      const id = layers.add()
      ids.set(name, id)
      for (const channel of channels) {
        const root = this.sets.root(channel)
        const other = owner.get(root)
        if (other === undefined) owner.set(root, id)
        else layers.join(other, id)
      }
    }
    const drafts = new Map<number, Draft>()
    const draftOf = (id: number): Draft => {
      const root = layers.root(id)
      let draft = drafts.get(root)
      if (draft === undefined) {
        draft = {
          producers: new Set(),
          followers: new Set(),
          readers: new Set(),
          channels: new Set(),
          fixed: null,
        }
        drafts.set(root, draft)
      }
      return draft
    }
    for (const [name, channels] of this.made) {
      const draft = draftOf(ids.get(name) ?? 0)
      draft.producers.add(name)
      for (const channel of channels) draft.channels.add(this.sets.root(channel))
    }
    const groupOf = (channel: number): Draft | null => {
      const id = owner.get(this.sets.root(channel))
      return id === undefined ? null : draftOf(id)
    }
    const readers = new Set(
      this.touched.filter(({ kind }) => kind === 'readers').map(({ layer }) => layer),
    )
    for (const { kind, layer, channels } of this.touched) {
      // A layer of several nodes, such as a separable convolution, is a reader if one of them is.
      const own = kind === 'followers' && readers.has(layer) ? 'readers' : kind
      for (const channel of channels) groupOf(channel)?.[own].add(layer)
    }
    for (const { channel, why } of this.fixed) {
      const group = groupOf(channel)
      if (group !== null) group.fixed ??= why
    }
    return [...drafts.values()].map((draft, id) => ({
      id,
      producers: [...draft.producers],
      followers: [...draft.followers],
      readers: [...draft.readers],
      channels: [...draft.channels].toSorted((a, b) => a - b),
      fixed: draft.fixed,
    }))
  }
}

function sharedWeights({ nodes, parameters }: ModelGraph): ReadonlySet<ValueName> {
  const seen = new Set<ValueName>()
  const shared = new Set<ValueName>()
  for (const { inputs } of nodes)
    for (const value of new Set(inputs))
      if (value !== null && parameters.has(value)) {
        if (seen.has(value)) shared.add(value)
        seen.add(value)
      }
  return shared
}
