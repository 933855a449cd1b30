import { StudioError } from '../../../core/errors'
import type { Json, JsonObject } from '../../../files/read-json'
import type { KerasSource, OpenedModel } from '../../format'
import { isObject } from '../../tfjs-files/config-reader'
import type { TopologyLayer, TopologyModel } from '../../tfjs-layers/topology'
import { isApplicationLayer } from '../application-layers'
import { withPortNames } from '../named-ports'
import { normalizedConfig } from '../normalize-config'
import { operationName } from '../operations/as-operation'
import { withLayersForOperations } from '../operations/operations-as-layers'
import { keras3Calls, listedCalls } from './written-calls'
import { settingsForH5, settingsForKeras3 } from './written-settings'

/** Layers as a file that was opened describes them. */
export interface Described {
  readonly config: JsonObject
  readonly kind: KerasSource['kind'] | 'tfjs'
  /** Version of Keras whose settings they are. */
  readonly major: 2 | 3
}

/** What Keras could build a model from; null where nothing says. */
export function describedLayers({ keras: source, topology }: OpenedModel): Described | null {
  if (source !== undefined) {
    const { config, kind, major } = source
    return config === null ? null : { config, kind, major }
  }
  const outer = topology as JsonObject
  const config = isObject(outer['model_config']) ? outer['model_config'] : outer
  return typeof config['class_name'] === 'string' && 'config' in config
    ? { config: explicit(config) as JsonObject, kind: 'tfjs', major: 2 }
    : null
}

/** With what TensorFlow.js takes where nothing is said and Keras takes otherwise. */
function explicit(value: Json): Json {
  if (Array.isArray(value)) return value.map(explicit)
  if (!isObject(value)) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, explicit(item)]))
  const { class_name: className, config } = copy
  if (typeof className !== 'string' || !isObject(config) || !('name' in config)) return copy
  const recurrent = /GRU|LSTM/.test(className) ? { recurrent_activation: 'hard_sigmoid' } : {}
  const usual = className === 'InputLayer' ? {} : { trainable: true, ...recurrent }
  return { ...copy, config: { ...usual, ...config } }
}

/** The version of Keras whose form a file has: `.keras` is that of Keras 3, `.h5` that of the file that was opened. */
export function majorOf({ major }: Described, kind: 'keras' | 'h5' | 'weights'): 2 | 3 {
  return kind === 'keras' ? 3 : major
}

/** Whether a file says of its layers what the file said that was opened. */
export function isAsItCame({ kind: from, major }: Described, kind: 'keras' | 'h5'): boolean {
  return kind === 'keras' && from === 'zip' && major === 3
}

/**
 * The config of a file: a `.keras` of Keras 3 as it came, anything else in what both versions read as far as there is such.
 * @param parsed the same layers as they are read here
 */
export function writtenConfig(
  described: Described,
  kind: 'keras' | 'h5',
  parsed: TopologyModel,
): JsonObject {
  const { config, major } = described
  if (isAsItCame(described, kind)) {
    // Whoever loads it compiles it anew: what was learnt on the way is not in the file.
    const { compile_config: _, ...plain } = config
    return plain
  }
  const layers = withLayersForOperations(normalizedConfig(config).config)
  const written = new ConfigWriter(kind, major).model(layers, parsed)
  return withPortNames(written, config)
}

class ConfigWriter {
  constructor(
    private readonly kind: 'keras' | 'h5',
    private readonly major: 2 | 3,
  ) {}

  model(entry: JsonObject, parsed: TopologyModel): JsonObject {
    const { class_name: given = null, config } = entry
    const { name, layers } = settingsIn(entry)
    const known = new Map(parsed.layers.map((layer) => [layer.name, layer]))
    const list = Array.isArray(layers) ? layers.filter((item) => isObject(item)) : []
    // Keras 2 counts calls of a model from 1, and Keras 3 from 0.
    const refs = this.isNew && !parsed.sequential
    const first = parsed.sequential ? this.inputOf(list[0]) : []
    return {
      ...this.head(given === 'Model' ? 'Functional' : given),
      config: {
        ...(isObject(config) ? config : {}),
        name: name ?? parsed.name,
        layers: [
          ...first,
          ...list.flatMap((item) => {
            const layer = known.get(nameOf(item))
            return layer === undefined
              ? []
              : [this.layer(first.length > 0 ? withoutShape(item) : item, layer)]
          }),
        ],
        ...(refs ? { input_layers: refsOf(parsed.inputs) } : {}),
        ...(refs ? { output_layers: refsOf(parsed.outputs) } : {}),
      },
    }
  }

  private get isNew(): boolean {
    return this.kind === 'keras' || this.major === 3
  }

  private layer(entry: JsonObject, layer: TopologyLayer): JsonObject {
    const { class_name: className = null, inbound_nodes: nodes } = entry
    if (typeof className === 'string' && operationName(className) !== null)
      return this.operation(entry, className)
    // Nobody finds it by its name alone.
    if (typeof className === 'string' && isApplicationLayer(className))
      throw new StudioError('open/keras-layer', { file: '', layer: layer.name, className })
    const own =
      layer.model !== null && 'layers' in settingsIn(entry)
        ? this.model(entry, layer.model)
        : { ...this.head(className), config: this.settings(entry, layer.model) }
    if (nodes === undefined) return { ...own, name: layer.name }
    const calls =
      this.kind === 'keras' ? keras3Calls(layer) : this.major === 3 ? listedCalls(layer) : nodes
    return { ...own, name: layer.name, inbound_nodes: calls }
  }

  /** Functions of TensorFlow stay what they are; Keras 3 opens no `.h5` that has an operation in it. */
  private operation({ config, written }: JsonObject, className: string): JsonObject {
    if (!this.isNew && isObject(written) && !beginsWithWhole(written['inbound_nodes'] ?? null))
      return written
    const name = isObject(config) ? config['name'] : null
    const layer = typeof name === 'string' ? name : className
    throw new StudioError('open/keras-layer', { file: '', layer, className })
  }

  /** What finds a class; in `.h5` files its name is enough. */
  private head(className: Json): JsonObject {
    if (this.kind === 'h5') return { class_name: className }
    if (className === 'Functional')
      return {
        ...{ module: 'keras.src.models.functional', class_name: className },
        registered_name: className,
      }
    const module = className === 'Sequential' ? 'keras' : 'keras.layers'
    return { module, class_name: className, registered_name: null }
  }

  /** @param held the model that a wrapper holds */
  private settings(entry: JsonObject, held: TopologyModel | null): JsonObject {
    const spelled = this.kind === 'keras' ? settingsForKeras3 : settingsForH5
    const { class_name: className } = entry
    const settings = spelled(typeof className === 'string' ? className : '', settingsIn(entry))
    const { layer, backward_layer: backward, cell, cells } = settings
    if (isObject(layer))
      settings['layer'] = held === null ? this.inner(layer) : this.model(layer, held)
    if (isObject(backward)) settings['backward_layer'] = this.inner(backward)
    if (isObject(cell)) settings['cell'] = this.inner(cell)
    if (Array.isArray(cells))
      settings['cells'] = cells.map((item) => (isObject(item) ? this.inner(item) : item))
    return settings
  }

  /** The shape of what a Sequential reads, in a layer of its own: old files have it in the first of those that compute. */
  private inputOf(first: JsonObject | undefined): JsonObject[] {
    const { batch_input_shape: shape, dtype, name } = settingsIn(first ?? {})
    if (shape === undefined || first?.['class_name'] === 'InputLayer') return []
    // An embedding reads numbers of words.
    const own = first?.['class_name'] === 'Embedding' ? 'int32' : dtype
    return [
      {
        ...this.head('InputLayer'),
        config: {
          [this.kind === 'keras' ? 'batch_shape' : 'batch_input_shape']: shape,
          dtype: typeof own === 'string' ? own : 'float32',
          name: `${typeof name === 'string' ? name : 'first'}_input`,
        },
      },
    ]
  }

  /** A layer that a wrapper holds, or a cell: always with its module where the file had one. */
  private inner(entry: JsonObject): JsonObject {
    const { class_name: className = null, module, registered_name: registered = null } = entry
    const own = this.kind === 'h5' && module !== undefined
    return {
      ...this.head(className),
      ...(own ? { module, registered_name: registered } : {}),
      config: this.settings(entry, null),
    }
  }
}

/** JSON has one form for 2.0 and 2, and TensorFlow takes a 2 that stands first for a whole number. */
function beginsWithWhole(value: Json): boolean {
  if (!Array.isArray(value)) return false
  const [first, , constant] = value
  return first === '_CONSTANT_VALUE' ? Number.isInteger(constant) : value.some(beginsWithWhole)
}

function withoutShape(entry: JsonObject): JsonObject {
  const { batch_input_shape: _, ...settings } = settingsIn(entry)
  return { ...entry, config: settings }
}

function settingsIn({ config }: JsonObject): JsonObject {
  return isObject(config) ? { ...config } : Array.isArray(config) ? { layers: config } : {}
}

function nameOf(entry: JsonObject): string {
  const name = settingsIn(entry)['name'] ?? entry['name']
  return typeof name === 'string' ? name : ''
}

function refsOf(refs: TopologyModel['outputs']): Json {
  return refs.map(({ call, layer, tensor }) => [layer, call, tensor])
}
