import type { OpenedModel } from '../formats/format'

/**
 * The layers whose outputs the model returns: those that the file names as such, and those that no other layer
 * reads.
 */
export function outputLayers({ layers, topology }: OpenedModel): ReadonlySet<string> {
  const read = new Set(layers.flatMap(({ inputs }) => inputs))
  const names = layers.map(({ name }) => name).filter((name) => !read.has(name))
  return new Set([...names, ...named(topology)])
}

/** `output_layers` of the outermost model: [[name, call, tensor], ...], or one of these alone. */
function named(topology: object): string[] {
  const places: unknown[] = [topology, ...Object.values<unknown>({ ...topology })]
  for (const value of places) {
    const list = propertyOf(propertyOf(value, 'config'), 'output_layers')
    if (!Array.isArray(list)) continue
    const entries: unknown[] = typeof list[0] === 'string' ? [list] : list
    return entries.flatMap((entry) => {
      const name: unknown = Array.isArray(entry) ? entry[0] : null
      return typeof name === 'string' ? [name] : []
    })
  }
  return []
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
