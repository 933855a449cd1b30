import type { Json } from '../../files/read-json'
import { usedCalls } from './flatten-layers'
import { parseTopology } from './parse-topology'
import type { TensorRef, TopologyModel } from './topology'

/**
 * Whose values each layer reads, in all its calls, under the names of `flattenLayers`. Nested models are opened up: who
 * reads one reads its last layer, and its first reads what it is given.
 * @throws StudioError as `parseTopology`
 */
export function layerReads(
  file: string,
  topology: Json | undefined,
): ReadonlyMap<string, readonly string[]> {
  const reads = new Map<string, readonly string[]>()
  follow(parseTopology(file, topology).model, '', [], reads)
  return reads
}

/** @param given for each input of the model, the layers around it whose values it is given */
function follow(
  model: TopologyModel,
  prefix: string,
  given: readonly (readonly string[])[],
  reads: Map<string, readonly string[]>,
): void {
  const used = usedCalls({ layers: model.layers, outputs: [...model.outputs, ...model.inputs] })
  const makers = makersIn(model, prefix)
  model.layers.forEach((layer, place) => {
    const calls = [...(used.get(layer.name) ?? [])]
      .toSorted((one, other) => one - other)
      .map((call) => layer.calls[call] ?? [])
    if (calls.length === 0) return
    const isEntry = model.sequential && place === 0
    const entry = isEntry ? 0 : model.inputs.findIndex((ref) => ref.layer === layer.name)
    const outside = given[entry] ?? []
    if (layer.model === null) {
      const name = prefix + layer.name
      const own = new Set([...outside, ...calls.flat().flatMap(makers)])
      // One that is called on what it has made itself.
      own.delete(name)
      reads.set(name, [...own])
      return
    }
    const most = Math.max(1, ...calls.map((refs) => refs.length))
    const inputs = Array.from({ length: most }, (_, input) => [
      ...new Set([
        ...(isEntry ? outside : []),
        ...calls.flatMap((refs) => refs.slice(input, input + 1).flatMap(makers)),
      ]),
    ])
    follow(layer.model, `${prefix}${layer.name}/`, inputs, reads)
  })
}

/** Which layer makes a value: of a nested model, the one inside that makes this output. */
function makersIn(model: TopologyModel, prefix: string): (ref: TensorRef) => readonly string[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]))
  return ({ layer: name, tensor }) => {
    const inner = byName.get(name)?.model ?? null
    const end = inner?.outputs[tensor]
    if (inner === null || end === undefined) return [prefix + name]
    return makersIn(inner, `${prefix}${name}/`)(end)
  }
}
