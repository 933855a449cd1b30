import type { ModelGraph } from './graph'
import { layerLinks } from './layer-links'
import { makersOf } from './makers-of'
import type { ValueName } from './values'

/**
 * Whose values each layer reads, in all its calls: for a picture of the model. What is no layer to a person is gone
 * through, and what a model used as a layer is given stands under the name of its input.
 */
export function shownLinks(graph: ModelGraph): ReadonlyMap<string, readonly string[]> {
  const links = layerLinks(graph)
  const makers = makersOf(graph)
  const shown = new Set(graph.layers.map(({ name }) => name))
  const doors = new Map(
    graph.layers.flatMap(({ name, nested, nodes, outputs: [value = ''] }) =>
      nested && nodes.length === 0
        ? [[doorKey(name, value), { door: name, maker: makers.get(value) ?? '' }] as const]
        : [],
    ),
  )
  return new Map(
    graph.layers.map(({ name, nodes, outputs: [given = ''] }) => {
      if (nodes.length === 0) {
        const maker = makers.get(given)
        // What declares an input of the graph reads nothing.
        return [name, maker === undefined || maker === name ? [] : shownBehind(maker)]
      }
      const read = links.get(name)?.nodes.flatMap(({ inputs }) => inputs) ?? []
      const inner = read.flatMap((value) => doors.get(doorKey(name, value ?? '')) ?? [])
      const outer = new Set(inner.map(({ maker }) => maker))
      const direct = links.get(name)?.inputs.filter((input) => !outer.has(input)) ?? []
      const all = [...inner.map(({ door }) => door), ...direct.flatMap(shownBehind)]
      return [name, [...new Set(all)].filter((other) => other !== name)]
    }),
  )

  function shownBehind(layer: string): string[] {
    const found: string[] = []
    const seen = new Set<string>()
    const open = [layer]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      if (shown.has(at)) found.push(at)
      else open.push(...(links.get(at)?.inputs.toReversed() ?? []))
    }
    return found
  }
}

/** Layers of one inner model have all of their names but the last part in common. */
function doorKey(layer: string, value: ValueName): string {
  return JSON.stringify([layer.slice(0, layer.lastIndexOf('/') + 1), value])
}
