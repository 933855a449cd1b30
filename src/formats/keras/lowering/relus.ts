import { isObject } from '../../tfjs-files/config-reader'
import { relu as cappedRelu } from '../../tfjs-layers/lowering/activations'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import { number } from '../../tfjs-layers/lowering/settings'

/** Below the threshold a slope, above all a bound. */
export function relu(call: LoweredCall): Flowing {
  const { config } = call
  const threshold = number(config, 'threshold', 0)
  const slope = slopeOf(call, 'negative_slope', 0)
  const most = config.object['max_value'] ?? null
  if (threshold === 0 && slope === 0) return cappedRelu(call)
  if (threshold !== 0 && slope !== 0) throw new NotExact('threshold')
  const bend =
    threshold === 0
      ? ({ function: 'LeakyRelu', alpha: slope } as const)
      : ({ function: 'ThresholdedRelu', alpha: threshold } as const)
  const bentOnce = call.node('unary', bend, [call.x])
  if (most === null) return bentOnce
  if (typeof most !== 'number') throw new NotExact('max_value')
  return call.node('unary', { function: 'Clip', least: null, most }, [bentOnce])
}

/** Keras may write a number as an array of one. */
function slopeOf({ config }: LoweredCall, key: string, fallback: number): number {
  const value = config.object[key] ?? fallback
  const inner = isObject(value) ? value['value'] : value
  if (typeof inner !== 'number' || !Number.isFinite(inner)) throw new NotExact(key)
  return inner
}

/** Keras 2 calls the slope alpha. */
export function leakyRelu(call: LoweredCall): Flowing {
  const key = call.config.has('negative_slope') ? 'negative_slope' : 'alpha'
  const alpha = slopeOf(call, key, 0.3)
  return call.node('unary', { function: 'LeakyRelu', alpha }, [call.x])
}
