import { StudioError } from '../../core/errors'
import { describeValue } from '../../core/short-text'
import type { Json } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { isActivation } from '../tfjs-layers/keras-names'
import type { Dialect, LayerDraft, RepairContext } from '../tfjs-layers/topology-repair'
import { kerasCatalog } from './keras-catalog'

/** Layers as Keras computes them: settings are put into one spelling, whoever wrote them. */
export const kerasDialect: Dialect = {
  catalog: kerasCatalog,
  repair: spelled,
  keepsArguments: () => true,
}

/** Classes that were called otherwise once, or that compute the same. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['BatchNormalizationV1', 'BatchNormalization'],
  ['BatchNormalizationV2', 'BatchNormalization'],
  ['SyncBatchNormalization', 'BatchNormalization'],
])

/** @throws StudioError 'open/unsupported-setting' */
function spelled({ file, kerasMajor }: RepairContext, layer: LayerDraft): void {
  const { object } = layer.config
  const refuse = (setting: string, reason: string): never => {
    throw new StudioError('open/unsupported-setting', {
      file,
      layer: layer.name,
      setting,
      value: describeValue(object[setting]),
      reason,
    })
  }
  layer.className = otherNames.get(layer.className) ?? layer.className
  for (const key of Object.keys(object)) {
    if (!key.endsWith('activation')) continue
    const name = activationName(object[key])
    if (name === null) continue
    const known = name === 'hard_sigmoid' && kerasMajor === 3 ? 'hard_sigmoid_of_keras_3' : name
    if (!isActivation(known)) refuse(key, 'nothing here computes this function')
    object[key] = known
  }
  const type = typeName(object['dtype'])
  if (type === 'string') refuse('dtype', 'nothing here computes with texts')
  if (type !== null) object['dtype'] = type
  // Keras writes a list of one.
  const { axis } = object
  if (layer.className === 'BatchNormalization' && Array.isArray(axis) && axis.length === 1)
    object['axis'] = axis[0] ?? null
  // In both directions Keras says zeros of steps that do not count, whatever the layer in it says.
  const { layer: held } = object
  if (layer.className === 'Bidirectional' && isObject(held) && isObject(held['config']))
    held['config']['zero_output_for_mask'] = held['config']['return_sequences'] === true
  if (/GRU|LSTM/.test(layer.className) && object['recurrent_activation'] === undefined)
    object['recurrent_activation'] = 'sigmoid'
}

/** The name of a function, however deep a file hides it; null: there is none. */
export function activationName(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value === 'silu' ? 'swish' : value
  if (!isObject(value)) return describeValue(value)
  const { class_name: className, config } = value
  // Of a model that is trained for quantization: what it rounds is not kept.
  if (className === 'NoOpActivation') return 'linear'
  if (className === 'QuantizeAwareActivation' && isObject(config))
    return activationName(config['activation'])
  if (className === 'function') return activationName(config)
  return typeof className === 'string' && isObject(config) && Object.keys(config).length === 0
    ? activationName(className)
    : describeValue(className)
}

/** What values are computed as: float32, whatever precision trained them. */
function typeName(value: Json | undefined): string | null {
  const name = isObject(value) && isObject(value['config']) ? value['config']['name'] : value
  if (typeof name !== 'string') return null
  if (name === 'string' || name === 'bool') return name
  return /^u?int\d+$/.test(name) ? 'int32' : 'float32'
}
