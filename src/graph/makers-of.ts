import type { ModelGraph } from './graph'
import type { ValueName } from './values'

/**
 * The layer that gives each value. A model that is used as a layer, and may hand on what it is given, gives nothing of
 * that: it is of the layer outside.
 */
export function makersOf({ inputs, layers, nodes }: ModelGraph): ReadonlyMap<ValueName, string> {
  const makers = new Map<ValueName, string>()
  for (const { value } of inputs) {
    const owners = layers.filter(({ outputs }) => outputs.includes(value))
    const owner = owners.find(({ nested }) => !nested) ?? owners[0]
    if (owner !== undefined) makers.set(value, owner.name)
  }
  for (const { layer, outputs } of nodes) for (const value of outputs) makers.set(value, layer)
  return makers
}
