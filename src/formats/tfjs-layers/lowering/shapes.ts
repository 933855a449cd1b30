import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { layout, number, repeated, whole } from './settings'

/** Layers that put the same values into another shape. */

export function flatten(call: LoweredCall): Flowing {
  const { lead } = call
  const to = [...repeated(0, lead), -1]
  const first = call.config.has('data_format') && layout(call.config) === 'channelsFirst'
  const x = first ? call.node('transpose', { perm: channelsToTheEnd(call) }, [call.x]) : call.x
  return call.node('reshape', { to }, [x], lead + 1)
}

function channelsToTheEnd({ x, lead }: LoweredCall): number[] {
  const axes = Array.from({ length: x.rank }, (_, axis) => axis)
  return [...axes.filter((axis) => axis !== lead), lead]
}

/** One side may be left open. */
export function reshape(call: LoweredCall): Flowing {
  const given = call.config.array('target_shape')
  const sides = given.map((side) => {
    if (side === null) return -1
    if (typeof side !== 'number' || !Number.isSafeInteger(side) || side === 0)
      throw new NotExact('target_shape')
    return Math.max(-1, side)
  })
  if (sides.filter((side) => side === -1).length > 1) throw new NotExact('target_shape')
  const to = [...repeated(0, call.lead), ...sides]
  return call.node('reshape', { to }, [call.x], to.length)
}

export function permute(call: LoweredCall): Flowing {
  const { lead, config } = call
  const batch = Array.from({ length: lead }, (_, axis) => axis)
  const perm = [...batch, ...whole(config, 'dims', [NaN]).map((axis) => call.axis(axis))]
  return call.node('transpose', { perm }, [call.x])
}

export function repeatVector(call: LoweredCall): Flowing {
  const { lead, config, x } = call
  const rows = call.node('unsqueeze', { axes: [lead] }, [x], x.rank + 1)
  const repeats = [...repeated(1, lead), number(config, 'n', NaN), 1]
  return call.node('tile', { repeats }, [rows])
}
