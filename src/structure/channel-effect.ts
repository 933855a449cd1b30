import type { NodeOf, OpName } from '../graph/operators'
import type { Shape, ValueName } from '../graph/values'

/** The channel behind each index of a channel axis. */
export type Channels = readonly number[]
/** For each axis of a weight the channel behind each index; null where the axis has none that may go. */
export type Slices = readonly (Channels | null)[]

/** Where the channels of a value lie. */
export interface Marked {
  readonly axis: number
  readonly channels: Channels
}

/** Filters: a weight, and the axis along which they lie. */
export interface KernelPlace {
  readonly weight: ValueName
  readonly axis: number
}

/** What a node does to channels. */
export interface ChannelEffect {
  /** Of its outputs, in order; null where they are not known. */
  readonly outputs: readonly (Marked | null)[]
  /** Those that it makes itself, and what makes them; null where it only hands on. */
  readonly made: { readonly channels: Channels; readonly kernel: KernelPlace } | null
  readonly slices: ReadonlyMap<ValueName, Slices>
  /** What it is to the channels that it gets; null: nothing of it changes with them. */
  readonly touches: 'followers' | 'readers' | null
  /** Its work falls with each of these in turn. */
  readonly works: readonly Channels[]
  /** One number for each channel by which it is weighed. */
  readonly scale: ValueName | null
}

export interface ChannelFacts {
  /** Of each input of the node; null where they are not known. */
  readonly inputs: readonly (Marked | null)[]
  readonly shapeOf: (value: ValueName | null | undefined) => Shape | undefined
  /** Of a weight; null where the value is none. */
  readonly weightShape: (value: ValueName | null | undefined) => readonly number[] | null
  readonly create: (count: number) => Channels
  /** Couples channels one by one. */
  readonly join: (left: Channels, right: Channels) => void
}

/** @returns null where nothing is known of what happens to channels */
export type ChannelRule<Op extends OpName> = (
  node: NodeOf<Op>,
  facts: ChannelFacts,
) => ChannelEffect | null

const nothing = {
  made: null,
  slices: new Map<ValueName, Slices>(),
  touches: null,
  works: [],
  scale: null,
}

/** The same channels in all outputs. */
export function handsOn(
  node: { readonly outputs: readonly ValueName[] },
  mark: Marked | null,
  more: Partial<ChannelEffect> = {},
): ChannelEffect {
  return { ...nothing, outputs: node.outputs.map(() => mark), ...more }
}

/** An axis counted from the front; null where the rank is needed and not known. */
export function fromFront(axis: number, shape: Shape | undefined): number | null {
  if (axis >= 0) return axis
  return shape === undefined ? null : axis + shape.length
}

/** Each channel `times` in a row. */
export function repeated(channels: Channels, times: number): Channels {
  return times === 1
    ? channels
    : channels.flatMap((channel) => Array.from({ length: times }, () => channel))
}
