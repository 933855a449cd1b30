import type { StatisticOf } from '../statistics'

/** How a kernel moves over its input: one entry for each axis that it has a width on. */
export interface KernelWalk {
  readonly width: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: 'valid' | 'same' | 'causal'
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
 * @param mean over samples, [...axes, channels]; axes that the kernel has no width on are averaged over
 * @returns row-major [...width, channels]; null where the kernel does not fit
 */
export function patchMeans(
  { sides, values }: StatisticOf['mean'],
  walk: KernelWalk,
): Float64Array | null {
  const channels = sides.at(-1) ?? 0
  const axes = sides.slice(0, -1)
  if (walk.width.length === 0) return overAll(values, channels)
  if (axes.length !== walk.width.length) return null
  let current = values
  let positions = 1
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

function overAll(values: Float64Array, channels: number): Float64Array {
  const means = new Float64Array(channels)
  for (let i = 0; i < values.length; i++)
    means[i % channels] = (means[i % channels] ?? 0) + (values[i] ?? 0)
  const positions = values.length / channels
  return means.map((sum) => sum / positions)
}

/** Sizes and padding as TensorFlow computes them. */
function axisWalk(size: number, axis: number, walk: KernelWalk): AxisWalk {
  const width = walk.width[axis] ?? 1
  const stride = walk.strides[axis] ?? 1
  const dilation = walk.dilations[axis] ?? 1
  const reach = (width - 1) * dilation
  if (walk.padding === 'valid') {
    const count = Math.floor((size - reach - 1) / stride) + 1
    return { size, width, stride, dilation, before: 0, count }
  }
  if (walk.padding === 'causal') {
    const count = Math.floor((size - 1) / stride) + 1
    return { size, width, stride, dilation, before: reach, count }
  }
  const count = Math.ceil(size / stride)
  const padded = Math.max(0, (count - 1) * stride + reach + 1 - size)
  return { size, width, stride, dilation, before: Math.floor(padded / 2), count }
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
