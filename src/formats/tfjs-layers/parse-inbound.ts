import { StudioError } from '../../core/errors'
import { describeValue } from '../../core/short-text'
import type { Json } from '../../files/read-json'
import { ConfigReader, fieldError, isObject } from '../tfjs-files/config-reader'
import type { TensorRef } from './topology'

/**
 * Reads `inbound_nodes` of a functional layer: Keras 2 lists `[[name, call, tensor, {}], ...]` per
 * call, Keras 3 an object with nested `__keras_tensor__` arguments.
 * @throws StudioError 'open/field', 'open/unsupported-setting'
 */
export function parseCalls(json: ConfigReader, layer: string, isInput: boolean): TensorRef[][] {
  const nodes = json.object['inbound_nodes'] === undefined ? [] : json.array('inbound_nodes')
  const calls = nodes.map((node, index) => {
    const field = `${json.path('inbound_nodes')}[${index}]`
    const refs = isObject(node)
      ? keras3Call(json.file, field, layer, node)
      : keras2Call(json.file, field, layer, node)
    if (refs.length === 0) throw fieldError(json.file, field, 'at least one input', node)
    return refs
  })
  if (isInput && calls.length > 0)
    json.fail('inbound_nodes', 'an empty list, because an input layer reads nothing')
  return isInput ? [[]] : calls
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

function keras2Call(file: string, field: string, layer: string, node: Json): TensorRef[] {
  if (!Array.isArray(node)) throw fieldError(file, field, 'a list of inputs', node)
  const inputs = typeof node[0] === 'string' ? [node] : node
  return inputs.map((input, index) => {
    const at = `${field}[${index}]`
    if (Array.isArray(input) && input[3] !== undefined) {
      const { 3: settings } = input
      if (!isObject(settings)) throw fieldError(file, `${at}[3]`, 'an object', settings)
      checkArguments(file, layer, settings)
    }
    return ref(file, at, input)
  })
}

function keras3Call(
  file: string,
  field: string,
  layer: string,
  node: { [key: string]: Json },
): TensorRef[] {
  const reader = new ConfigReader(file, field, node)
  const refs: TensorRef[] = []
  const visit = (value: Json, at: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, `${at}[${index}]`)
      })
      return
    }
    if (!isObject(value) || value['class_name'] !== '__keras_tensor__')
      throw fieldError(file, at, 'a tensor of another layer', value)
    const history = new ConfigReader(file, at, value).reader('config')
    refs.push(ref(file, history.path('keras_history'), history.array('keras_history')))
  }
  visit(reader.array('args'), reader.path('args'))
  if (reader.has('kwargs')) checkArguments(file, layer, reader.reader('kwargs').object)
  return refs
}

/** Call arguments that change nothing at inference may go; any other would be lost on tfjs. */
function checkArguments(file: string, layer: string, settings: { [key: string]: Json }): void {
  for (const [setting, value] of Object.entries(settings)) {
    if (value === null || value === false) continue
    throw new StudioError('open/unsupported-setting', {
      file,
      layer,
      setting,
      value: describeValue(value),
      reason: 'TensorFlow.js does not pass this argument to the layer',
    })
  }
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
