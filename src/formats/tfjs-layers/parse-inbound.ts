import { StudioError } from '../../core/errors'
import { describeValue } from '../../core/short-text'
import type { Json, JsonObject } from '../../files/read-json'
import { ConfigReader, fieldError, isObject } from '../tfjs-files/config-reader'
import type { CallArguments, TensorRef } from './topology'

/** What one call reads, and what it is given besides. */
interface Call {
  readonly refs: readonly TensorRef[]
  readonly given: CallArguments
}

/** Whether arguments of calls are kept for whoever knows their meaning; else those that change something are refused. */
type KeepsArguments = (className: string) => boolean

/**
 * Reads `inbound_nodes` of a functional layer: Keras 2 lists `[[name, call, tensor, {}], ...]` per
 * call, Keras 3 an object with nested `__keras_tensor__` arguments.
 * @throws StudioError 'open/field', 'open/unsupported-setting'
 */
export function parseCalls(
  json: ConfigReader,
  layer: string,
  className: string,
  keeps: KeepsArguments,
): readonly Call[] {
  const isInput = className === 'InputLayer'
  const nodes = json.object['inbound_nodes'] === undefined ? [] : json.array('inbound_nodes')
  const calls = nodes.map((node, index) => {
    const field = `${json.path('inbound_nodes')}[${index}]`
    const call = new CallReader(json.file, field, layer, keeps(className))
    if (isObject(node)) call.keras3(node)
    else call.keras2(node)
    if (call.refs.length === 0) throw fieldError(json.file, field, 'at least one input', node)
    return { refs: call.refs, given: { places: call.places, values: call.values } }
  })
  if (isInput && calls.length > 0)
    json.fail('inbound_nodes', 'an empty list, because an input layer reads nothing')
  return isInput ? [{ refs: [], given: { places: {}, values: {} } }] : calls
}

/** Reads `input_layers` or `output_layers`; Keras 3 writes a single triplet without its list. */
export function parseRefs(config: ConfigReader, key: string): TensorRef[] {
  const list = config.array(key)
  const triplets = typeof list[0] === 'string' ? [list] : list
  if (triplets.length === 0) config.fail(key, 'at least one entry')
  return triplets.map((item, index) => ref(config.file, `${config.path(key)}[${index}]`, item))
}

/**
 * A model that is used as a layer already has call 0 in tfjs, the one that defined it, so its calls in
 * the graph count from 1. Keras counts the same way for functional models, from 0 for some Sequential
 * ones. Inside the studio all calls count from 0.
 */
export class CallNumbers {
  private readonly fromZero: ReadonlySet<string>

  constructor(
    private readonly models: ReadonlySet<string>,
    refs: readonly TensorRef[],
  ) {
    this.fromZero = new Set(refs.filter((item) => item.call === 0).map((item) => item.layer))
  }

  read(item: TensorRef): TensorRef {
    const shifted = this.models.has(item.layer) && !this.fromZero.has(item.layer)
    return shifted ? { ...item, call: item.call - 1 } : item
  }

  /** The JSON that tfjs expects. */
  write(item: TensorRef): [string, number, number] {
    return [item.layer, this.models.has(item.layer) ? item.call + 1 : item.call, item.tensor]
  }
}

class CallReader {
  readonly refs: TensorRef[] = []
  readonly places: Record<string, number> = {}
  readonly values: JsonObject = {}

  constructor(
    private readonly file: string,
    private readonly field: string,
    private readonly layer: string,
    private readonly keeps: boolean,
  ) {}

  keras2(node: Json): void {
    const { file, field } = this
    if (!Array.isArray(node)) throw fieldError(file, field, 'a list of inputs', node)
    const inputs = typeof node[0] === 'string' ? [node] : node
    const settings: JsonObject[] = []
    for (const [index, input] of inputs.entries()) {
      const at = `${field}[${index}]`
      if (Array.isArray(input) && input[3] !== undefined) {
        const { 3: given } = input
        if (!isObject(given)) throw fieldError(file, `${at}[3]`, 'an object', given)
        settings.push(given)
      }
      this.refs.push(ref(file, at, input))
    }
    for (const given of settings) this.arguments(given, isKeras2Tensor)
  }

  keras3(node: JsonObject): void {
    const reader = new ConfigReader(this.file, this.field, node)
    this.tensorsIn(reader.array('args'), reader.path('args'))
    if (reader.has('kwargs')) this.arguments(reader.reader('kwargs').object, isKeras3Tensor)
  }

  private tensorsIn(value: Json, at: string): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.tensorsIn(item, `${at}[${index}]`)
      return
    }
    if (!isObject(value) || value['class_name'] !== '__keras_tensor__') {
      if (!this.keeps) throw fieldError(this.file, at, 'a tensor of another layer', value)
      if (value !== null) this.values[at.slice(this.field.length + 1)] = value
      return
    }
    const history = new ConfigReader(this.file, at, value).reader('config')
    this.refs.push(ref(this.file, history.path('keras_history'), history.array('keras_history')))
  }

  /** Arguments that change nothing at inference may go; any other would be lost on tfjs. */
  private arguments(settings: JsonObject, isTensor: (value: Json) => boolean): void {
    for (const [setting, value] of Object.entries(settings)) {
      if (value === null || value === false) continue
      const tensors = Array.isArray(value) && !isTensor(value) ? value : [value]
      if (this.keeps && tensors.length > 0 && tensors.every(isTensor)) {
        this.places[setting] = this.refs.length
        for (const tensor of tensors) {
          if (Array.isArray(tensor))
            this.refs.push(ref(this.file, `${this.field}.${setting}`, tensor))
          else this.tensorsIn(tensor, `${this.field}.${setting}`)
        }
      } else if (this.keeps) this.values[setting] = value
      else
        throw new StudioError('open/unsupported-setting', {
          file: this.file,
          layer: this.layer,
          setting,
          value: describeValue(value),
          reason: 'TensorFlow.js does not pass this argument to the layer',
        })
    }
  }
}

function isKeras2Tensor(value: Json): boolean {
  if (!Array.isArray(value)) return false
  const [name, call, tensor] = value
  return typeof name === 'string' && isIndex(call) && isIndex(tensor)
}

function isKeras3Tensor(value: Json): boolean {
  return isObject(value) && value['class_name'] === '__keras_tensor__'
}

function ref(file: string, field: string, value: Json): TensorRef {
  if (!Array.isArray(value)) throw fieldError(file, field, 'a list of name, call and tensor', value)
  const [layer, call, tensor] = value
  if (typeof layer !== 'string') throw fieldError(file, `${field}[0]`, 'the name of a layer', layer)
  if (!isIndex(call)) throw fieldError(file, `${field}[1]`, 'a whole number from 0', call)
  if (!isIndex(tensor)) throw fieldError(file, `${field}[2]`, 'a whole number from 0', tensor)
  return { layer, call, tensor }
}

function isIndex(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
