import type { LayerShape } from '../core/layer-macs'
import type { OpenedLayer, OpenedModel } from '../formats/format'

/** Layers that can be left out together: what goes in has the shape of what comes out. */
export interface DepthBlock {
  /** The layer that names it: the sum of a residual block, or the first layer of a plain one. */
  readonly id: string
  readonly kind: 'residual' | 'plain'
  /** Whose output takes the place of the last one's. */
  readonly from: string
  readonly to: string
  readonly layers: readonly string[]
}

type Graph = Pick<OpenedModel, 'layers'>

/** Keep the shape, and mean nothing without the layer before them. */
const FOLLOWERS: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'Activation',
  'ReLU',
  'LeakyReLU',
  'Dropout',
  'SpatialDropout2D',
])

/**
 * Finds what a depth cut may leave out: the branch of a residual sum whose other input passes it by unchanged, and a
 * plain layer, with what follows it, that keeps its shape.
 * @param outputs layers whose outputs the model returns; they stay
 * @param shapes of the outputs, by flattened name
 * @see Huang et al. 2016, "Deep Networks with Stochastic Depth", arXiv:1603.09382: such blocks are nearly exchangeable
 */
export function depthBlocks(
  model: Graph,
  outputs: ReadonlySet<string>,
  shapes: ReadonlyMap<string, LayerShape>,
): DepthBlock[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]))
  const readers = new Map<string, string[]>()
  for (const { inputs, name } of model.layers)
    for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), name])

  /** Nothing outside reads what is inside, everything is called once, and the shape stays. */
  const isClosed = ({ from, layers, to }: DepthBlock): boolean => {
    const inside = new Set(layers)
    return (
      byName.has(from) &&
      sameShape(shapes.get(from), shapes.get(to)) &&
      layers.every((name) => {
        const layer = byName.get(name)
        const read = readers.get(name) ?? []
        return (
          layer?.calls === 1 &&
          !name.includes('/') &&
          !outputs.has(name) &&
          (name === to || read.every((reader) => inside.has(reader)))
        )
      })
    )
  }

  const residual = model.layers.flatMap((layer) =>
    layer.className === 'Add' && layer.inputs.length === 2
      ? bySides(layer)
          .map(([from, branch]) => residualBlock(layer, from, branch, byName))
          .filter((block) => block !== null && isClosed(block))
          .slice(0, 1)
      : [],
  ) as DepthBlock[]
  const taken = new Set(residual.flatMap(({ layers }) => layers))
  const plain = model.layers
    .flatMap((layer) => plainBlock(layer, byName, readers))
    .filter((block) => isClosed(block) && !block.layers.some((name) => taken.has(name)))
  const order = new Map(model.layers.map(({ name }, at) => [name, at]))
  return [...residual, ...plain].toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
}

function bySides({ inputs: [left = '', right = ''] }: OpenedLayer): [string, string][] {
  return [
    [left, right],
    [right, left],
  ]
}

/** The branch from `from` to a sum; null where it does not begin there alone. */
function residualBlock(
  sum: OpenedLayer,
  from: string,
  branch: string,
  byName: ReadonlyMap<string, OpenedLayer>,
): DepthBlock | null {
  const inside = new Set<string>()
  const open = [branch]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === from || inside.has(name)) continue
    const layer = byName.get(name)
    if (layer === undefined || layer.inputs.length === 0) return null
    inside.add(name)
    open.push(...layer.inputs)
  }
  if (inside.size === 0) return null
  const layers = [...byName.keys()].filter((name) => inside.has(name))
  return { id: sum.name, kind: 'residual', from, to: sum.name, layers: [...layers, sum.name] }
}

function plainBlock(
  layer: OpenedLayer,
  byName: ReadonlyMap<string, OpenedLayer>,
  readers: ReadonlyMap<string, readonly string[]>,
): DepthBlock[] {
  const [from, ...others] = layer.inputs
  if (from === undefined || others.length > 0) return []
  if (layer.weightNames.length === 0 || FOLLOWERS.has(layer.className)) return []
  const layers = [layer.name]
  for (;;) {
    const read = readers.get(layers.at(-1) ?? '') ?? []
    const next = byName.get(read[0] ?? '')
    if (read.length !== 1 || next === undefined || !FOLLOWERS.has(next.className)) break
    layers.push(next.name)
  }
  return [{ id: layer.name, kind: 'plain', from, to: layers.at(-1) ?? layer.name, layers }]
}

function sameShape(left: LayerShape | undefined, right: LayerShape | undefined): boolean {
  return (
    left !== undefined &&
    left.length === right?.length &&
    left.every((side, axis) => axis === 0 || (side !== null && side === right[axis]))
  )
}

/**
 * The same model without some of its blocks; ids that are no blocks of it are passed over.
 * @param outputsOf finds the output layers
 */
export function withoutBlocks(
  model: OpenedModel,
  ids: readonly string[],
  outputsOf: (model: OpenedModel) => ReadonlySet<string>,
  shapes: ReadonlyMap<string, LayerShape>,
): OpenedModel {
  let left = model
  for (const id of ids) {
    // Anew each time: what one block begins with may have gone with another.
    const block = depthBlocks(left, outputsOf(left), shapes).find((other) => other.id === id)
    if (block !== undefined) left = withoutBlock(left, block)
  }
  return left
}

function withoutBlock(model: OpenedModel, { from, layers, to }: DepthBlock): OpenedModel {
  const gone = new Set(layers)
  const stays = ({ name }: { readonly name: string }): boolean => !gone.has(name)
  return {
    ...model,
    topology: rewired(model.topology, gone, from, to),
    layers: model.layers.filter(stays).map((layer) => ({
      ...layer,
      inputs: layer.inputs.map((name) => (name === to ? from : name)),
    })),
    weights: model.weights.filter(({ spec }) => !gone.has(spec.layerName)),
  }
}

/** Takes layers out of a topology's lists, and lets those that read the last one read the first one's input. */
function rewired(topology: object, gone: ReadonlySet<string>, from: string, to: string): object {
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) {
      const list: unknown[] = key === 'layers' || key === 'config' ? value.filter(isThere) : value
      return list.map((inner) => walk(inner, key === 'inbound_nodes' ? key : ''))
    }
    if (key === 'inbound_nodes' && value === to) return from
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]),
    )
  }
  const isThere = (entry: unknown): boolean => {
    const config: unknown = Reflect.get(Object(entry), 'config')
    const name: unknown = Reflect.get(Object(config), 'name') ?? Reflect.get(Object(entry), 'name')
    return typeof name !== 'string' || !gone.has(name)
  }
  return walk(topology, '') as object
}
