import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout, LayerKind, TensorRole, TensorSpec } from '../../core/tensor-spec'
import type { OpenedLayer } from '../format'
import { limits } from '../../files/limits'
import { isObject } from '../tfjs-files/config-reader'
import type { Json, JsonObject } from '../../files/read-json'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { classOfFolder, counted, kerasPath, nameInFolder } from './keras-folders'

/** A layer of a model that tfjs cannot run: no more than its name and its class are believed. */
interface NamedClass {
  readonly name: string
  readonly className: string
}

/** What is known of a weight before it is known whose it is. */
type LooseWeight = Pick<ManifestEntry, 'name' | 'shape' | 'dtype' | 'optimizer'>

export interface LooseLayers<Weight extends LooseWeight = ManifestEntry> {
  readonly layers: readonly OpenedLayer[]
  readonly specs: ReadonlyMap<Weight, TensorSpec>
}

/** For weights whose names belong to no layer. */
const UNKNOWN_CLASS = '?'

/**
 * Assigns weights to layers by their names alone, for work on weights without running anything: the
 * longest name of a layer that is a part of the weight's path, or the folder of a .keras file. What a weight is
 * for is guessed from the last part of its name and its rank; where that says nothing the role is `other`,
 * which no step touches.
 */
export function looseLayers<Weight extends LooseWeight>(
  topology: Json | undefined,
  entries: readonly Weight[],
): LooseLayers<Weight> {
  const named = new Map(collectLayers(topology).map((layer) => [layer.name, layer]))
  const folders = new Map(foldersOf(isObject(topology) ? topology : {}))
  const specs = new Map<Weight, TensorSpec>()
  const owners = new Map<string, { layer: NamedClass; weights: string[]; kind: LayerKind }>()
  for (const entry of entries) {
    if (entry.optimizer) continue
    const kept = keeperOf(entry.name, folders) ?? classFolderOf(entry.name)
    const layer = kept ?? ownerOf(entry.name, named)
    const spec = specOf(entry, layer, kept !== null)
    specs.set(entry, spec)
    const owner = owners.get(layer.name)
    if (owner === undefined)
      owners.set(layer.name, { layer, weights: [entry.name], kind: spec.layerKind })
    else owner.weights.push(entry.name)
  }
  const without = [...named.values()].filter(({ name }) => !owners.has(name))
  return {
    specs,
    layers: [
      ...[...owners.values()].map(({ layer, weights, kind }) => openedLayer(layer, kind, weights)),
      ...without.map((layer) => openedLayer(layer, 'other', [])),
    ],
  }
}

function openedLayer(
  { name, className }: NamedClass,
  kind: LayerKind,
  weightNames: readonly string[],
): OpenedLayer {
  return { name, className, kind, weightNames, config: {}, inputs: [], calls: null }
}

/** Everything in the topology that has a class and a name, wherever it lies. */
function collectLayers(topology: Json | undefined): NamedClass[] {
  const found: NamedClass[] = []
  const visit = (value: Json | undefined): void => {
    if (found.length >= limits.layers) return
    if (Array.isArray(value)) value.forEach(visit)
    if (!isObject(value)) return
    const layer = namedClass(value)
    if (layer !== null) found.push(layer)
    Object.values(value).forEach(visit)
  }
  visit(topology)
  return found
}

function namedClass(value: JsonObject): NamedClass | null {
  const className = value['class_name'] ?? value['className']
  const { config } = value
  const name = value['name'] ?? (isObject(config) ? config['name'] : undefined)
  return typeof className === 'string' && typeof name === 'string' && name !== ''
    ? { name, className }
    : null
}

/** The layers of a model and of the models in it, by their folders in a .keras file. */
function* foldersOf(model: JsonObject, above = ''): Generator<[string, NamedClass]> {
  const { model_config: whole } = model
  const { config } = isObject(whole) ? whole : model
  const layers = isObject(config) ? config['layers'] : undefined
  if (!Array.isArray(layers)) return
  const count = counted()
  for (const item of layers) {
    const layer = isObject(item) ? namedClass(item) : null
    if (layer === null || !isObject(item)) continue
    const folder = `${above}layers/${count(layer.className)}`
    yield [folder, layer]
    yield* foldersOf(item, `${folder}/`)
  }
}

/** The layer in whose folder a weight lies; of several, the innermost. */
function keeperOf(weight: string, folders: ReadonlyMap<string, NamedClass>): NamedClass | null {
  const parts = kerasPath(weight).split('/')
  if (parts.at(-2) !== 'vars') return null
  for (let length = parts.length - 2; length > 0; length--) {
    const layer = folders.get(parts.slice(0, length).join('/'))
    if (layer !== undefined) return layer
  }
  return null
}

/** A folder in a part of the model that no config tells of, since it is written in Python: its name says the class. */
function classFolderOf(weight: string): NamedClass | null {
  const found = /^((?:.+\/)?layers\/([^/]+?)(?:_\d+)?)\/vars\/\d+$/.exec(kerasPath(weight))
  const [, name, word] = found ?? []
  return name === undefined || word === undefined ? null : { name, className: classOfFolder(word) }
}

function ownerOf(weight: string, named: ReadonlyMap<string, NamedClass>): NamedClass {
  const parts = weight.split('/').slice(0, -1)
  for (let length = parts.length; length > 0; length--)
    for (let start = parts.length - length; start >= 0; start--) {
      const layer = named.get(parts.slice(start, start + length).join('/'))
      if (layer !== undefined) return layer
    }
  return { name: parts.length === 0 ? weight : parts.join('/'), className: UNKNOWN_CLASS }
}

function specOf(
  { name, shape, dtype }: LooseWeight,
  layer: NamedClass,
  inFolder: boolean,
): TensorSpec {
  const plain = (name.split('/').at(-1) ?? name).replace(/:\d+$/, '')
  const last = inFolder ? nameInFolder(layer.className, Number(plain), shape.length) : plain
  // Of nothing there is nothing to compress.
  const isNumbers = dtype === 'float32' && elementCount(shape) > 0
  const role = isNumbers ? roleOf(last, shape, layer.className) : 'other'
  return {
    name,
    shape,
    dtype,
    role,
    layerName: layer.name,
    layerKind: kindOf(role, shape, layer.className),
    channel: channelsOf(role, shape, layer.className),
  }
}

function roleOf(name: string, shape: readonly number[], className: string): TensorRole {
  if (/depthwise_(?:kernel|filters?|weights?)/.test(name)) return 'depthwiseKernel'
  if (/recurrent_kernel/.test(name)) return 'recurrentKernel'
  if (/^embeddings?/.test(name)) return 'embedding'
  if (/^(?:gamma|beta|moving_)/.test(name)) return 'normalization'
  if (/bias$/.test(name)) return 'bias'
  if (/(?:kernel|filters?|weights?)$/.test(name) && shape.length >= 2)
    return /Depthwise/.test(className) ? 'depthwiseKernel' : 'kernel'
  return 'other'
}

function kindOf(role: TensorRole, shape: readonly number[], className: string): LayerKind {
  switch (role) {
    case 'depthwiseKernel':
      return 'depthwise'
    case 'recurrentKernel':
      return 'recurrent'
    case 'embedding':
      return 'embedding'
    case 'normalization':
      return 'normalization'
    case 'kernel':
      if (/LSTM|GRU|RNN|^Bidirectional$/.test(className)) return 'recurrent'
      return shape.length === 2 ? 'dense' : 'convolution'
    default:
      return 'other'
  }
}

function channelsOf(role: TensorRole, shape: readonly number[], className: string): ChannelLayout {
  const last = shape.at(-1) ?? 1
  const secondLast = shape.at(-2) ?? 1
  if (role === 'depthwiseKernel') return { count: secondLast * last, inner: 1 }
  if (role === 'embedding') return { count: shape[0] ?? 1, inner: elementCount(shape.slice(1)) }
  if (role !== 'kernel' && role !== 'recurrentKernel')
    return { count: 1, inner: elementCount(shape) }
  return /Transpose/.test(className)
    ? { count: secondLast, inner: last }
    : { count: last, inner: 1 }
}
