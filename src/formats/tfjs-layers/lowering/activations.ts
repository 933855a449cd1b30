import type { CellFunction } from '../../../graph/operators'
import type { ConfigReader } from '../../tfjs-files/config-reader'
import { isActivation } from '../keras-names'
import type { ActivationName, KerasActivation } from '../keras-names'
import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall } from './lowered-call'
import { maskOf } from './masks'
import { number } from './settings'

/** ONNX gives the same to more digits than float32 holds. */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 } as const

/** What TensorFlow.js takes off scores that do not count. */
const FAR = 1e9

const meanings: { readonly [Name in ActivationName | KerasActivation]: CellFunction } = {
  linear: null,
  relu: { function: 'Relu' },
  relu6: { function: 'Clip', least: 0, most: 6 },
  elu: { function: 'Elu', alpha: 1 },
  selu: { function: 'Selu', ...SELU },
  sigmoid: { function: 'Sigmoid' },
  hard_sigmoid: { function: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  softplus: { function: 'Softplus' },
  softsign: { function: 'Softsign' },
  tanh: { function: 'Tanh' },
  softmax: { function: 'Softmax', log: false },
  log_softmax: { function: 'Softmax', log: true },
  swish: { function: 'Swish' },
  mish: { function: 'Mish' },
  gelu: { function: 'Gelu', approximate: 'none' },
  gelu_new: { function: 'Gelu', approximate: 'tanh' },
  hard_silu: { function: 'HardSwish' },
  // relu6(x + 3) / 6
  hard_sigmoid_of_keras_3: { function: 'HardSigmoid', alpha: 1 / 6, beta: 0.5 },
  leaky_relu: { function: 'LeakyRelu', alpha: 0.2 },
  celu: { function: 'Celu', alpha: 1 },
  exponential: { function: 'Exp' },
  hard_tanh: { function: 'Clip', least: -1, most: 1 },
}

/**
 * What a layer ends with. A linear one adds nothing.
 * @param axis that a softmax runs along; the last where left out
 */
export function activated(call: LoweredCall, x: Flowing, axis = x.rank - 1): Flowing {
  const meaning = functionOf(call.config, 'activation', 'linear')
  if (meaning === null) return x
  return meaning.function === 'Softmax'
    ? call.node('softmax', { axis, log: meaning.log }, [x])
    : call.node('unary', meaning, [x])
}

/**
 * A function that the file names.
 * @param fallback where it names none
 */
export function functionOf(
  { object }: ConfigReader,
  key: string,
  fallback: ActivationName,
): CellFunction {
  const value = object[key] ?? fallback
  const name = typeof value === 'string' ? snakeCase(value) : ''
  if (!isActivation(name)) throw new NotExact(key)
  return meanings[name]
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export function activation(call: LoweredCall): Flowing {
  const result = activated(call, call.x)
  return result === call.x ? call.node('identity', {}, [call.x]) : result
}

export function relu(call: LoweredCall): Flowing {
  const most = call.config.object['max_value'] ?? null
  if (most === null) return call.node('unary', { function: 'Relu' }, [call.x])
  if (typeof most !== 'number') throw new NotExact('max_value')
  return call.node('unary', { function: 'Clip', least: 0, most }, [call.x])
}

/** Those of one number. */
export function bent(
  name: 'LeakyRelu' | 'Elu' | 'ThresholdedRelu',
  setting: string,
  fallback: number,
) {
  return (call: LoweredCall): Flowing =>
    call.node('unary', { function: name, alpha: number(call.config, setting, fallback) }, [call.x])
}

export function prelu(call: LoweredCall): Flowing {
  return call.node('prelu', {}, [call.x, call.weight('alpha')])
}

/** tfjs counts the first axis behind the batch where the file says none, and leaves out what a mask does. */
export function softmax(call: LoweredCall): Flowing {
  const axis = call.axis(number(call.config, 'axis', 1))
  return call.node('softmax', { axis, log: false }, [counting(call)])
}

/** Scores, far below all others where a step does not count. */
function counting(call: LoweredCall): Flowing {
  const { x } = call
  const { mask } = call.called
  if (mask === null) return x
  const steps = maskOf(call, mask)
  // Of other ranks TensorFlow.js stretches the mask along the steps.
  const own = steps.rank === x.rank ? steps : maskOf(call, 'unknown')
  const away = { function: 'Affine', scale: FAR, offset: -FAR } as const
  const less = call.node('unary', away, [call.node('cast', { to: 'float32' }, [own])])
  return call.node('combine', { function: 'Add' }, [x, less])
}

/** Whole numbers become broken ones first. Of a list each channel has a number. */
export function rescaling(call: LoweredCall): Flowing {
  const { config } = call
  const x = call.cast(call.x, 'float32')
  const [scale, offset] = [config.object['scale'], config.object['offset'] ?? 0]
  if (!Array.isArray(scale) && !Array.isArray(offset))
    return call.node(
      'unary',
      {
        function: 'Affine',
        scale: number(config, 'scale', NaN),
        offset: number(config, 'offset', 0),
      },
      [x],
    )
  const scaled = call.node('combine', { function: 'Mul' }, [x, call.number(listed(scale, 'scale'))])
  return call.node('combine', { function: 'Add' }, [scaled, call.number(listed(offset, 'offset'))])
}

function listed(value: unknown, setting: string): number | readonly number[] {
  const isNumber = (item: unknown): item is number => typeof item === 'number'
  if (isNumber(value)) return value
  if (Array.isArray(value) && value.every(isNumber)) return value
  throw new NotExact(setting)
}
