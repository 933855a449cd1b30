import type { Layout } from '../../../graph/operators'
import type { ConfigReader } from '../../tfjs-files/config-reader'
import { samePadding } from '../../tfjs-files/same-padding'
import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { layout, margins, padding, repeated, spatialAxes } from './settings'

/** Layers that look at neighbouring places of pictures, or move, add and leave them out. */

/** @param layoutOf tfjs knows no layout of one axis */
export function pooling(
  kind: 'Max' | 'Average',
  places: number,
  layoutOf: LayoutOf = layoutInSpace(places),
  same: typeof samePadding = samePadding,
) {
  return (call: LoweredCall): Flowing => {
    const { config } = call
    const window = config.sizes('pool_size', places, 2)
    const strides = config.has('strides') ? config.sizes('strides', places) : window
    const attributes = {
      function: kind,
      window,
      strides,
      dilations: repeated(1, places),
      padding: padding(config, places, same),
      layout: layoutOf(config),
      countsPadding: false,
      ceil: false,
    } as const
    return call.node('pool', attributes, [call.x])
  }
}

type LayoutOf = (config: ConfigReader) => Layout

function layoutInSpace(places: number): LayoutOf {
  return places === 1 ? () => 'channelsLast' : layout
}

/** @param layoutOf as of `pooling`. Sides of one are left by files of Keras alone. */
export function globalPooling(
  kind: 'Max' | 'Mean',
  places: number,
  layoutOf: LayoutOf = layoutInSpace(places),
) {
  return (call: LoweredCall): Flowing => {
    const { x, config } = call
    const axes = spatialAxes(x.rank, places, layoutOf(config))
    const keepDims = config.boolean('keepdims', false)
    const attributes = { function: kind, axes, keepDims }
    return call.node('reduce', attributes, [x], keepDims ? x.rank : x.rank - places)
  }
}

export function zeroPadding(places: number) {
  return (call: LoweredCall): Flowing => {
    const { x, config } = call
    const pairs = config.has('padding')
      ? margins(config, 'padding', places)
      : Array.from({ length: places }, () => [1, 1] as const)
    const axes = spatialAxes(x.rank, places, layout(config))
    const along = (end: 0 | 1): number[] =>
      Array.from({ length: x.rank }, (_, axis) => pairs[axes.indexOf(axis)]?.[end] ?? 0)
    const attributes = { begin: along(0), end: along(1), mode: 'constant', value: 0 } as const
    return call.node('pad', attributes, [x])
  }
}

export function cropping(places: number) {
  return (call: LoweredCall): Flowing => {
    const { x, config } = call
    // tfjs says the sides of channels last where the file has a null, and crops as of channels first.
    const at = config.object['data_format'] === null ? 'channelsFirst' : layout(config)
    const pairs = margins(config, 'cropping', places)
    const attributes = {
      axes: spatialAxes(x.rank, places, at),
      starts: pairs.map(([before]) => before),
      ends: pairs.map(([, behind]) => (behind === 0 ? null : -behind)),
      steps: repeated(1, places),
      squeezed: [],
    }
    return call.node('slice', attributes, [x])
  }
}

/** @param coordinates of places between; the repair lets the nearest place alone through to TensorFlow.js */
export function upSampling(places: number, coordinates: 'asymmetric' | 'halfPixel') {
  return (call: LoweredCall): Flowing => {
    const { config } = call
    const isPlain = places !== 2 || coordinates === 'halfPixel'
    if (!isPlain && !Array.isArray(config.object['size'] ?? [])) throw new NotExact('size')
    const between = config.object['interpolation'] ?? 'nearest'
    if (between !== 'nearest' && (between !== 'bilinear' || coordinates === 'asymmetric'))
      throw new NotExact('interpolation')
    const attributes = {
      to: { factors: config.sizes('size', places, 2) },
      ...(between === 'nearest'
        ? ({ mode: 'nearest', coordinates: 'asymmetric' } as const)
        : ({ mode: 'linear', coordinates } as const)),
      layout: places === 1 ? 'channelsLast' : layout(config),
    } as const
    return call.node('resize', attributes, [call.x])
  }
}
