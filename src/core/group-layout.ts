import { elementCount } from './tensor-spec'
import type { ChannelLayout, TensorSpec } from './tensor-spec'

/**
 * Which weights of a tensor share a scale and a zero point, or a table of levels. The flat, row-major array is
 * read as rows of `count` times `inner` weights:
 *
 *     row   = floor(index / (count * inner))
 *     set   = floor(row / axis) * ceil(axis / block) + floor((row mod axis) / block)
 *     group = set * count + floor(index / inner) mod count
 *
 * One group for all is the case of a single row; one for each output channel that of rows that all share
 * their groups. Blocks along an axis are those of ONNX's `DequantizeLinear`: `axis` is the length of the axis,
 * `block` its `block_size`, `count` the product of the sides after it, and groups are in the order of its
 * tensor of scales, [sides before, ceil(axis / block), sides after].
 */
export interface GroupLayout {
  /** Groups side by side in a row. */
  readonly count: number
  /** Neighbours in a row that belong to one group. */
  readonly inner: number
  /** Rows that share their groups. */
  readonly block: number
  /** Rows after which blocks begin anew, so that the last one before may be short. */
  readonly axis: number
}

/** One group for a tensor of so many weights. */
export function oneGroup(length: number): GroupLayout {
  return { count: 1, inner: Math.max(1, length), block: 1, axis: 1 }
}

/** A group for each output channel. */
export function groupsOfChannels({ count, inner }: ChannelLayout, length: number): GroupLayout {
  const rows = Math.max(1, Math.ceil(length / Math.max(1, count * inner)))
  return { count, inner, block: rows, axis: rows }
}

/**
 * Blocks of `size` weights along the input axis: at every place of the kernel each output channel has a group
 * for the first `size` inputs, one for the next, and so on. Where there is no input axis (depthwise kernels,
 * vectors), or one block would span it, each output channel is one group.
 */
export function groupsOfInputs(spec: TensorSpec, size: number): GroupLayout {
  const { shape, channel } = spec
  const at = inputAxis(spec)
  const axis = at === null ? 0 : (shape[at] ?? 0)
  return at === null || axis <= size
    ? groupsOfChannels(channel, elementCount(shape))
    : { count: elementCount(shape.slice(at + 1)), inner: 1, block: size, axis }
}

/**
 * The axis over which an output channel sums: the one before the channels where those come last, as in
 * [h, w, in, out], else the one after them, as in [out, in, h, w] and [h, w, out, in].
 * @returns null where each output looks at one input alone, or the tensor is no matrix
 */
function inputAxis(spec: TensorSpec): number | null {
  const { role, shape } = spec
  if (role === 'depthwiseKernel' || shape.length < 2) return null
  const channels = outputAxis(spec)
  if (channels === null) return null
  return channels === shape.length - 1 ? channels - 1 : channels + 1
}

/** The axis along which the output channels of a tensor lie; null where they are no axis of it. */
export function outputAxis({ channel, shape }: TensorSpec): number | null {
  const axis = shape.findLastIndex(
    (side, at) => side === channel.count && elementCount(shape.slice(at + 1)) === channel.inner,
  )
  return axis < 0 ? null : axis
}

/** How many groups a tensor of so many weights has. */
export function groupCount({ count, inner, block, axis }: GroupLayout, length: number): number {
  const rounds = Math.max(1, Math.ceil(length / (count * inner * axis)))
  return rounds * Math.ceil(axis / block) * count
}

/** Whether groups follow one another along an axis, which one scale for each channel cannot say. */
export function hasBlocks({ block, axis }: GroupLayout): boolean {
  return block < axis
}

/** The group of one weight. */
export function groupOf({ count, inner, block, axis }: GroupLayout, index: number): number {
  const row = Math.floor(index / (count * inner))
  const set = Math.floor(row / axis) * Math.ceil(axis / block) + Math.floor((row % axis) / block)
  return set * count + (Math.floor(index / inner) % count)
}

/** Rows that share their groups: weights [start, end), in which groups take turns of `run` neighbours each. */
export interface Stretch {
  readonly start: number
  readonly end: number
  /** The first group; `count` of them, one after the other. */
  readonly first: number
  readonly count: number
  readonly run: number
}

/**
 * Visits a tensor stretch after stretch. Loops over weights stand inside the visit, as tight as they would be
 * for channels alone; the one stretch of a single group is one run.
 */
export function forEachStretch(
  { count, inner, block, axis }: GroupLayout,
  length: number,
  visit: (stretch: Stretch) => void,
): void {
  const row = count * inner
  let first = 0
  for (let round = 0; round < length; round += row * axis) {
    const roundEnd = Math.min(length, round + row * axis)
    for (let start = round; start < roundEnd; start += row * block) {
      const end = Math.min(roundEnd, start + row * block)
      visit({ start, end, first, count, run: count === 1 ? end - start : inner })
      first += count
    }
  }
}

/**
 * Visits weights [from, to) of a tensor run after run: neighbours [start, end) that belong to one group.
 * @param length of the whole tensor
 */
export function forEachRun(
  groups: GroupLayout,
  length: number,
  from: number,
  to: number,
  visit: (group: number, start: number, end: number) => void,
): void {
  forEachStretch(groups, length, ({ start, end, first, count, run }) => {
    const stop = Math.min(end, to)
    let at = Math.max(start, from)
    if (at >= stop) return
    let group = Math.floor((at - start) / run) % count
    for (let next = at + run - ((at - start) % run); at < stop; next += run) {
      const runEnd = Math.min(next, stop)
      visit(first + group, at, runEnd)
      at = runEnd
      group = group + 1 === count ? 0 : group + 1
    }
  })
}
