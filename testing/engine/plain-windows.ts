/**
 * What operators of windows give, counted place by place in plain numbers as ONNX defines them: for settings that no file
 * of TensorFlow.js can have.
 */
import type { OpAttributes, Padding, Sliding } from '../../src/graph/operators'

export interface Grid {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** All places of a grid of this shape, row by row. */
function placesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (places, side) =>
      places.flatMap((place) => Array.from({ length: side }, (_, at) => [...place, at])),
    [[]],
  )
}

function indexOf({ shape }: Grid, place: readonly number[]): number | null {
  let index = 0
  for (const [axis, side] of shape.entries()) {
    const at = place[axis] ?? 0
    if (at < 0 || at >= side) return null
    index = index * side + at
  }
  return index
}

function valueAt(grid: Grid, place: readonly number[]): number {
  const index = indexOf(grid, place)
  return index === null ? 0 : (grid.values[index] ?? 0)
}

/** A window along one axis. */
interface Along {
  readonly side: number
  readonly window: number
  readonly stride: number
  readonly dilation: number
  readonly begin: number
  readonly end: number
  readonly count: number
}

function reach({ window, dilation }: Pick<Along, 'window' | 'dilation'>): number {
  return dilation * (window - 1) + 1
}

function paddingAt(padding: Padding, at: number, missing: number): [number, number] {
  if (typeof padding === 'object') return [padding.begin[at] ?? 0, padding.end[at] ?? 0]
  const all = padding === 'sameCentred' ? missing : Math.max(0, missing)
  const [less, more] = [Math.floor(all / 2), Math.ceil(all / 2)]
  return padding === 'sameLower' ? [more, less] : [less, more]
}

function alongOf(
  sides: readonly number[],
  windows: readonly number[],
  sliding: Sliding,
  ceil = false,
) {
  return sides.map((side, at): Along => {
    const own = {
      side,
      window: windows[at] ?? 1,
      stride: sliding.strides[at] ?? 1,
      dilation: sliding.dilations[at] ?? 1,
    }
    const { padding } = sliding
    const same = Math.ceil(side / own.stride)
    const [begin, end] = paddingAt(padding, at, (same - 1) * own.stride + reach(own) - side)
    const steps = (side + begin + end - reach(own)) / own.stride
    let count = typeof padding === 'string' ? same : Math.floor(steps) + 1
    if (ceil && typeof padding === 'object') {
      count = Math.ceil(steps) + 1
      if ((count - 1) * own.stride >= side + begin) count--
    }
    return { ...own, begin, end, count }
  })
}

/** A value as [batch..., places..., channels], whatever its layout. */
function toLast(grid: Grid, places: number, layout: Sliding['layout']): Grid {
  return layout === 'channelsLast' ? grid : turned(grid, channelLast(grid.shape.length, places))
}

function toLayout(grid: Grid, places: number, layout: Sliding['layout']): Grid {
  if (layout === 'channelsLast') return grid
  const perm = channelLast(grid.shape.length, places)
  return turned(
    grid,
    perm.map((_, axis) => perm.indexOf(axis)),
  )
}

function channelLast(rank: number, places: number): number[] {
  const lead = rank - places - 1
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  return [...axes.filter((axis) => axis !== lead), lead]
}

function turned(grid: Grid, perm: readonly number[]): Grid {
  const shape = perm.map((axis) => grid.shape[axis] ?? 1)
  const values = placesOf(shape).map((place) => {
    const old: number[] = []
    perm.forEach((axis, at) => {
      old[axis] = place[at] ?? 0
    })
    return valueAt(grid, old)
  })
  return { shape, values }
}

function made(shape: readonly number[], valueOf: (place: readonly number[]) => number): Grid {
  return { shape, values: placesOf(shape).map(valueOf) }
}

interface Split {
  readonly batch: readonly number[]
  readonly sides: readonly number[]
  readonly channels: number
}

function splitOf({ shape }: Grid, places: number): Split {
  const lead = shape.length - places - 1
  return { batch: shape.slice(0, lead), sides: shape.slice(lead, -1), channels: shape.at(-1) ?? 1 }
}

/** Sums over a window. @param weightAt of a kernel, by place in the window, channel that is read and that is made */
function slid(
  x: Grid,
  alongs: readonly Along[],
  channels: number,
  read: (channel: number) => readonly number[],
  weightAt: (window: readonly number[], from: number, to: number) => number,
): Grid {
  const { batch } = splitOf(x, alongs.length)
  const windows = placesOf(alongs.map(({ window }) => window))
  const shape = [...batch, ...alongs.map(({ count }) => count), channels]
  return made(shape, (place) => {
    const to = place.at(-1) ?? 0
    const at = place.slice(batch.length, -1)
    let sum = 0
    for (const window of windows) {
      const from = alongs.map(
        ({ stride, dilation, begin }, axis) =>
          (at[axis] ?? 0) * stride - begin + (window[axis] ?? 0) * dilation,
      )
      for (const channel of read(to))
        sum +=
          valueAt(x, [...place.slice(0, batch.length), ...from, channel]) *
          weightAt(window, channel, to)
    }
    return sum
  })
}

function kernelPlace(axes: readonly (readonly [axis: number, at: number])[]): number[] {
  const place: number[] = []
  for (const [axis, at] of axes) place[axis] = at
  return place
}

export function plainConv(given: Grid, kernel: Grid, attributes: OpAttributes['conv']): Grid {
  const { kernel: axes, groups, layout } = attributes
  const places = axes.spatial.length
  const x = toLast(given, places, layout)
  const windows = axes.spatial.map((axis) => kernel.shape[axis] ?? 1)
  const [reads, makes] = [kernel.shape[axes.input] ?? 1, kernel.shape[axes.output] ?? 1]
  const groupOf = (to: number): number => Math.floor(to / (makes / groups))
  const result = slid(
    x,
    alongOf(splitOf(x, places).sides, windows, attributes),
    makes,
    (to) => Array.from({ length: reads }, (_, at) => groupOf(to) * reads + at),
    (window, from, to) =>
      valueAt(
        kernel,
        kernelPlace([
          ...axes.spatial.map((axis, at) => [axis, window[at] ?? 0] as const),
          [axes.input, from % reads],
          [axes.output, to],
        ]),
      ),
  )
  return toLayout(result, places, layout)
}

export function plainDepthwise(
  given: Grid,
  kernel: Grid,
  attributes: OpAttributes['depthwiseConv'],
): Grid {
  const { kernel: axes, layout } = attributes
  const places = axes.spatial.length
  const x = toLast(given, places, layout)
  const windows = axes.spatial.map((axis) => kernel.shape[axis] ?? 1)
  const filters = axes.multiplier === null ? 1 : (kernel.shape[axes.multiplier] ?? 1)
  const result = slid(
    x,
    alongOf(splitOf(x, places).sides, windows, attributes),
    splitOf(x, places).channels * filters,
    (to) => [Math.floor(to / filters)],
    (window, from, to) =>
      valueAt(
        kernel,
        kernelPlace([
          ...axes.spatial.map((axis, at) => [axis, window[at] ?? 0] as const),
          [axes.channel, from],
          ...(axes.multiplier === null ? [] : [[axes.multiplier, to % filters] as const]),
        ]),
      ),
  )
  return toLayout(result, places, layout)
}

export function plainTransposed(
  given: Grid,
  kernel: Grid,
  attributes: OpAttributes['transposedConv'],
): Grid {
  const { kernel: axes, groups, layout, strides, dilations, padding, outputPadding } = attributes
  const places = axes.spatial.length
  const x = toLast(given, places, layout)
  const { batch, sides, channels } = splitOf(x, places)
  const windows = axes.spatial.map((axis) => kernel.shape[axis] ?? 1)
  const alongs = sides.map((side, at) => {
    const [stride = 1, dilation = 1, window = 1] = [strides[at], dilations[at], windows[at]]
    const full = (side - 1) * stride + reach({ window, dilation })
    const [begin, end] = paddingAt(padding, at, full - side * stride)
    const given = full - begin - end + (outputPadding[at] ?? 0)
    return { stride, dilation, begin, to: typeof padding === 'string' ? side * stride : given }
  })
  const makes = kernel.shape[axes.output] ?? 1
  const shape = [...batch, ...alongs.map(({ to }) => to), makes * groups]
  const values = placesOf(shape).map(() => 0)
  const result = { shape, values }
  const reads = channels / groups
  for (const place of placesOf(x.shape)) {
    const value = valueAt(x, place)
    const [from = 0] = place.slice(-1)
    const group = Math.floor(from / reads)
    for (const window of placesOf(windows))
      for (let filter = 0; filter < makes; filter++) {
        const at = alongs.map(
          ({ stride, dilation, begin }, axis) =>
            (place[batch.length + axis] ?? 0) * stride - begin + (window[axis] ?? 0) * dilation,
        )
        const index = indexOf(result, [
          ...place.slice(0, batch.length),
          ...at,
          group * makes + filter,
        ])
        if (index === null) continue
        const weight = valueAt(
          kernel,
          kernelPlace([
            ...axes.spatial.map((axis, each) => [axis, window[each] ?? 0] as const),
            [axes.input, from],
            [axes.output, filter],
          ]),
        )
        values[index] = (values[index] ?? 0) + value * weight
      }
  }
  return toLayout(result, places, layout)
}

export function plainPool(given: Grid, attributes: OpAttributes['pool']): Grid {
  const { window: windows, layout, ceil, countsPadding } = attributes
  const places = windows.length
  const x = toLast(given, places, layout)
  const { batch, sides, channels } = splitOf(x, places)
  const alongs = alongOf(sides, windows, attributes, ceil)
  const shape = [...batch, ...alongs.map(({ count }) => count), channels]
  const result = made(shape, (place) => {
    const read: number[] = []
    let counted = 0
    for (const window of placesOf(windows)) {
      const at = alongs.map(
        ({ stride, dilation, begin }, axis) =>
          (place[batch.length + axis] ?? 0) * stride - begin + (window[axis] ?? 0) * dilation,
      )
      const index = indexOf(x, [...place.slice(0, batch.length), ...at, place.at(-1) ?? 0])
      if (index !== null) read.push(x.values[index] ?? 0)
      const isPadded = alongs.every(
        ({ side, begin, end }, axis) => (at[axis] ?? 0) >= -begin && (at[axis] ?? 0) < side + end,
      )
      if (isPadded) counted++
    }
    if (attributes.function === 'Max') return Math.max(...read)
    return read.reduce((sum, value) => sum + value, 0) / (countsPadding ? counted : read.length)
  })
  return toLayout(result, places, layout)
}
