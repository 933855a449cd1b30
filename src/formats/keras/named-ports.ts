import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'

/**
 * What a model calls its inputs or outputs where it takes or gives them in a dict, in the order in which Keras counts them.
 * @param model `{class_name, config}`, as a file has it
 * @returns null where they are a list, or lists in something else
 */
export function portNames(
  { config }: JsonObject,
  key: 'input_layers' | 'output_layers',
): readonly string[] | null {
  const ports = isObject(config) ? config[key] : undefined
  if (!isObject(ports)) return null
  const isOne = (port: Json): boolean => Array.isArray(port) && typeof port[0] === 'string'
  return Object.values(ports).every(isOne) ? Object.keys(ports).toSorted() : null
}

/** A model that is written, with inputs and outputs in dicts again where those of the file that was opened are. */
export function withPortNames(written: JsonObject, opened: JsonObject): JsonObject {
  const { config } = written
  if (!isObject(config)) return written
  const named: JsonObject = { ...config }
  for (const key of ['input_layers', 'output_layers'] as const) {
    const names = portNames(opened, key)
    const refs = config[key]
    if (names !== null && Array.isArray(refs) && refs.length === names.length)
      named[key] = Object.fromEntries(names.map((name, at) => [name, refs[at] ?? null]))
  }
  return { ...written, config: named }
}
