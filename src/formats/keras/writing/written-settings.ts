import type { Json, JsonObject } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'
import { activationName } from '../repair'

type Gone = readonly (readonly [classes: RegExp, settings: readonly string[]])[]

const any = /^/

/** What tf-keras writes of a class and Keras 3 refuses, since it has no other way. */
const goneInKeras3: Gone = [
  // `function` is what is left of the function of TensorFlow that a layer stands for.
  [any, ['implementation', 'time_major', 'input_length', 'rng_type', 'function']],
  [/^Conv\dDTranspose$|^Depthwise|^Separable/, ['groups']],
  [/^Separable/, ['kernel_initializer', 'kernel_regularizer', 'kernel_constraint']],
  [/^SpatialDropout/, ['noise_shape', 'trainable']],
]

const attentionShapes: Gone = [
  [/^MultiHeadAttention$/, ['query_shape', 'key_shape', 'value_shape', 'softmax_robust_masking']],
]

/** What Keras 3 writes of a class and tf-keras refuses. */
const goneInTfKeras: Gone = [
  [any, ['quantization_config', 'zero_output_for_mask', 'optional']],
  [/Attention$|GRU|LSTM|RNN|^SpatialDropout/, ['seed']],
  [/^(?:Additive)?Attention$/, ['dropout']],
  // Which Keras 3 takes for the name of a function where it reads `.h5` files.
  [/^Attention$/, ['score_mode']],
  [/^BatchNormalization$/, ['renorm', 'renorm_clipping', 'renorm_momentum']],
  [/^LayerNormalization$/, ['rms_scaling']],
  [/^MultiHeadAttention$/, ['use_gate', 'sliding_window']],
  [/^Random|^Resizing$|^ZeroPadding1D$/, ['data_format']],
  [/^Resizing$/, ['fill_mode', 'fill_value', 'antialias', 'pad_to_aspect_ratio']],
]

/** What Keras 3 would make of these was added to the kernel when the file was opened. */
const added: ReadonlySet<string> = new Set(['lora_rank', 'lora_alpha'])

/** Settings that say nothing, whatever their value. */
const saysNothing = /^(?:kernel_\w+|implementation|function|trainable|rng_type)$/

/** Values that say nothing: it is done so without them as well. */
function isUsual(value: Json | undefined): boolean {
  return [undefined, null, false, 0, 1, 'channels_last', 'constant', 'dot'].includes(value as never)
}

/** Settings of a layer for Keras 3. */
export function settingsForKeras3(className: string, settings: JsonObject): JsonObject {
  const { batch_input_shape: shape, ...left } = without(
    [...goneInKeras3, ...attentionShapes],
    className,
    settings,
    () => true,
  )
  if (className === 'InputLayer' && shape !== undefined) left['batch_shape'] = shape
  withOneAxis(left)
  if (isOldPolicy(left['dtype'])) left['dtype'] = typeOf(left['dtype'])
  if (className === 'LeakyReLU' && typeof left['alpha'] === 'number') {
    left['negative_slope'] = left['alpha']
    delete left['alpha']
  }
  return left
}

/** Settings that both versions read, as far as there are such. */
export function settingsForH5(className: string, settings: JsonObject): JsonObject {
  const plain = without(
    goneInKeras3,
    className,
    settings,
    (value, key) => saysNothing.test(key) || isUsual(value),
  )
  const { batch_shape: shape, ...left } = without(goneInTfKeras, className, plain, isUsual)
  if (shape !== undefined) left['batch_input_shape'] = shape
  withOneAxis(left)
  for (const [key, value] of Object.entries(left))
    if (key === 'dtype') left[key] = typeOf(value)
    else if (/(?:initializer|regularizer|constraint)$/.test(key) && isObject(value))
      left[key] = shortened(value)
  if (className === 'LeakyReLU' && typeof left['negative_slope'] === 'number') {
    left['alpha'] = left['negative_slope']
    delete left['negative_slope']
  }
  return left
}

/** Batch normalisation of Keras 2 has a list of one axis, Keras 3 the axis. */
function withOneAxis(settings: JsonObject): void {
  const { axis } = settings
  if (Array.isArray(axis) && axis.length === 1) settings['axis'] = axis[0] ?? null
}

/** An object of Keras without settings that newer versions added and that say nothing. */
function shortened(value: JsonObject): JsonObject {
  const { class_name: className = null, config } = value
  const told = Object.entries(isObject(config) ? config : {})
  return {
    class_name: className,
    config: Object.fromEntries(told.filter(([, setting]) => setting !== null)),
  }
}

/** Of mixed precision in Keras 2. */
function isOldPolicy(value: Json | undefined): boolean {
  return isObject(value) && value['class_name'] !== 'DTypePolicy'
}

function typeOf(value: Json | undefined): Json {
  const { config } = isObject(value) ? value : {}
  const name = isObject(config) ? config['name'] : undefined
  return name ?? value ?? null
}

/** Rounding of activations is not kept: it was simulated by a toolkit that whoever opens the file need not have. */
function plainActivation(value: Json): Json {
  const { class_name: className } = isObject(value) ? value : {}
  return className === 'QuantizeAwareActivation' || className === 'NoOpActivation'
    ? activationName(value)
    : value
}

function without(
  gone: Gone,
  className: string,
  settings: JsonObject,
  mayGo: (value: Json | undefined, key: string) => boolean,
): JsonObject {
  const keys = new Set(gone.flatMap(([classes, own]) => (classes.test(className) ? own : [])))
  return Object.fromEntries(
    Object.entries(settings)
      .filter(
        ([key, value]) =>
          key !== 'quantizer' && !added.has(key) && (!keys.has(key) || !mayGo(value, key)),
      )
      .map(([key, value]) => [key, key.endsWith('activation') ? plainActivation(value) : value]),
  )
}
