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
  const { config } = call
  const wanted: Sides = [config.size('height'), config.size('width')]
  const x = call.cast(call.x, 'float32')
  const sides = sidesOf(call)
  const [height, width] = sides
  if (height >= wanted[0] && width >= wanted[1]) return middle(call, x, sides, wanted)
  const [tall, wide] = wanted
  const form: Sides = [
    Math.max(1, Math.min(height, Math.trunc((width * tall) / wide))),
    Math.max(1, Math.min(width, Math.trunc((height * wide) / tall))),
  ]
  const attributes = {
    to: { sides: wanted },
    mode: 'linear',
    coordinates: 'halfPixel',
    layout: layout(config),
  } as const
  return call.node('resize', attributes, [middle(call, x, sides, form)])
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

function middle(call: LoweredCall, x: Flowing, sides: Sides, wanted: Sides): Flowing {
  const starts = sides.map((side, at) => Math.floor((side - (wanted[at] ?? side)) / 2))
  const attributes = {
    axes: axesOf(call),
    starts,
    ends: starts.map((start, at) => start + (wanted[at] ?? 0)),
    steps: [1, 1],
    squeezed: [],
  }
  return call.node('slice', attributes, [x])
}
