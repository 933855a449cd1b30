import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout, LayerKind, TensorRole } from '../../core/tensor-spec'

/** What a weight is for. */
export interface Meaning {
  readonly role: TensorRole
  readonly kind: LayerKind
  readonly channel: ChannelLayout
}

/** All of it is one channel. */
export function wholeOf(shape: readonly number[]): ChannelLayout {
  return { count: 1, inner: Math.max(1, elementCount(shape)) }
}

export function otherMeaning(shape: readonly number[]): Meaning {
  return { role: 'other', kind: 'other', channel: wholeOf(shape) }
}

/** Axes of a weight that was turned already, turned once more. @param axes null: it was not */
export function turned(axes: readonly number[] | null, turn: readonly number[]): readonly number[] {
  return axes === null ? turn : turn.map((axis) => axes[axis] ?? -1)
}

/**
 * What a weight is for that is read with its axes in another order.
 * @param axes for each axis that is read that of the weight; null: they are the same
 * @param meaningAs by the shape that is read
 */
export function meaningTurned(
  shape: readonly number[],
  axes: readonly number[] | null,
  meaningAs: (shape: readonly number[]) => Meaning,
): Meaning {
  // Of nothing there is nothing to compress.
  if (elementCount(shape) === 0) return otherMeaning(shape)
  if (axes === null) return meaningAs(shape)
  const isWhole = shape.every((_, axis) => axes.includes(axis)) && axes.length === shape.length
  const meaning = meaningAs(axes.map((axis) => shape[axis] ?? 1))
  const channel = isWhole ? channelBefore(meaning.channel, shape, axes) : null
  return channel === null ? otherMeaning(shape) : { ...meaning, channel }
}

/**
 * Where the channels of a turned weight lie before it is turned.
 * @returns null where they do not lie behind one another
 */
function channelBefore(
  { count, inner }: ChannelLayout,
  shape: readonly number[],
  axes: readonly number[],
): ChannelLayout | null {
  if (count === 1) return wholeOf(shape)
  const sides = axes.map((axis) => shape[axis] ?? 1)
  const placeBefore = (elements: number): number =>
    sides.findIndex((_, at) => elementCount(sides.slice(at)) === elements)
  const [from, to] = [placeBefore(count * inner), placeBefore(inner)]
  const own = axes.slice(from, to < 0 ? axes.length : to).filter((axis) => shape[axis] !== 1)
  const [first = 0] = own
  const last = own.at(-1) ?? first
  const isRun = own.every((axis, at) => at === 0 || axis > (own[at - 1] ?? 0))
  return isRun && elementCount(shape.slice(first, last + 1)) === count
    ? { count, inner: elementCount(shape.slice(last + 1)) }
    : null
}
