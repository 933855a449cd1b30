import type { LayerShape } from '../core/layer-macs'
import type { OpenedLayer, OpenedModel } from '../formats/format'
import { ruleFor } from './layer-rules'
import type { Channels, Slices } from './layer-rules'
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
  readonly slices: ReadonlyMap<string, Slices>
  /** By layer: the channels that it makes itself, in the order of its filters. */
  readonly made: ReadonlyMap<string, Channels>
}

interface Draft {
  readonly producers: Set<string>
  readonly followers: Set<string>
  readonly readers: Set<string>
  readonly channels: Set<number>
  fixed: ChannelGroup['fixed']
}

/**
 * Finds the dependency groups of a layers model from its topology: through normalisation, activation, pooling,
 * padding, flatten, merges, concatenation, depthwise and separable convolution, and dense layers. What is not
 * known keeps all its channels.
 * @param shapes of the outputs, by flattened name
 * @see Fang et al. 2023, "DepGraph", arXiv:2301.12900
 */
export function mapChannels(
  model: Pick<OpenedModel, 'layers' | 'weights'>,
  outputs: ReadonlySet<string>,
  shapes: ReadonlyMap<string, LayerShape>,
): ChannelMap {
  return new Mapping(model, outputs, shapes).run()
}

class Mapping {
  private readonly sets = new UnionFind()
  private readonly weightShapes: ReadonlyMap<string, readonly number[]>
  private readonly known = new Map<string, Channels | null>()
  private readonly made = new Map<string, Channels>()
  private readonly slices = new Map<string, Slices>()
  private readonly fixed: { readonly channel: number; readonly why: ChannelGroup['fixed'] }[] = []
  private readonly touched: { kind: 'followers' | 'readers'; layer: string; channels: Channels }[] =
    []

  constructor(
    private readonly model: Pick<OpenedModel, 'layers' | 'weights'>,
    private readonly outputs: ReadonlySet<string>,
    private readonly shapes: ReadonlyMap<string, LayerShape>,
  ) {
    this.weightShapes = new Map(model.weights.map(({ spec }) => [spec.name, spec.shape]))
  }

  run(): ChannelMap {
    for (const layer of this.model.layers) this.visit(layer)
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
    }
  }

  private visit(layer: OpenedLayer): void {
    const { name } = layer
    const inputs = layer.inputs.map((input) => this.known.get(input) ?? null)
    const reason = this.strangeness(layer)
    const result =
      reason === null
        ? ruleFor(layer, {
            inputs,
            output: this.shapes.get(name),
            shapes: this.weightShapes,
            create: (count) => Array.from({ length: count }, () => this.sets.add()),
            join: (left, right) => {
              left.forEach((channel, at) => {
                this.sets.join(channel, right[at] ?? channel)
              })
            },
          })
        : null
    if (result === null) {
      // Nothing is known of what it does to channels: those that it reads stay.
      const why = { reason: reason ?? 'layer', layer: name } as const
      for (const channels of inputs) this.keep(channels, why)
      this.known.set(name, null)
      return
    }
    for (const [weight, axes] of result.slices) this.slices.set(weight, axes)
    for (const channels of inputs)
      if (channels !== null && result.touches !== null)
        this.touched.push({ kind: result.touches, layer: name, channels })
    if (result.made !== null) this.made.set(name, result.made)
    if (this.outputs.has(name)) this.keep(result.channels, { reason: 'output', layer: name })
    if (result.keeps) this.keep(result.channels, { reason: 'layer', layer: name })
    this.known.set(name, result.channels)
  }

  private strangeness({ name, calls }: OpenedLayer): FixedReason | null {
    if (name.includes('/')) return 'nested'
    return calls === 1 ? null : 'shared'
  }

  private keep(channels: Channels | null, why: ChannelGroup['fixed']): void {
    for (const channel of new Set(channels ?? [])) this.fixed.push({ channel, why })
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
    for (const { kind, layer, channels } of this.touched)
      for (const channel of channels) groupOf(channel)?.[kind].add(layer)
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
