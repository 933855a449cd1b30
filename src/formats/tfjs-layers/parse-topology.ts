import { StudioError } from '../../core/errors'
import type { ModelNote } from '../../core/model-summary'
import { limits } from '../../files/limits'
import { checkName } from '../../files/read-json'
import type { Json, JsonObject } from '../../files/read-json'
import { ConfigReader, fieldError, isObject, isSize, readerOf } from '../tfjs-files/config-reader'
import { modelClasses, wrapperClasses } from './layer-catalog'
import { CallNumbers, parseCalls, parseRefs } from './parse-inbound'
import { parseWrapped, unknownLayer } from './parse-wrapped'
import { snakeKeys } from './snake-keys'
import type { TopologyLayer, TopologyModel } from './topology'
import { checkMasks, repairLayer } from './topology-repair'
import { stockCatalog } from './layer-catalog'
import type { Dialect, LayerDraft, RepairContext } from './topology-repair'

export interface ParsedTopology {
  readonly model: TopologyModel
  /** The JSON for tfjs, with its wrapper as it came. */
  readonly topology: JsonObject
  /** What is found out later is added. */
  readonly notes: ModelNote[]
}

/**
 * Parses and repairs `modelTopology`: Keras 2 and 3 spellings, wrapped in `model_config` or bare.
 * @throws StudioError 'open/field', 'open/unknown-layer', 'open/python-layer',
 * 'open/unsupported-setting', 'open/duplicate-name', 'open/forbidden-name', 'open/too-many'
 */
export function parseTopology(
  file: string,
  value: Json | undefined,
  dialect: Dialect = stockDialect,
): ParsedTopology {
  if (!isObject(value))
    throw fieldError(file, 'modelTopology', 'an object with the layers of the model', value)
  const topology = snakeKeys(file, 'modelTopology', value)
  const outer = new ConfigReader(file, 'modelTopology', topology)
  const model = outer.has('model_config') ? outer.reader('model_config') : outer
  const version = topology['keras_version'] ?? model.object['keras_version']
  const major = typeof version === 'string' ? /^(\d+)\./.exec(version)?.[1] : undefined
  const notes: ModelNote[] = []
  const context: RepairContext = {
    file,
    dialect,
    kerasMajor: major === undefined ? null : Number(major),
    notes,
    masks: { from: [], zeroOutput: [] },
  }
  const parsed = new TopologyReader(context).model(model)
  if (dialect === stockDialect) checkMasks(context)
  return { model: parsed, topology, notes }
}

const stockDialect: Dialect = {
  catalog: stockCatalog,
  repair: repairLayer,
  keepsArguments: () => false,
}

class TopologyReader {
  private layerCount = 0

  constructor(private readonly context: RepairContext) {}

  private get file(): string {
    return this.context.file
  }

  model(json: ConfigReader): TopologyModel {
    const className = json.string('class_name')
    if (!modelClasses.has(className)) throw unknownLayer(this.file, 'model', className)
    const sequential = className === 'Sequential'
    if (sequential && Array.isArray(json.object['config']))
      json.object['config'] = { name: 'sequential', layers: json.object['config'] }
    const config = json.reader('config')
    if (config.has('custom_objects')) config.fail('custom_objects', 'nothing')
    const name = config.has('name') ? config.string('name') : className.toLowerCase()
    checkName(this.file, config.path('name'), name)
    const layers = this.layers(config, sequential)
    if (sequential) {
      const last = layers.at(-1)
      return {
        name,
        field: json.field,
        sequential,
        layers,
        inputs: [],
        outputs: last === undefined ? [] : [{ layer: last.name, call: 0, tensor: 0 }],
      }
    }
    return { name, field: json.field, sequential, ...this.connected(config, layers) }
  }

  /** Numbers the calls of a functional model and writes its connections as tfjs expects them. */
  private connected(
    config: ConfigReader,
    parsed: readonly TopologyLayer[],
  ): Pick<TopologyModel, 'layers' | 'inputs' | 'outputs'> {
    const inputs = parseRefs(config, 'input_layers')
    const outputs = parseRefs(config, 'output_layers')
    const models = parsed.filter((layer) => modelClasses.has(layer.className))
    const numbers = new CallNumbers(new Set(models.map((layer) => layer.name)), [
      ...parsed.flatMap((layer) => layer.calls.flat()),
      ...outputs,
    ])
    const layers = parsed.map((layer) => ({
      ...layer,
      calls: layer.calls.map((refs) => refs.map((ref) => numbers.read(ref))),
    }))
    for (const layer of layers)
      layer.json.object['inbound_nodes'] =
        layer.className === 'InputLayer'
          ? []
          : layer.calls.map((refs) => refs.map((ref) => [...numbers.write(ref), {}]))
    config.object['input_layers'] = inputs.map((ref) => numbers.write(ref))
    const read = outputs.map((ref) => numbers.read(ref))
    config.object['output_layers'] = read.map((ref) => numbers.write(ref))
    return { layers, inputs, outputs: read }
  }

  private layers(config: ConfigReader, sequential: boolean): TopologyLayer[] {
    const list = config.array('layers')
    if (list.length === 0) config.fail('layers', 'at least one layer')
    this.layerCount += list.length
    if (this.layerCount > limits.layers)
      throw new StudioError('open/too-many', {
        file: this.file,
        field: config.path('layers'),
        found: this.layerCount,
        limit: limits.layers,
      })
    const seen = new Map<string, string>()
    const result: TopologyLayer[] = []
    for (const [index, item] of list.entries()) {
      const field = `${config.path('layers')}[${index}]`
      const json = readerOf(this.file, field, item)
      if (sequential && index === 0) this.firstOfSequential(config, json)
      const layer = this.layer(json, sequential, result.at(-1))
      const first = seen.get(layer.name)
      if (first !== undefined)
        throw new StudioError('open/duplicate-name', {
          file: this.file,
          field,
          name: layer.name,
          first,
        })
      seen.set(layer.name, field)
      result.push(layer)
    }
    return result
  }

  /** Keras may keep the input shape of a Sequential beside its layers; tfjs wants it in the first. */
  private firstOfSequential(model: ConfigReader, first: ConfigReader): void {
    if (modelClasses.has(first.string('class_name'))) return
    const config = first.reader('config')
    if (config.has('batch_input_shape') || config.has('batch_shape')) return
    if (!model.has('build_input_shape')) config.fail('batch_input_shape', 'the shape of the input')
    config.object['batch_input_shape'] = model.array('build_input_shape')
  }

  private layer(
    json: ConfigReader,
    sequential: boolean,
    previous: TopologyLayer | undefined,
  ): TopologyLayer {
    const className = json.string('class_name')
    const name = this.layerName(json)
    const model = modelClasses.has(className) ? this.model(json) : null
    const { dialect } = this.context
    const calls = (draft: string): Pick<TopologyLayer, 'calls' | 'given'> => {
      if (sequential)
        return {
          calls: previous === undefined ? [[]] : [[{ layer: previous.name, call: 0, tensor: 0 }]],
        }
      const read = parseCalls(json, name, draft, dialect.keepsArguments)
      const given = read.map((call) => call.given)
      return {
        calls: read.map(({ refs }) => refs),
        ...(dialect.keepsArguments(draft) ? { given } : {}),
      }
    }
    if (model !== null)
      return {
        name,
        className,
        config: json.reader('config'),
        json,
        ...calls(className),
        model,
        wrapped: [],
      }
    const config = json.reader('config')
    this.inputShape(config, name)
    if (className === 'InputLayer' && !config.has('batch_input_shape'))
      config.fail('batch_input_shape', 'the shape of the input')
    const draft: LayerDraft = { name, className, config }
    dialect.repair(this.context, draft)
    json.object['class_name'] = draft.className
    const { wrapped, model: held } = this.held(draft)
    if (
      dialect.catalog.layerClass(draft.className) === undefined &&
      !wrapperClasses.has(draft.className)
    )
      throw unknownLayer(this.file, name, draft.className)
    return {
      name,
      className: draft.className,
      config,
      json,
      ...calls(draft.className),
      model: held,
      wrapped,
    }
  }

  /** Functional models name a layer twice; Sequential ones only inside `config`. */
  private layerName(json: ConfigReader): string {
    const config = Array.isArray(json.object['config']) ? null : json.reader('config')
    const outer = json.has('name') ? json.string('name') : null
    const inner = config?.has('name') === true ? config.string('name') : null
    const name = inner ?? outer
    if (name === null || name === '') return json.fail('name', 'a name')
    checkName(this.file, json.path('name'), name)
    if (outer !== null && inner !== null && outer !== inner)
      json.fail('name', `"${inner}", as in its config`)
    if (config !== null && inner === null) config.object['name'] = name
    json.object['name'] = name
    return name
  }

  /** Keras 3 says `batch_shape`. A fixed batch size is opened up: the studio runs its own batches. */
  private inputShape(config: ConfigReader, layer: string): void {
    const { object } = config
    if (object['batch_shape'] !== undefined) {
      object['batch_input_shape'] = object['batch_shape']
      delete object['batch_shape']
    }
    if (!config.has('batch_input_shape')) return
    const shape = config.array('batch_input_shape')
    if (!shape.every((side) => side === null || isSize(side)))
      config.fail('batch_input_shape', 'positive whole numbers or null')
    const [batch] = shape
    if (typeof batch !== 'number') return
    object['batch_input_shape'] = [null, ...shape.slice(1)]
    this.context.notes.push({
      code: 'note/translated-setting',
      params: { layer, setting: 'batch_input_shape[0]', from: batch, to: 'null' },
    })
  }

  /** A wrapper holds a layer, cells, or (TimeDistributed alone) a whole model. */
  private held(layer: LayerDraft): Pick<TopologyLayer, 'wrapped' | 'model'> {
    if (layer.className === 'TimeDistributed') {
      const inner = layer.config.reader('layer')
      if (modelClasses.has(inner.string('class_name')))
        return { wrapped: [], model: this.model(inner) }
    }
    return { wrapped: parseWrapped(this.context, layer), model: null }
  }
}
