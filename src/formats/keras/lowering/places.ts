import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import { maskOf } from '../../tfjs-layers/lowering/masks'
import { globalPooling } from '../../tfjs-layers/lowering/places'
import { layout, spatialAxes } from '../../tfjs-layers/lowering/settings'
import { disturbed } from '../../tfjs-layers/lowering/weighing'

const between = { bilinear: 'linear', nearest: 'nearest' } as const

/** To fixed sides, from the middle of each pixel. */
export function resizing(call: LoweredCall): Flowing {
  const { config } = call
  for (const key of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias'])
    if (config.object[key] === true) throw new NotExact(key)
  const name = config.object['interpolation'] ?? 'bilinear'
  if (name !== 'bilinear' && name !== 'nearest') throw new NotExact('interpolation')
  const attributes = {
    to: { sides: [config.size('height'), config.size('width')] },
    mode: between[name],
    coordinates: 'halfPixel',
    layout: layout(config),
  } as const
  return call.node('resize', attributes, [call.cast(call.x, 'float32')])
}

/** A mean over the steps that count. */
export function averageOverTime(call: LoweredCall): Flowing {
  const { mask } = call.called
  if (mask === null) return globalPooling('Mean', 1, layout)(call)
  const { x, config } = call
  const last = layout(config) === 'channelsLast'
  const keepDims = config.boolean('keepdims', false)
  const channels = last ? x.rank - 1 : x.rank - 2
  const steps = maskOf(call, mask)
  const wide = call.node('unsqueeze', { axes: [channels] }, [steps], x.rank)
  const counts = call.node('cast', { to: 'float32' }, [wide])
  const sum = { function: 'Sum', axes: spatialAxes(x.rank, 1, layout(config)), keepDims } as const
  const rank = keepDims ? x.rank : x.rank - 1
  const kept = call.node('combine', { function: 'Mul' }, [x, counts])
  return call.node('combine', { function: 'Div' }, [
    call.node('reduce', sum, [kept], rank),
    call.node('reduce', sum, [counts], rank),
  ])
}

/** Whole maps of features are left out. */
export function spatialDropout(places: number) {
  return (call: LoweredCall): Flowing =>
    disturbed(call, 'Dropout', 'rate', spatialAxes(call.x.rank, places, layout(call.config)))
}
