import { StudioError } from '../../core/errors'
import { describeValue } from '../../core/short-text'
import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout, TensorSpec } from '../../core/tensor-spec'
import type { FlatLayer, NamedSlot } from './flatten-layers'
import { kerasPath } from './keras-folders'
import type { ChannelAxis } from './layer-catalog'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'

/** What tfjs-layers accepts as the name of a variable. */
const tensorName = /^[A-Za-z\d][-A-Za-z\d._/]*$/

interface Target {
  readonly layer: FlatLayer
  readonly slot: NamedSlot
}

export interface MatchedWeights {
  /** One per model weight, in manifest order; `name` is what tfjs looks up. */
  readonly specs: ReadonlyMap<ManifestEntry, TensorSpec>
  /** Entries whose name in the file had to be shortened, file name to tfjs name. */
  readonly renamed: ReadonlyMap<string, string>
}

/**
 * Pairs the manifest with the weights that the layers need, so that every layer gets exactly its own.
 * Names with the model in front (`sequential/dense/kernel`), a cell inside (`lstm/lstm_cell/kernel`)
 * or a TensorFlow output number (`dense/kernel:0`) are accepted where they fit one weight only, and so are
 * places in a .keras file (`layers/dense_1/vars/0`), which say nothing of a layer's name.
 * @throws StudioError 'open/field', 'open/duplicate-name', 'open/surplus-weight', 'open/missing-weight',
 * 'open/weight-shape', 'open/unsupported-dtype'
 */
export function matchWeights(
  file: string,
  layers: readonly FlatLayer[],
  entries: readonly ManifestEntry[],
): MatchedWeights {
  const targets = targetsByName(file, layers)
  const places = new Map([...targets].map(([name, { slot }]) => [slot.path, name]))
  const taken = new Map<string, ManifestEntry>()
  const used = entries.filter((entry) => !entry.optimizer)
  for (const entry of used) if (targets.has(entry.name)) taken.set(entry.name, entry)
  const renamed = new Map<string, string>()
  const names = new Map<ManifestEntry, string>()
  for (const entry of used) {
    if (targets.has(entry.name)) {
      names.set(entry, entry.name)
      continue
    }
    const place = places.get(kerasPath(entry.name))
    const candidates = place === undefined ? shorterNames(entry.name) : [place]
    const [name, second] = [...new Set(candidates)].filter(
      (candidate) => targets.has(candidate) && !taken.has(candidate),
    )
    if (name === undefined || second !== undefined)
      throw new StudioError('open/surplus-weight', {
        file,
        field: entry.field,
        tensor: entry.name,
        missing: listed([...targets.keys()].filter((target) => !taken.has(target))),
      })
    taken.set(name, entry)
    names.set(entry, name)
    renamed.set(entry.name, name)
  }
  for (const [name, { layer }] of targets)
    if (!taken.has(name))
      throw new StudioError('open/missing-weight', { file, layer: layer.name, tensor: name })
  const specs = new Map<ManifestEntry, TensorSpec>()
  for (const [entry, name] of names) {
    const target = targets.get(name)
    if (target !== undefined) specs.set(entry, specOf(file, entry, target))
  }
  return { specs, renamed }
}

function targetsByName(file: string, layers: readonly FlatLayer[]): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>()
  for (const layer of layers)
    for (const slot of layer.slots) {
      if (!tensorName.test(slot.fullName))
        throw new StudioError('open/field', {
          file,
          field: `layer ${layer.name}`,
          expected: 'a name of letters, digits and . _ / - that starts with a letter or digit',
          found: describeValue(layer.name),
        })
      const first = targets.get(slot.fullName)
      // tfjs names weights by the inner layer alone, so two nested models can collide.
      if (first !== undefined)
        throw new StudioError('open/duplicate-name', {
          file,
          field: `layer ${layer.name}`,
          name: slot.fullName,
          first: `layer ${first.layer.name}`,
        })
      targets.set(slot.fullName, { layer, slot })
    }
  return targets
}

function shorterNames(name: string): string[] {
  const parts = name.replace(/:\d+$/, '').split('/')
  const tails = parts.map((_, index) => parts.slice(index))
  const all = tails.flatMap((tail) => {
    const full = tail.join('/')
    return tail.length < 3 ? [full] : [full, [...tail.slice(0, -2), ...tail.slice(-1)].join('/')]
  })
  // Keras 3 calls that of a depthwise convolution a kernel.
  return all.flatMap((full) => [full, full.replace(/\/kernel$/, '/depthwise_kernel')])
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length > 5 ? `${names.slice(0, 5).join(', ')}, ...` : names.join(', ')
}

function specOf(file: string, entry: ManifestEntry, { layer, slot }: Target): TensorSpec {
  const { shape } = entry
  const fits =
    slot.shape === null ||
    (slot.shape.length === shape.length &&
      slot.shape.every((side, index) => side === null || side === shape[index]))
  if (!fits)
    throw new StudioError('open/weight-shape', {
      file,
      layer: layer.name,
      tensor: entry.name,
      expected: slot.shape.map((side) => side ?? '?').join(' × '),
      found: shape.length === 0 ? 'a single number' : shape.join(' × '),
    })
  // Every layer that tfjs-layers offers creates float32 weights; a Normalization of Keras counts what it has seen.
  if (entry.dtype !== 'float32' && !(slot.name === 'count' && entry.dtype === 'int32'))
    throw new StudioError('open/unsupported-dtype', {
      file,
      field: entry.field,
      tensor: entry.name,
      dtype: entry.dtype,
    })
  return {
    name: slot.fullName,
    shape,
    dtype: entry.dtype,
    role: slot.role,
    layerName: layer.name,
    layerKind: layer.kind,
    channel: channelLayout(slot.axis, shape),
  }
}

export function channelLayout(axis: ChannelAxis, shape: readonly number[]): ChannelLayout {
  const last = shape.at(-1) ?? 1
  const secondLast = shape.at(-2) ?? 1
  switch (axis) {
    case 'last':
      return { count: last, inner: 1 }
    case 'depthwise':
      return { count: secondLast * last, inner: 1 }
    case 'transposed':
      return { count: secondLast, inner: last }
    case 'first':
      return { count: shape[0] ?? 1, inner: elementCount(shape.slice(1)) }
    case 'none':
      return { count: 1, inner: elementCount(shape) }
  }
}
