import type { Noise } from '../../../graph/operators'
import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { number, whole } from './settings'

/** Layers that look up, weigh, disturb or leave out values one by one. */

/** Broken numbers are taken for the whole ones before them. */
export function embedding(call: LoweredCall): Flowing {
  const words = call.cast(call.x, 'int32')
  return call.node('gather', { axis: 0 }, [call.weight('embeddings'), words], words.rank + 1)
}

export function batchNormalization(call: LoweredCall): Flowing {
  const attributes = {
    axis: call.axis(number(call.config, 'axis', -1)),
    epsilon: number(call.config, 'epsilon', 1e-3),
    momentum: number(call.config, 'momentum', 0.99),
    // Over time TensorFlow.js calls the layer step by step.
    ...(call.lead > 1 ? { apart: call.lead - 1 } : {}),
  }
  const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance']
  const inputs = weights.map((name) => call.weight(name))
  return call.node('batchNormalization', attributes, [call.x, ...inputs])
}

/** tfjs spreads scale and offset over the axes in their order in the value, whatever order the file names. */
export function layerNormalization(call: LoweredCall): Flowing {
  const named = whole(call.config, 'axis', [-1]).map((axis) => call.axis(axis))
  const axes = named.toSorted((a, b) => a - b)
  const isOfSides = axes.every((axis, at) => axis > (axes[at - 1] ?? call.lead - 1))
  if (!isOfSides) throw new NotExact('axis')
  const attributes = { axes, epsilon: number(call.config, 'epsilon', 1e-3) }
  const inputs = [call.x, call.weight('gamma'), call.weight('beta')]
  return call.node('layerNormalization', attributes, inputs)
}

/** Rates of nothing and of everything disturb nothing. */
export function disturbed(
  call: LoweredCall,
  kind: Noise,
  setting: 'rate' | 'stddev',
  shared: readonly number[],
): Flowing {
  const amount = call.config.object[setting]
  const works = typeof amount === 'number' && amount > 0 && (setting === 'stddev' || amount < 1)
  return works
    ? call.node('noise', { kind, amount, shared }, [call.x])
    : call.node('identity', {}, [call.x])
}

export function noise(kind: Noise, setting: 'rate' | 'stddev') {
  return (call: LoweredCall): Flowing => disturbed(call, kind, setting, [])
}

/** A side of one in the shape of the noise serves a whole axis. */
export function dropout(call: LoweredCall): Flowing {
  const shape = call.config.object['noise_shape'] ?? []
  const shared = Array.isArray(shape)
    ? shape.flatMap((side, axis) => (side === 1 ? [axis] : []))
    : []
  return disturbed(
    call,
    'Dropout',
    'rate',
    shared.map((axis) => call.axis(axis)),
  )
}

/** The same at all steps in time. */
export function spatialDropout(call: LoweredCall): Flowing {
  return disturbed(call, 'Dropout', 'rate', [call.lead])
}

/** Steps that hold one value alone become zeros. */
export function masking(call: LoweredCall): Flowing {
  const { x } = call
  const value = call.config.object['mask_value'] ?? 0
  if (typeof value !== 'number') throw new NotExact('mask_value')
  const other = call.node('combine', { function: 'NotEqual' }, [x, call.number(value)])
  const any = { function: 'Any', axes: [x.rank - 1], keepDims: true } as const
  const kept = call.node('cast', { to: x.dtype }, [call.node('reduce', any, [other])])
  return call.node('combine', { function: 'Mul' }, [x, kept])
}
