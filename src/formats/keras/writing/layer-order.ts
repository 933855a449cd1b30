import type { TensorRef, TopologyModel } from '../../tfjs-layers/topology'

/**
 * Names of layers in the order in which Keras has them once it has built the model: those farthest from the outputs first,
 * others as it comes upon them from there. It numbers folders and reads .h5 files in this order, whatever the order of the
 * config; layers that no output depends on are not among them.
 */
export function kerasOrder({ layers, inputs, outputs, sequential }: TopologyModel): string[] {
  if (sequential) return layers.map(({ name }) => name)
  const calls = new Map(layers.map((layer) => [layer.name, layer.calls]))
  const read = ({ call, layer }: TensorRef): readonly TensorRef[] => calls.get(layer)?.[call] ?? []
  const { nodes, places } = foundFrom(outputs, read)
  const depths = new Map<string, number>()
  const layerDepths = new Map<string, number>()
  for (const node of nodes.toReversed()) {
    const depth = Math.max(depths.get(keyOf(node)) ?? 0, layerDepths.get(node.layer) ?? 0)
    layerDepths.set(node.layer, depth)
    depths.set(keyOf(node), depth)
    for (const from of read(node))
      depths.set(keyOf(from), Math.max(depth + 1, depths.get(keyOf(from)) ?? 0))
  }
  for (const { layer } of inputs)
    if (!layerDepths.has(layer)) {
      layerDepths.set(layer, 0)
      places.set(layer, -1)
    }
  return [...layerDepths]
    .sort(
      ([one, depth], [other, otherDepth]) =>
        otherDepth - depth || (places.get(one) ?? 0) - (places.get(other) ?? 0),
    )
    .map(([name]) => name)
}

function keyOf({ call, layer }: TensorRef): string {
  return `${call} ${layer}`
}

interface Found {
  /** Calls, each behind those that it reads. */
  readonly nodes: readonly TensorRef[]
  /** When a layer was first come upon. */
  readonly places: Map<string, number>
}

function foundFrom(
  outputs: readonly TensorRef[],
  read: (node: TensorRef) => readonly TensorRef[],
): Found {
  const nodes: TensorRef[] = []
  const places = new Map<string, number>()
  const seen = new Set<string>()
  for (const output of outputs) {
    const open: { readonly node: TensorRef; readonly left: TensorRef[] }[] = []
    const enter = (node: TensorRef): void => {
      if (seen.has(keyOf(node))) return
      seen.add(keyOf(node))
      if (!places.has(node.layer)) places.set(node.layer, places.size)
      open.push({ node, left: [...read(node)].toReversed() })
    }
    enter(output)
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const next = last.left.pop()
      if (next !== undefined) enter(next)
      else {
        nodes.push(last.node)
        open.pop()
      }
    }
  }
  return { nodes, places }
}
