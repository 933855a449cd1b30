import { elementCount } from '../../core/tensor-spec'
import type { Sliding } from '../../graph/operators'
import type { StatisticOf } from '../statistics'

/** How a kernel moves over its input; lists have one entry for each axis that it has a width on. */
export interface KernelWalk extends Sliding {
  readonly width: readonly number[]
}

interface AxisWalk {
  readonly size: number
  readonly width: number
  readonly stride: number
  readonly dilation: number
  /** Zeros before the first element. */
  readonly before: number
  /** Positions of the output. */
  readonly count: number
}

/**
 * The mean, over samples and all positions of the output, of what each element of a kernel is multiplied
 * by; the zeros of a padded border count, so the mean of a layer's outputs is the kernel times this.
 * @param mean over samples, as the layer is given it; axes before those of the window are averaged over
 * @returns row-major [...width, channels]; null where the kernel does not fit
 */
export function patchMeans(mean: StatisticOf['mean'], walk: KernelWalk): Float64Array | null {
  const lead = mean.sides.length - 1 - walk.width.length
  if (lead < 0) return null
  const { sides, values } = withChannelsLast(mean, walk)
  const axes = sides.slice(lead, -1)
  let positions = elementCount(sides.slice(0, lead))
  let current = positions === 1 ? values : overFirst(values, values.length / positions)
  let outer = 1
  for (const [axis, size] of axes.entries()) {
    const own = axisWalk(size, axis, walk)
    if (own.count < 1) return null
    const inner = current.length / (outer * size)
    current = gathered(current, outer, inner, own)
    positions *= own.count
    outer *= own.width
  }
  return current.map((sum) => sum / positions)
}

function withChannelsLast(mean: StatisticOf['mean'], { layout, width }: KernelWalk) {
  if (layout === 'channelsLast') return mean
  const at = mean.sides.length - 1 - width.length
  const places = mean.sides.slice(at + 1)
  const channels = mean.sides[at] ?? 1
  const inner = elementCount(places)
  const values = mean.values.map((_, to) => {
    const place = Math.floor(to / channels) % inner
    const block = Math.floor(to / (channels * inner))
    return mean.values[(block * channels + (to % channels)) * inner + place] ?? 0
  })
  return { sides: [...mean.sides.slice(0, at), ...places, channels], values }
}

/** The sum over all axes in front. */
function overFirst(values: Float64Array, inner: number): Float64Array {
  const sums = new Float64Array(inner)
  for (let i = 0; i < values.length; i++)
    sums[i % inner] = (sums[i % inner] ?? 0) + (values[i] ?? 0)
  return sums
}

/** Sizes and padding as TensorFlow computes them. */
function axisWalk(size: number, axis: number, walk: KernelWalk): AxisWalk {
  const width = walk.width[axis] ?? 1
  const stride = walk.strides[axis] ?? 1
  const dilation = walk.dilations[axis] ?? 1
  const reach = (width - 1) * dilation
  const { padding } = walk
  if (typeof padding !== 'string') {
    const before = padding.begin[axis] ?? 0
    const padded = size + before + (padding.end[axis] ?? 0)
    const count = Math.floor((padded - reach - 1) / stride) + 1
    return { size, width, stride, dilation, before, count }
  }
  const count = Math.ceil(size / stride)
  const needed = (count - 1) * stride + reach + 1 - size
  const padded = padding === 'sameCentred' ? needed : Math.max(0, needed)
  const before = padding === 'sameLower' ? Math.ceil(padded / 2) : Math.floor(padded / 2)
  return { size, width, stride, dilation, before, count }
}

/** For each offset of the kernel along one axis the sum over the positions that it meets an element at. */
function gathered(
  values: Float64Array,
  outer: number,
  inner: number,
  { size, width, stride, dilation, before, count }: AxisWalk,
): Float64Array {
  const sums = new Float64Array(outer * width * inner)
  for (let block = 0; block < outer; block++)
    for (let offset = 0; offset < width; offset++)
      for (let position = 0; position < count; position++) {
        const at = position * stride + offset * dilation - before
        if (at < 0 || at >= size) continue
        const from = (block * size + at) * inner
        const to = (block * width + offset) * inner
        for (let i = 0; i < inner; i++) sums[to + i] = (sums[to + i] ?? 0) + (values[from + i] ?? 0)
      }
  return sums
}
