import type { Hdf5Dataset } from '../../files/hdf5/dataset'
import type { Hdf5File, Hdf5Group } from '../../files/hdf5/hdf5-file'
import type { Hdf5Source } from '../../files/hdf5/hdf5-source'
import { counted } from '../tfjs-layers/keras-folders'
import { cellClasses, optimizationWrappers } from './config-layers'
import type { ConfigLayer } from './config-layers'
import type { KerasWeight } from './keras-file'
import type { FoundWeights } from './named-weights'
import { unwrapped, withoutMasked } from './optimization-wrapper'
import { combined, weightOf } from './weight-of-dataset'

/** Groups of a file that are no weights of the model. */
const beside: ReadonlySet<string> = new Set(['optimizer', 'metrics', 'compile_metrics'])

/** Groups of a layer that hold the state of random numbers. */
const SEED = /^_?(?:seed_generator|random_generator)(?:_\d+)?$/

/** Parts of layers in the order in which they make their weights, where that is not the order of their names. */
const partOrder = [
  ...['forward_layer', 'backward_layer'],
  ...['query_dense', 'key_dense', 'value_dense', 'output_dense'],
]

const VARS = 'vars'

/** Whether weights lie in folders of classes: in `.keras` and `.weights.h5` files. */
export function hasFiledWeights({ root }: Hdf5File): boolean {
  const holdsVars = (group: Hdf5Group): boolean =>
    [...group.groups].some(([name, inside]) => name === VARS || holdsVars(inside))
  return holdsVars(root)
}

/**
 * Weights in folders: one for each layer of a model, of the class's name and a number, in it `vars/0`, `vars/1` and so on,
 * and a folder for each part that has weights of its own, such as the cell of an LSTM.
 */
export function filedWeights(
  { source, root }: Hdf5File,
  layers: readonly ConfigLayer[],
): FoundWeights {
  const all: KerasWeight[] = []
  const claimed = new Set<Hdf5Group>()
  const inner = new Map<string, readonly KerasWeight[]>()
  const own = new Map<string, readonly KerasWeight[]>()
  const visit = (
    list: readonly ConfigLayer[],
    model: Hdf5Group | undefined,
    above: string,
  ): void => {
    const folders =
      model?.groups.get('layers') ?? model?.groups.get('_layer_checkpoint_dependencies')
    const folderOf = counted()
    for (const layer of list) {
      const folder = folders?.groups.get(folderOf(layer.className.replaceAll(/\W/g, '')))
      const path = `${above}${layer.name}`
      if (folder === undefined) continue
      if (layer.layers !== null) {
        visit(layer.layers, folder, `${path}/`)
        continue
      }
      // A model in a wrapper: its layers have paths of their own, and the wrapper has all of them.
      if (layer.wrapped?.layers != null)
        visit(layer.wrapped.layers, folder.groups.get('layer'), `${path}/`)
      const found = layerWeights(source, layer, folder)
      inner.set(path, found.inner)
      own.set(path, found.own)
      if (layer.wrapped?.layers == null) all.push(...found.inner)
      claimed.add(folder)
    }
  }
  visit(layers, root, '')
  // Whatever the config does not tell of: weights of a model that is written in Python, or alone in their file.
  let skipped = 0
  for (const [name, group] of natural(root.groups))
    if (beside.has(name)) skipped += countIn(group)
    else if (name === VARS) all.push(...varsOf(source, group))
    else all.push(...weightsIn(source, group, claimed))
  return {
    weights: all,
    weightsOf: (path) => inner.get(path) ?? [],
    wrapperWeights: own,
    skipped,
    // Keras adds them up before it saves.
    adapted: 0,
  }
}

function layerWeights(
  source: Hdf5Source,
  layer: ConfigLayer,
  folder: Hdf5Group,
): { inner: readonly KerasWeight[]; own: readonly KerasWeight[] } {
  // It holds no layer, only the range of what is given to the model.
  if (layer.className === 'QuantizeLayer')
    return { inner: [], own: varsOf(source, folder.groups.get(VARS)) }
  const inside = folder.groups.get('layer')
  if (layer.className === 'ClusterWeights' || layer.className.startsWith('QuantizeWrapper')) {
    const held = inside === undefined ? [] : weightsIn(source, inside)
    return withKernel(layer, held, varsOf(source, folder.groups.get(VARS)))
  }
  if (!optimizationWrappers.has(layer.className) || inside === undefined)
    return { inner: stackedIn(source, layer, folder) ?? weightsIn(source, folder), own: [] }
  const inner = weightsIn(source, inside)
  const own = varsOf(source, folder.groups.get(VARS))
  if (layer.className !== 'PruneLowMagnitude') return { inner, own }
  // The wrapper's list has kernels, then for each its mask and threshold, and last the step of training.
  const first = own.filter(({ shape }) => shape.length > 0)
  const masks = first.slice(first.length / 2)
  return {
    inner: inner.map((weight) => {
      const at = masks.findIndex(({ shape }) => shape.join() === weight.shape.join())
      const [mask] = at < 0 ? [] : masks.splice(at, 1)
      return mask === undefined ? weight : combined(weight, mask, withoutMasked)
    }),
    own,
  }
}

/**
 * A wrapper that puts something else in the place of a kernel keeps the kernel itself, as the first of what it has: one of
 * ClusterWeights with its centroids and where each weight belongs, one that quantizes a second time among the rest.
 */
function withKernel(
  layer: ConfigLayer,
  inner: readonly KerasWeight[],
  own: readonly KerasWeight[],
): { inner: readonly KerasWeight[]; own: readonly KerasWeight[] } {
  const [kernel, ...others] = own
  if (kernel === undefined || kernel.shape.length < 2) return { inner, own }
  const isAlike = ({ shape }: KerasWeight): boolean => shape.join() === kernel.shape.join()
  if (!others.some(isAlike)) return { inner, own }
  if (layer.className !== 'ClusterWeights') return { inner: [kernel, ...inner], own: others }
  const [centroids, indices] = others
  if (centroids === undefined || indices === undefined || !isAlike(indices)) return { inner, own }
  const named = [
    { ...kernel, name: 'kernel' },
    { ...centroids, name: 'cluster_centroids_kernel' },
    { ...indices, name: 'pulling_indices_kernel' },
  ]
  const [clustered = kernel] = unwrapped(layer, named).inner
  return { inner: [{ ...clustered, name: kernel.name }, ...inner], own: others }
}

/** Weights of cells that are stacked: their folders are sorted by class, and they run in the order of the config. */
function stackedIn(
  source: Hdf5Source,
  layer: ConfigLayer,
  folder: Hdf5Group,
): KerasWeight[] | null {
  const cells = folder.groups.get('cell')?.groups.get('cells')
  const classes = cellClasses(layer)
  if (cells === undefined || classes.length !== cells.groups.size) return null
  const folderOf = counted()
  return classes.flatMap((name) => {
    const own = cells.groups.get(folderOf(name))
    return own === undefined ? [] : weightsIn(source, own)
  })
}

/** The weights of a folder and of those in it, but for those of layers that are known already. */
function weightsIn(
  source: Hdf5Source,
  group: Hdf5Group,
  without: ReadonlySet<Hdf5Group> = new Set(),
): KerasWeight[] {
  if (without.has(group)) return []
  const weights = varsOf(source, group.groups.get(VARS))
  for (const [name, inside] of natural(group.groups))
    if (name !== VARS && !SEED.test(name)) weights.push(...weightsIn(source, inside, without))
  return weights
}

const none: ReadonlyMap<string, Hdf5Dataset> = new Map()

function varsOf(source: Hdf5Source, vars: Hdf5Group | undefined): KerasWeight[] {
  return natural(vars?.datasets ?? none).map(([, dataset]) =>
    weightOf(source, dataset.path.slice(1), dataset),
  )
}

function countIn(group: Hdf5Group): number {
  let count = group.datasets.size
  for (const inside of group.groups.values()) count += countIn(inside)
  return count
}

/** Entries in the order in which they were made: HDF5 sorts `10` before `2`. */
function natural<Item>(entries: ReadonlyMap<string, Item>): [string, Item][] {
  const rank = (name: string): number => {
    const place = partOrder.indexOf(name.replace(/^_/, ''))
    return place < 0 ? -1 : place
  }
  const split = (name: string): [string, number] => {
    const [, word = name, number = ''] = /^(.*?)_?(\d*)$/.exec(name) ?? []
    return [word, number === '' ? -1 : Number(number)]
  }
  return [...entries].sort(([one], [other]) => {
    const [word, number] = split(one)
    const [otherWord, otherNumber] = split(other)
    return (
      rank(one) - rank(other) ||
      (word < otherWord ? -1 : word > otherWord ? 1 : number - otherNumber)
    )
  })
}
