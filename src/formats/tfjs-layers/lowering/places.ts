import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { layout, margins, padding, repeated, spatialAxes } from './settings'

/** Layers that look at neighbouring places of pictures, or move, add and leave them out. */

/** tfjs knows no layout of one axis. */
export function pooling(kind: 'Max' | 'Average', places: number) {
  return (call: LoweredCall): Flowing => {
    const { config } = call
    const window = config.sizes('pool_size', places, 2)
    const strides = config.has('strides') ? config.sizes('strides', places) : window
    const attributes = {
      function: kind,
      window,
      strides,
      dilations: repeated(1, places),
      padding: padding(config, places),
      layout: places === 1 ? 'channelsLast' : layout(config),
      countsPadding: false,
      ceil: false,
    } as const
    return call.node('pool', attributes, [call.x])
  }
}

export function globalPooling(kind: 'Max' | 'Mean', places: number) {
  return (call: LoweredCall): Flowing => {
    const { x, config } = call
    const axes = spatialAxes(x.rank, places, places === 1 ? 'channelsLast' : layout(config))
    const attributes = { function: kind, axes, keepDims: false }
    return call.node('reduce', attributes, [x], x.rank - places)
  }
}

export function zeroPadding(call: LoweredCall): Flowing {
  const { x, config } = call
  const pairs = config.has('padding')
    ? margins(config, 'padding')
    : ([
        [1, 1],
        [1, 1],
      ] as const)
  const axes = spatialAxes(x.rank, 2, layout(config))
  const along = (end: 0 | 1): number[] =>
    Array.from({ length: x.rank }, (_, axis) => pairs[axes.indexOf(axis)]?.[end] ?? 0)
  const attributes = { begin: along(0), end: along(1), mode: 'constant', value: 0 } as const
  return call.node('pad', attributes, [x])
}

export function cropping(call: LoweredCall): Flowing {
  const { x, config } = call
  // tfjs says the sides of channels last where the file has a null, and crops as of channels first.
  const at = config.object['data_format'] === null ? 'channelsFirst' : layout(config)
  const pairs = margins(config, 'cropping')
  const attributes = {
    axes: spatialAxes(x.rank, 2, at),
    starts: pairs.map(([before]) => before),
    ends: pairs.map(([, behind]) => (behind === 0 ? null : -behind)),
    steps: [1, 1],
    squeezed: [],
  }
  return call.node('slice', attributes, [x])
}

/** The repair lets the nearest place alone through. */
export function upSampling(call: LoweredCall): Flowing {
  const { config } = call
  if (!Array.isArray(config.object['size'] ?? [])) throw new NotExact('size')
  if ((config.object['interpolation'] ?? 'nearest') !== 'nearest')
    throw new NotExact('interpolation')
  const attributes = {
    to: { factors: config.sizes('size', 2, 2) },
    mode: 'nearest',
    coordinates: 'asymmetric',
    layout: layout(config),
  } as const
  return call.node('resize', attributes, [call.x])
}
