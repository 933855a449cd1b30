import type { Json, JsonObject } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'

/**
 * `tf.reshape(x, (tf.shape(x)[0], 24))`: how many samples there are is left open where a file of Keras 2 reads it off a value, and
 * the functions that read it go.
 * @param config of a functional model, as the file has it
 */
export function withOpenBatches(config: JsonObject): JsonObject {
  const { layers, output_layers: outputs } = config
  if (!Array.isArray(layers)) return config
  const entries = layers.filter((entry) => isObject(entry))
  const shapes = new Set(entries.filter(isShape).map(nameOf))
  const counts = new Set(
    entries.filter((entry) => isFirstSide(entry) && readsOnly(entry, shapes)).map(nameOf),
  )
  if (counts.size === 0) return config
  const mayGo = (entry: JsonObject): boolean =>
    counts.has(nameOf(entry)) || shapes.has(nameOf(entry))
  let left = entries.map((entry) =>
    settingsOf(entry)['function'] === 'reshape'
      ? { ...entry, inbound_nodes: opened(entry['inbound_nodes'] ?? null, counts) }
      : entry,
  )
  for (;;) {
    const read = new Set([...left.flatMap((entry) => textsIn(entry['inbound_nodes'] ?? null))])
    for (const text of textsIn(outputs ?? null)) read.add(text)
    const next = left.filter((entry) => !mayGo(entry) || read.has(nameOf(entry)))
    if (next.length === left.length) break
    left = next
  }
  return { ...config, layers: left }
}

/** Calls of a reshape; null stands for as many as there are samples. */
function opened(nodes: Json, counts: ReadonlySet<string>): Json {
  if (Array.isArray(nodes)) return nodes.map((node) => opened(node, counts))
  if (!isObject(nodes)) return nodes
  const { shape } = nodes
  const [batch, ...sides] = Array.isArray(shape) ? shape : []
  const [name] = Array.isArray(batch) ? batch : []
  const isOpen = typeof name === 'string' && counts.has(name)
  return isOpen ? { ...nodes, shape: [null, ...sides] } : nodes
}

function isShape(entry: JsonObject): boolean {
  const name = settingsOf(entry)['function']
  return name === 'shape' || name === 'compat.v1.shape'
}

function isFirstSide(entry: JsonObject): boolean {
  return (
    entry['class_name'] === 'SlicingOpLambda' &&
    argumentsOf(entry).every(({ slice_spec: place }) => place === 0)
  )
}

function readsOnly({ inbound_nodes: nodes }: JsonObject, names: ReadonlySet<string>): boolean {
  const read = textsIn(nodes ?? null)
  return read.length > 0 && read.every((name) => names.has(name))
}

function settingsOf({ config }: JsonObject): JsonObject {
  return isObject(config) ? config : {}
}

function nameOf(entry: JsonObject): string {
  const name = settingsOf(entry)['name'] ?? entry['name']
  return typeof name === 'string' ? name : ''
}

/** What each call is given beside what it reads first. */
function argumentsOf({ inbound_nodes: nodes }: JsonObject): JsonObject[] {
  return objectsIn(nodes ?? null)
}

function objectsIn(value: Json): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return isObject(value) ? [value] : []
}

function textsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (isObject(value)) return Object.values(value).flatMap(textsIn)
  return typeof value === 'string' ? [value] : []
}
