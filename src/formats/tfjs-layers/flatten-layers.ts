import type { LayerKind } from '../../core/tensor-spec'
import { counted, kerasFolders } from './keras-folders'
import { cellClass, stockCatalog } from './layer-catalog'
import type { Catalog, WeightSlot } from './layer-catalog'
import type { TopologyLayer, TopologyModel, WrappedLayer } from './topology'

/** A weight slot under the name that tfjs gives it, which is how `loadLayersModel` finds it. */
export interface NamedSlot extends WeightSlot {
  readonly fullName: string
  /** Where a .keras file holds it, such as `layers/dense_1/vars/0`. */
  readonly path: string
}

/** A layer of the whole model, nested models opened up. */
export interface FlatLayer {
  readonly name: string
  readonly className: string
  readonly kind: LayerKind
  readonly config: Readonly<Record<string, unknown>>
  readonly slots: readonly NamedSlot[]
  readonly inputs: readonly string[]
  readonly calls: number | null
}

/**
 * Lists the layers that tfjs keeps, those an output depends on, with the names of their weights.
 * Weights of nested models are named by the inner layer alone (`dense/kernel`), layers by their path
 * (`encoder/dense`).
 */
export function flattenLayers(
  model: TopologyModel,
  spelling: Spelling = stockSpelling,
): FlatLayer[] {
  return flatten(model, '', 1, '', spelling)
}

/** How weights are found and called. */
export interface Spelling {
  readonly catalog: Catalog
  /** After the whole path of their layer, where models in a model call layers alike. */
  readonly byPath: boolean
  readonly spelled: (name: string) => string
}

export const stockSpelling: Spelling = {
  catalog: stockCatalog,
  byPath: false,
  spelled: (name) => name,
}

/** @param above the folder of the model in a .keras file */
function flatten(
  model: TopologyModel,
  prefix: string,
  runs: number | null,
  above: string,
  spelling: Spelling,
): FlatLayer[] {
  const folders = kerasFolders(model.layers)
  const used = usedCalls({ layers: model.layers, outputs: [...model.outputs, ...model.inputs] })
  return model.layers.flatMap((layer) => {
    const count = used.get(layer.name)?.size ?? 0
    if (count === 0) return []
    const calls = runs === null ? null : runs * count
    const folder = `${above}${folders.get(layer.name) ?? ''}`
    if (layer.model !== null) {
      const held = layer.className === 'TimeDistributed'
      const inner = held ? `${folder}/layer/` : `${folder}/`
      return flatten(layer.model, `${prefix}${layer.name}/`, held ? null : calls, inner, spelling)
    }
    return [
      {
        name: prefix + layer.name,
        className: layer.className,
        kind: kindOf(layer, spelling.catalog),
        config: layer.config.object,
        slots: slotsOf(layer, (spelling.byPath ? prefix : '') + layer.name, folder, spelling),
        inputs: (layer.calls[0] ?? []).map((ref) => prefix + ref.layer),
        calls,
      },
    ]
  })
}

/** Calls that an output depends on, by layer; a Sequential uses every layer once. */
export function usedCalls(
  model: Pick<TopologyModel, 'layers' | 'outputs'>,
): ReadonlyMap<string, ReadonlySet<number>> {
  const used = new Map<string, Set<number>>()
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const open = [...model.outputs]
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const calls = used.get(ref.layer) ?? new Set<number>()
    if (calls.has(ref.call)) continue
    used.set(ref.layer, calls.add(ref.call))
    open.push(...(layers.get(ref.layer)?.calls[ref.call] ?? []))
  }
  return used
}

function kindOf(layer: TopologyLayer, { layerClass }: Catalog): LayerKind {
  if (layer.className === 'Bidirectional' || layer.className === 'RNN') return 'recurrent'
  const [inner] = layer.wrapped
  return layerClass(inner?.className ?? layer.className)?.kind ?? 'other'
}

function slotsOf(
  layer: TopologyLayer,
  name: string,
  folder: string,
  spelling: Spelling,
): NamedSlot[] {
  const { className, wrapped } = layer
  const named = (scope: string, held: WrappedLayer, place: string): NamedSlot[] =>
    namedSlots(scope, held, place, spelling)
  switch (className) {
    case 'TimeDistributed':
      return wrapped.flatMap((inner) => named(name, inner, `${folder}/layer`))
    case 'Bidirectional':
      return wrapped.flatMap((inner) => [
        ...named(`${name}/forward_${inner.name}`, inner, `${folder}/forward_layer`),
        ...named(`${name}/backward_${inner.name}`, inner, `${folder}/backward_layer`),
      ])
    case 'RNN': {
      const stacked = wrapped.length > 1 || isStacked(layer)
      const count = counted()
      return wrapped.flatMap((cell, index) =>
        stacked
          ? named(`${name}/RNNCell_${index}`, cell, `${folder}/cell/cells/${count(cell.className)}`)
          : named(name, cell, `${folder}/cell`),
      )
    }
    default:
      return named(name, layer, folder)
  }
}

function isStacked(layer: TopologyLayer): boolean {
  return layer.config.reader('cell').string('class_name') === 'StackedRNNCells'
}

function namedSlots(
  scope: string,
  layer: WrappedLayer,
  folder: string,
  { catalog, spelled }: Spelling,
): NamedSlot[] {
  const known = catalog.layerClass(layer.className)
  const slots = (known ?? cellClass(layer.className))?.weights(layer.config) ?? []
  // A recurrent layer leaves its weights to its cell.
  const place = known?.kind === 'recurrent' ? `${folder}/cell` : folder
  return slots.map((slot, index) => ({
    ...slot,
    fullName: spelled(`${scope}/${slot.name}`),
    path: `${place}/vars/${index}`,
  }))
}
