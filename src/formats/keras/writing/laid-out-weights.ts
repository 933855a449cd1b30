import type { OpenedModel } from '../../format'
import type { FlatLayer, NamedSlot } from '../../tfjs-layers/flatten-layers'
import type { TopologyModel } from '../../tfjs-layers/topology'
import type { KerasForm } from './keras-form'
import { GroupDraft } from './weight-tree'

/** What a layer holds beside what it learns. */
const fixed: ReadonlySet<string> = new Set([
  ...['moving_mean', 'moving_variance', 'mean', 'variance', 'count'],
])

/** Forms by the names of weights. */
export type Forms = ReadonlyMap<string, KerasForm>

/** Where parts of an attention layer lie, which has layers of its own. */
const parts: Readonly<Record<string, string>> = {
  query: 'query_dense',
  key: 'key_dense',
  value: 'value_dense',
  attention_output: 'output_dense',
}

/** In folders of classes, as in `.keras` and `.weights.h5` files. */
export function filed(rows: readonly FlatLayer[], forms: Forms): GroupDraft {
  const root = new GroupDraft()
  root.at('vars')
  for (const row of rows)
    for (const [index, slot] of row.slots.entries()) {
      const form = forms.get(slot.fullName)
      if (form === undefined) continue
      const path = pathOf(row, slot, index)
      root.put(path, form)
      const folder = /^((?:layers\/[^/]+\/)*layers\/[^/]+)\//.exec(path)?.[1]
      if (folder !== undefined)
        root
          .at(`${folder}/vars`)
          .attributes.set('name', row.name.slice(row.name.lastIndexOf('/') + 1))
    }
  return root
}

function pathOf(row: FlatLayer, { name, path }: NamedSlot, index: number): string {
  const [part = '', own] = name.split('/')
  const folder = parts[part]
  if (row.className !== 'MultiHeadAttention' || own === undefined || folder === undefined)
    return path
  return path.replace(`/vars/${index}`, `/${folder}/vars/${own === 'kernel' ? 0 : 1}`)
}

/** By the names of layers, as in `.h5` files: of a model in the model what is trained comes first. */
export function named(
  model: TopologyModel,
  rows: readonly FlatLayer[],
  forms: Forms,
  version: string,
): GroupDraft {
  const root = new GroupDraft()
  const frozen = frozenIn(model, '', false)
  root.attributes.set(
    'layer_names',
    model.layers.map(({ name }) => name),
  )
  root.attributes.set('backend', 'tensorflow').set('keras_version', version)
  root.at('top_level_model_weights').attributes.set('weight_names', [])
  for (const { name } of model.layers) {
    const group = root.at(name)
    const slots = rows
      .filter((row) => row.name === name || row.name.startsWith(`${name}/`))
      .flatMap((row) => row.slots.map((slot) => ({ row, slot })))
    const isFixed = ({ row, slot }: (typeof slots)[number]): boolean =>
      frozen.has(row.name) || fixed.has(slot.name)
    const ordered = [...slots.filter((slot) => !isFixed(slot)), ...slots.filter(isFixed)]
    const names: string[] = []
    for (const { row, slot } of ordered) {
      const form = forms.get(slot.fullName)
      if (form === undefined) continue
      const spelled = `${row.name}/${lastPart(row, slot)}:0`
      group.put(spelled, form)
      names.push(spelled)
    }
    group.attributes.set('weight_names', names)
  }
  return root
}

/** What stands behind the name of the layer. */
function lastPart(row: FlatLayer, { fullName, name }: NamedSlot): string {
  const own = row.name.slice(row.name.lastIndexOf('/') + 1)
  const at = fullName.indexOf(`${own}/`)
  return at < 0 ? name : fullName.slice(at + own.length + 1)
}

/** Layers that do not learn, by their names in the whole model. */
function frozenIn({ layers }: TopologyModel, above: string, isAbove: boolean): Set<string> {
  const found = new Set<string>()
  for (const { config, model, name } of layers) {
    const isFrozen = isAbove || config.object['trainable'] === false
    if (isFrozen) found.add(above + name)
    if (model !== null)
      for (const inner of frozenIn(model, `${above}${name}/`, isFrozen)) found.add(inner)
  }
  return found
}

/** The file that was opened, with other numbers in it and without what belongs to training. */
export function copied({ keras: source }: OpenedModel, forms: Forms): GroupDraft {
  const root = new GroupDraft()
  if (source === undefined) return root
  const byPath = new Map([...source.paths].map(([name, path]) => [path, forms.get(name)]))
  const copy = (from: typeof source.root, to: GroupDraft): void => {
    for (const [name, value] of from.attributes)
      if (typeof value === 'string' || Array.isArray(value))
        to.attributes.set(name, value as string)
      else if (name.includes('_names')) to.attributes.set(name, [])
    for (const [name, group] of from.groups) if (!beside.has(name)) copy(group, to.inside(name))
    for (const [name, { path }] of from.datasets) {
      const form = byPath.get(path)
      if (form !== undefined) to.datasets.set(name, form)
    }
  }
  copy(source.root, root)
  root.attributes.delete('training_config')
  return root
}

/** Groups of a file that are no weights of the model. */
const beside: ReadonlySet<string> = new Set([
  ...['optimizer', 'optimizer_weights', 'metrics', 'compile_metrics'],
])
