import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import { layout, spatialAxes } from '../../tfjs-layers/lowering/settings'

type Sides = readonly [height: number, width: number]

/**
 * The middle of pictures, in the layout of the config; where they are smaller, as much of their middle as has the form
 * that is asked for, resized bilinearly.
 * https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
 */
export function centerCrop(call: LoweredCall): Flowing {
  const wanted = wantedSides(call)
  const [height, width] = sidesOf(call)
  return height >= wanted[0] && width >= wanted[1]
    ? cut(call, middleOf(call, wanted), wanted)
    : resizedMiddle(call)
}

/**
 * What `RandomCrop` does outside training: as much of the middle as has the form that is asked for, resized. Keras 3.6 cuts so many
 * places from where that begins, and since 3.8 it hands on what it is given.
 * @param version of Keras: tf-keras is 2; null where the file does not say
 */
export function randomCrop(call: LoweredCall, version: KerasVersion): Flowing {
  const { major, minor } = version
  if (major === 2) return resizedMiddle(call)
  if (minor === null) throw new NotExact('keras_version')
  if (minor < 6) return resizedMiddle(call)
  if (minor >= 8) return call.node('identity', {}, [call.x])
  const sides = sidesOf(call)
  const wanted = wantedSides(call)
  const starts = middleOf(call, formOf(call))
  const left = wanted.map((side, at) => Math.min(side, (sides[at] ?? 0) - (starts[at] ?? 0)))
  const part = cut(call, starts, left)
  return left.every((side, at) => side === wanted[at]) ? part : resized(call, part)
}

/** Of the Keras that wrote a file. */
export interface KerasVersion {
  readonly major: 2 | 3
  readonly minor: number | null
}

/** @param written as the file says it */
export function versionFrom(major: 2 | 3, written: string | null): KerasVersion {
  const told = /^(\d+)\.(\d+)/.exec(written ?? '')
  return { major, minor: told !== null && Number(told[1]) === major ? Number(told[2]) : null }
}

function resizedMiddle(call: LoweredCall): Flowing {
  const form = formOf(call)
  return resized(call, cut(call, middleOf(call, form), form))
}

function wantedSides({ config }: LoweredCall): Sides {
  return [config.size('height'), config.size('width')]
}

/** As many places as have the form that is asked for. */
function formOf(call: LoweredCall): Sides {
  const [height, width] = sidesOf(call)
  const [tall, wide] = wantedSides(call)
  return [
    Math.max(1, Math.min(height, Math.trunc((width * tall) / wide))),
    Math.max(1, Math.min(width, Math.trunc((height * wide) / tall))),
  ]
}

function resized(call: LoweredCall, x: Flowing): Flowing {
  const attributes = {
    to: { sides: wantedSides(call) },
    mode: 'linear',
    coordinates: 'halfPixel',
    layout: layout(call.config),
  } as const
  return call.node('resize', attributes, [x])
}

/** Where the place of the middle is not known before the model runs, nothing says it. */
function sidesOf(call: LoweredCall): Sides {
  const shape = call.called.shapeOf(call.x)
  const [height = null, width = null] = axesOf(call).map((axis) => shape?.[axis] ?? null)
  if (height === null || width === null) throw new NotExact('height')
  return [height, width]
}

function axesOf({ x, config }: LoweredCall): readonly number[] {
  return spatialAxes(x.rank, 2, layout(config))
}

function middleOf(call: LoweredCall, wanted: Sides): readonly number[] {
  return sidesOf(call).map((side, at) => Math.floor((side - (wanted[at] ?? side)) / 2))
}

function cut(call: LoweredCall, starts: readonly number[], sides: readonly number[]): Flowing {
  const attributes = {
    axes: axesOf(call),
    starts,
    ends: starts.map((start, at) => start + (sides[at] ?? 0)),
    steps: [1, 1],
    squeezed: [],
  }
  return call.node('slice', attributes, [call.cast(call.x, 'float32')])
}
