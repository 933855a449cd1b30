import { StudioError } from '../../core/errors'
import type { ModelNote } from '../../core/model-summary'
import { describeValue } from '../../core/short-text'
import type { Json } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import type { ConfigReader } from '../tfjs-files/config-reader'
import { activations, identities, initializers } from './keras-names'
import type { Catalog } from './layer-catalog'

/** A layer on its way into the model: `repairLayer` changes the class name and the config in place. */
export interface LayerDraft {
  readonly name: string
  className: string
  readonly config: ConfigReader
}

/** Whose layers a topology holds: which classes there are, and what is made of their settings before they are read. */
export interface Dialect {
  readonly catalog: Catalog
  readonly repair: (context: RepairContext, layer: LayerDraft) => void
  /** Classes whose meaning depends on what calls are given beside tensors. */
  readonly keepsArguments: (className: string) => boolean
}

export interface RepairContext {
  readonly file: string
  readonly dialect: Dialect
  /** Major version of the Keras that wrote the file; null where it does not say. */
  readonly kerasMajor: number | null
  readonly notes: ModelNote[]
  /** Layers that produce masks, and recurrent layers that write zeros where a mask is off. */
  readonly masks: { readonly from: string[]; readonly zeroOutput: string[] }
}

/**
 * Refuses what only matters in combination: where a mask is off, Keras can write zeros into a sequence,
 * tfjs always repeats the last step.
 * @throws StudioError 'open/unsupported-setting'
 */
export function checkMasks({ file, masks }: RepairContext): void {
  const [layer] = masks.zeroOutput
  const [from] = masks.from
  if (layer === undefined || from === undefined) return
  throw new StudioError('open/unsupported-setting', {
    file,
    layer,
    setting: 'zero_output_for_mask',
    value: 'true',
    reason: `TensorFlow.js repeats the last step where "${from}" masks one`,
  })
}

/**
 * Translates settings that tfjs-layers 4.22 reads differently from Keras, or refuses them by name.
 * tfjs ignores what it does not know, so each of these would give wrong numbers without a word.
 * @throws StudioError 'open/unsupported-setting'
 */
export function repairLayer(context: RepairContext, layer: LayerDraft): void {
  const repair = new LayerRepair(context, layer)
  repair.namedParts()
  repair.byClass()
}

class LayerRepair {
  constructor(
    private readonly context: RepairContext,
    private readonly layer: LayerDraft,
  ) {}

  private get object() {
    return this.layer.config.object
  }

  private refuse(setting: string, reason: string): never {
    throw new StudioError('open/unsupported-setting', {
      file: this.context.file,
      layer: this.layer.name,
      setting,
      value: describeValue(this.object[setting]),
      reason,
    })
  }

  private note(setting: string, from: string, to: string): void {
    this.context.notes.push({
      code: 'note/translated-setting',
      params: { layer: this.layer.name, setting, from, to },
    })
  }

  /** Refuses a setting unless it has one of the values that tfjs computes. */
  private only(setting: string, allowed: readonly Json[], reason: string): void {
    const value = this.object[setting]
    if (value === undefined || value === null) return
    if (!allowed.some((item) => JSON.stringify(item) === JSON.stringify(value)))
      this.refuse(setting, reason)
  }

  private become(className: string, config: Record<string, Json>): void {
    this.note('class_name', this.layer.className, className)
    this.layer.className = className
    Object.assign(this.object, config)
  }

  /** dtype, activations, initializers, regularizers and constraints mean the same in every class. */
  namedParts(): void {
    for (const key of Object.keys(this.object)) {
      if (key === 'dtype') this.dtype()
      else if (key.endsWith('activation')) this.activation(key)
      else if (key.endsWith('initializer')) this.initializer(key)
      else if (key.endsWith('regularizer')) this.regularizer(key)
      else if (key.endsWith('constraint')) this.constraint(key)
    }
  }

  /** Mixed precision changes how Keras trains, not what the stored float32 weights mean. */
  private dtype(): void {
    const value = this.object['dtype']
    const name = isObject(value) && isObject(value['config']) ? value['config']['name'] : value
    if (name === undefined || name === null || name === 'int32') return
    // Over the end of what it was given, at that: on WebAssembly nothing would run afterwards.
    if (name === 'bool')
      this.refuse('dtype', 'TensorFlow.js takes the bytes of truth values for real numbers')
    if (typeof name !== 'string' || !/^(mixed_)?b?float(16|32|64)$/.test(name))
      this.refuse('dtype', 'TensorFlow.js computes with float32 and int32 only')
    this.object['dtype'] = 'float32'
  }

  private activation(key: string): void {
    let value = this.object[key]
    if (value === undefined || value === null) return
    if (isObject(value) && value['class_name'] === 'function') value = value['config'] ?? value
    if (isObject(value) && typeof value['class_name'] === 'string' && isEmpty(value['config']))
      value = value['class_name']
    if (value === 'silu') value = 'swish'
    if (value === 'hard_sigmoid' && (this.context.kerasMajor ?? 2) >= 3)
      this.refuse(key, 'Keras 3 defines it as relu6(x + 3) / 6, TensorFlow.js as 0.2 x + 0.5')
    const known =
      typeof value === 'string' &&
      activations.has(value.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    if (!known) this.refuse(key, 'TensorFlow.js has no such activation function')
    this.object[key] = value
  }

  /** Weights are always loaded, so an initializer that tfjs cannot build only has to be buildable. */
  private initializer(key: string): void {
    const value = this.object[key]
    const name = isObject(value) ? value['class_name'] : value
    if (value === undefined || value === null) return
    const snake =
      typeof name === 'string'
        ? name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
        : ''
    if (!initializers.has(snake)) this.object[key] = { class_name: 'Zeros', config: {} }
  }

  /** Regularizers matter to training alone; tfjs knows only their common form. */
  private regularizer(key: string): void {
    const value = this.object[key]
    if (!isObject(value)) {
      if (typeof value === 'string' && value !== 'l1l2') this.object[key] = null
      return
    }
    const config = isObject(value['config']) ? value['config'] : {}
    if (value['class_name'] === 'L1L2') return
    this.object[key] =
      value['class_name'] === 'L2' || value['class_name'] === 'L1'
        ? { class_name: 'L1L2', config: { l1: config['l1'] ?? 0, l2: config['l2'] ?? 0 } }
        : null
  }

  /** tfjs applies constraints to weights while it loads them, which would change compressed weights. */
  private constraint(key: string): void {
    const value = this.object[key]
    if (value === undefined || value === null) return
    this.note(key, describeValue(isObject(value) ? value['class_name'] : value), 'null')
    this.object[key] = null
  }

  byClass(): void {
    const { className } = this.layer
    if (identities.has(className)) {
      const { name: layer } = this.layer
      this.context.notes.push({ code: 'note/training-only', params: { layer, className } })
      this.layer.className = 'Activation'
      Object.assign(this.object, { activation: 'linear' })
      return
    }
    switch (className) {
      case 'LeakyReLU':
        this.leakyRelu()
        break
      case 'ReLU':
        this.relu()
        break
      case 'Softmax':
        if (typeof (this.object['axis'] ?? -1) !== 'number')
          this.refuse('axis', 'TensorFlow.js takes the softmax over one axis')
        break
      case 'BatchNormalization':
        this.batchNormalization()
        break
      case 'LayerNormalization':
        this.only(
          'rms_scaling',
          [false],
          'TensorFlow.js does not normalise by the root mean square',
        )
        break
      case 'GlobalAveragePooling1D':
      case 'GlobalAveragePooling2D':
      case 'GlobalMaxPooling1D':
      case 'GlobalMaxPooling2D':
        this.only('keepdims', [false], 'TensorFlow.js drops the pooled axes')
        break
      case 'UpSampling2D':
        this.only(
          'interpolation',
          ['nearest'],
          'TensorFlow.js places the sampling points elsewhere',
        )
        break
      case 'Masking':
        this.context.masks.from.push(this.layer.name)
        break
      case 'Embedding':
        if (this.object['mask_zero'] === true) this.context.masks.from.push(this.layer.name)
        break
      case 'SimpleRNN':
      case 'GRU':
      case 'LSTM':
      case 'ConvLSTM2D':
      case 'RNN':
      case 'GRUCell':
        this.recurrent()
        break
      default:
        if (/Conv|Pooling/.test(className)) this.window()
        if (className.includes('Conv')) this.convolution()
    }
  }

  private leakyRelu(): void {
    const slope = this.object['negative_slope']
    if (slope === undefined) return
    if (typeof slope !== 'number') this.refuse('negative_slope', 'the slope has to be a number')
    delete this.object['negative_slope']
    this.object['alpha'] = slope
    this.note('negative_slope', String(slope), `alpha ${slope}`)
  }

  private relu(): void {
    this.only('threshold', [0], 'TensorFlow.js ignores the threshold')
    const slope = this.object['negative_slope'] ?? 0
    // Keras writes ndarray scalars as {type, value}.
    const value = isObject(slope) ? slope['value'] : slope
    if (value === 0) return
    if (typeof value !== 'number' || (this.object['max_value'] ?? null) !== null)
      this.refuse('negative_slope', 'TensorFlow.js has no leaky ReLU with an upper bound')
    delete this.object['negative_slope']
    this.become('LeakyReLU', { alpha: value })
  }

  private batchNormalization(): void {
    const axis = this.object['axis']
    const only = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis
    if (only === undefined || only === null) return
    if (!Number.isInteger(only)) this.refuse('axis', 'TensorFlow.js normalises over one axis')
    this.object['axis'] = only
  }

  private recurrent(): void {
    this.only('reset_after', [false], 'TensorFlow.js applies the reset gate before the product')
    this.only('stateful', [false], 'the result would depend on the samples that ran before')
    if (this.object['zero_output_for_mask'] === true && this.object['return_sequences'] === true)
      this.context.masks.zeroOutput.push(this.layer.name)
    this.only('time_major', [false], 'TensorFlow.js expects the batch first')
    if (this.layer.className === 'ConvLSTM2D')
      this.only('dilation_rate', [1, [1, 1]], 'TensorFlow.js dilates only the input convolution')
  }

  private window(): void {
    this.only('padding', ['valid', 'same'], 'TensorFlow.js computes only valid and same')
    const formats = ['channels_last', 'channels_first', 'channelsLast', 'channelsFirst']
    this.only('data_format', formats, 'TensorFlow.js knows channels_last and channels_first')
  }

  private convolution(): void {
    this.only('groups', [1], 'TensorFlow.js computes one group over all channels')
    const { className } = this.layer
    if (className.endsWith('Transpose')) {
      this.only('output_padding', [], 'TensorFlow.js ignores it')
      this.only('dilation_rate', [1, [1, 1], [1, 1, 1]], 'TensorFlow.js ignores it')
    }
    // Keras 2 writes what matters to training a second time under these names, and tfjs then refuses to build.
    if (className === 'SeparableConv2D')
      for (const part of ['initializer', 'regularizer', 'constraint'])
        Reflect.deleteProperty(this.object, `kernel_${part}`)
    if (className === 'DepthwiseConv2D')
      this.only('dilation_rate', [1, [1, 1]], 'TensorFlow.js ignores it')
  }
}

function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0)
  )
}
