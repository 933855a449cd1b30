import type { Json } from '../../../files/read-json'
import type { ValueName } from '../../../graph/values'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import { number, repeated, whole } from '../../tfjs-layers/lowering/settings'

/** Layers that bring values to a common size. */

/** Least deviation that Keras divides by. */
const LEAST_DEVIATION = 1e-7
const LEAST_SQUARE = 1e-12

function weighed(call: LoweredCall, x: Flowing, scale: string, offset: string | null): Flowing {
  const [gamma, beta] = [call.weight(scale), offset === null ? null : call.weight(offset)]
  const wide = gamma === null ? x : call.node('combine', { function: 'Mul' }, [x, gamma])
  return beta === null ? wide : call.node('combine', { function: 'Add' }, [wide, beta])
}

/** Neighbouring channels together, over all places. */
export function groupNormalization(call: LoweredCall): Flowing {
  const { x, config, lead } = call
  const axis = call.axis(number(config, 'axis', -1))
  const groups = number(config, 'groups', 32)
  if (axis !== x.rank - 1) throw new NotExact('axis')
  if (groups < 1) throw new NotExact('groups')
  const before = repeated(0, x.rank - 1)
  const apart = call.node('reshape', { to: [...before, groups, -1] }, [x], x.rank + 1)
  const places = Array.from({ length: x.rank - 1 - lead }, (_, at) => lead + at)
  const attributes = { axes: [...places, x.rank], epsilon: number(config, 'epsilon', 1e-3) }
  const even = call.node('layerNormalization', attributes, [apart, null, null])
  const together = call.node('reshape', { to: [...before, -1] }, [even], x.rank)
  return weighed(call, together, 'gamma', 'beta')
}

export function unitNormalization(call: LoweredCall): Flowing {
  const { x, config } = call
  const axes = whole(config, 'axis', [-1]).map((axis) => call.axis(axis))
  return call.node('combine', { function: 'Mul' }, [
    x,
    call.node('unary', { function: 'Rsqrt' }, [
      call.node('combine', { function: 'Max' }, [
        call.node('reduce', { function: 'Sum', axes, keepDims: true }, [
          call.node('unary', { function: 'Square' }, [x]),
        ]),
        call.number(LEAST_SQUARE),
      ]),
    ]),
  ])
}

/** By the root of the mean square. */
export function rmsNormalization(call: LoweredCall): Flowing {
  const { x, config } = call
  const axes = whole(config, 'axis', [-1]).map((axis) => call.axis(axis))
  if (axes.length !== 1 || axes[0] !== x.rank - 1) throw new NotExact('axis')
  const squares = call.node('unary', { function: 'Square' }, [x])
  const mean = call.node('reduce', { function: 'Mean', axes, keepDims: true }, [squares])
  const offset = number(config, 'epsilon', 1e-6)
  const steady = call.node('unary', { function: 'Affine', scale: 1, offset }, [mean])
  const factor = call.node('unary', { function: 'Rsqrt' }, [steady])
  return weighed(call, call.node('combine', { function: 'Mul' }, [x, factor]), 'scale', null)
}

/** By a mean and a variance that were found before, or the other way round. */
export function normalization(call: LoweredCall): Flowing {
  const x = call.cast(call.x, 'float32')
  const { config } = call
  const axis = config.object['axis'] ?? null
  const kept = axis === null ? [] : whole(config, 'axis', [-1]).map((each) => call.axis(each))
  const [mean, variance] = config.has('mean')
    ? [constant(call, 'mean'), constant(call, 'variance')]
    : [call.weight('mean'), call.weight('variance')]
  const isLast = kept.length === 1 && kept[0] === x.rank - 1
  const spread = (name: ValueName | null): Flowing | ValueName | null => {
    if (config.has('mean') || kept.length === 0 || isLast) return name
    const axes = Array.from({ length: x.rank }, (_, at) => at).filter((at) => !kept.includes(at))
    return call.node('unsqueeze', { axes }, [name], x.rank)
  }
  if (config.has('mean') && !isLast && kept.length > 0) throw new NotExact('axis')
  const root = call.node('unary', { function: 'Sqrt' }, [spread(variance)], x.rank)
  const least = call.number(LEAST_DEVIATION)
  const deviation = call.node('combine', { function: 'Max' }, [root, least], x.rank)
  if (config.object['invert'] === true) {
    const wide = call.node('combine', { function: 'Mul' }, [x, deviation])
    return call.node('combine', { function: 'Add' }, [wide, spread(mean)])
  }
  const centred = call.node('combine', { function: 'Sub' }, [x, spread(mean)])
  return call.node('combine', { function: 'Div' }, [centred, deviation])
}

/** Numbers of the settings, one or a list, which may lie in lists of one. */
function constant(call: LoweredCall, key: string): ValueName {
  const list = numbersIn(call.config.object[key] ?? null, key)
  const [one] = list
  return call.number(Array.isArray(call.config.object[key]) || one === undefined ? list : one)
}

function numbersIn(value: Json, key: string): readonly number[] {
  if (typeof value === 'number' && Number.isFinite(value)) return [value]
  if (!Array.isArray(value)) throw new NotExact(key)
  const [one] = value
  if (value.length === 1 && Array.isArray(one)) return numbersIn(one, key)
  return value.map((item) => {
    if (typeof item !== 'number' || !Number.isFinite(item)) throw new NotExact(key)
    return item
  })
}
