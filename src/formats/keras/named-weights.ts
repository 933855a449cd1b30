import { StudioError } from '../../core/errors'
import type { Hdf5Dataset } from '../../files/hdf5/dataset'
import type { Hdf5File, Hdf5Group } from '../../files/hdf5/hdf5-file'
import { optimizationWrappers } from './config-layers'
import type { ConfigLayer } from './config-layers'
import type { KerasFile, KerasWeight } from './keras-file'
import { adaptedKernels } from './low-rank'
import { unwrapped } from './optimization-wrapper'
import type { Unwrapped } from './optimization-wrapper'
import { weightOf } from './weight-of-dataset'

/** What both ways to store weights say of them. */
export interface FoundWeights extends Pick<KerasFile, 'weightsOf' | 'weights' | 'wrapperWeights'> {
  /** Tensors of optimizers, metrics and seeds, which are left out. */
  readonly skipped: number
  /** Kernels that a low-rank product was added to. */
  readonly adapted: number
}

const TOP_LEVEL = 'top_level_model_weights'

/** Whether weights are stored by the names of layers: in .h5 files of all versions of Keras. */
export function hasNamedWeights({ root }: Hdf5File): boolean {
  return weightGroup(root) !== null
}

function weightGroup(root: Hdf5Group): Hdf5Group | null {
  const inside = root.groups.get('model_weights')
  for (const group of inside === undefined ? [root] : [inside, root])
    if (group.attributes.has('layer_names') || group.attributes.has('layer_names0')) return group
  return null
}

/**
 * Weights by the names of layers: a group for each layer of the model, in it a list of names, and below them the
 * numbers. A model inside the model has one group for all its layers.
 * @throws StudioError 'open/keras-no-weight', 'open/duplicate-name', 'open/unsupported-dtype', 'open/weight-shape'
 */
export function namedWeights(
  { source, root }: Hdf5File,
  layers: readonly ConfigLayer[],
): FoundWeights {
  const file = source.file.path
  const group = weightGroup(root)
  const byLayer = new Map<string, Unwrapped>()
  const known = new Map(layers.map((layer) => [layer.name, layer]))
  const read = (layerName: string, own: Hdf5Group): readonly KerasWeight[] =>
    namesIn(own, 'weight_names').map((name) => {
      const dataset = datasetAt(own, name)
      if (dataset === null)
        throw new StudioError('open/keras-no-weight', { file, layer: layerName, tensor: name })
      return weightOf(source, name, dataset)
    })
  for (const name of group === null ? [] : namesIn(group, 'layer_names')) {
    const own = group === null ? undefined : groupAt(group, name.split('/'))
    if (own === undefined)
      throw new StudioError('open/keras-no-weight', { file, layer: name, tensor: 'weight_names' })
    if (byLayer.has(name))
      throw new StudioError('open/duplicate-name', {
        file,
        field: 'layer_names',
        name,
        first: 'layer_names',
      })
    const weights = read(name, own)
    const layer = known.get(name)
    const isWrapper = layer !== undefined && optimizationWrappers.has(layer.className)
    byLayer.set(name, isWrapper ? unwrapped(layer, weights) : { inner: weights, own: [] })
  }
  const top = group?.groups.get(TOP_LEVEL)
  const all = [...byLayer.values()].flatMap(({ inner }) => inner)
  if (top !== undefined && !byLayer.has(TOP_LEVEL)) all.push(...read(TOP_LEVEL, top))
  const skipped = root.groups.get('optimizer_weights')
  const weightsOf = (path: string): readonly KerasWeight[] => {
    const [outer = '', ...inner] = path.split('/')
    const whole = byLayer.get(path)
    const found = whole?.inner ?? innerWeights(byLayer.get(outer)?.inner ?? [], inner)
    return found.filter(({ name }) => !isSeed(name))
  }
  const adapted = adaptedKernels(file, layers, weightsOf)
  return {
    weights: all.filter(({ name }) => !isSeed(name)).flatMap((one) => standIn(adapted, one)),
    weightsOf: (path) => {
      const own = weightsOf(path)
      // A kernel that is frozen for its adapter stands behind everything else.
      const kernels = own.filter((one) => adapted.get(one) != null)
      const others = own.filter((one) => !adapted.has(one))
      return [...kernels, ...others].flatMap((one) => standIn(adapted, one))
    },
    wrapperWeights: new Map([...byLayer].map(([path, { own }]) => [path, own])),
    adapted: [...adapted.values()].filter((one) => one !== null).length,
    skipped: skipped === undefined ? 0 : namesIn(skipped, 'weight_names').length,
  }
}

function standIn(adapted: ReturnType<typeof adaptedKernels>, weight: KerasWeight): KerasWeight[] {
  const found = adapted.get(weight)
  return found === undefined ? [weight] : found === null ? [] : [found]
}

/** State of random numbers, which some versions of Keras count among the weights. */
function isSeed(name: string): boolean {
  return /(?:^|\/)(?:seed_generator(?:_\d+)?\/)?seed_generator_state(?:_\d+)?(?::\d+)?$/.test(name)
}

/** Those of a layer in a model in the model: the names of its weights are told by the name of the layer. */
function innerWeights(
  weights: readonly KerasWeight[],
  path: readonly string[],
): readonly KerasWeight[] {
  const last = path.at(-1)
  if (last === undefined) return []
  const partsOf = ({ name }: KerasWeight): string[] => name.split('/').slice(0, -1)
  const own = weights.filter((weight) => partsOf(weight).includes(last))
  const within = own.filter((weight) => path.every((part) => partsOf(weight).includes(part)))
  return within.length > 0 ? within : own
}

/** A list of names; one that was too long for an attribute is cut into `name0`, `name1` and so on. */
function namesIn({ attributes }: Hdf5Group, name: string): readonly string[] {
  const list = (key: string): readonly string[] | null => {
    const value = attributes.get(key)
    // A list of nothing is an array of floats in NumPy.
    return Array.isArray(value) ? value : value === null ? [] : null
  }
  const whole = list(name)
  if (whole !== null) return whole
  const names: string[] = []
  for (let part = 0; ; part++) {
    const more = list(`${name}${part}`)
    if (more === null) return names
    names.push(...more)
  }
}

/** Below a group: each `/` in a name is a group inside. */
function datasetAt(group: Hdf5Group, name: string): Hdf5Dataset | null {
  const parts = name.split('/')
  const last = parts.pop() ?? ''
  return groupAt(group, parts)?.datasets.get(last) ?? null
}

function groupAt(group: Hdf5Group, parts: readonly string[]): Hdf5Group | undefined {
  let at: Hdf5Group | undefined = group
  for (const part of parts) if (part !== '') at = at?.groups.get(part)
  return at
}
