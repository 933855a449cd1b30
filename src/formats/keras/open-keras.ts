import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { readHdf5, startOfHdf5 } from '../../files/hdf5/hdf5-file'
import type { Hdf5File, Hdf5Group } from '../../files/hdf5/hdf5-file'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { parseJson } from '../../files/read-json'
import type { JsonObject } from '../../files/read-json'
import { zipMembers } from '../../files/zip-archive'
import type { ZipMember } from '../../files/zip-archive'
import type { KerasSource } from '../format'
import { fieldError, isObject } from '../tfjs-files/config-reader'
import { everyLayer, layersOf } from './config-layers'
import type { ConfigLayer } from './config-layers'
import { filedWeights, hasFiledWeights } from './filed-weights'
import { isConfig } from './find-keras'
import type { FoundKeras } from './find-keras'
import { guessLayers } from './guess-layers'
import type { KerasFile } from './keras-file'
import { hasNamedWeights, namedWeights } from './named-weights'
import type { FoundWeights } from './named-weights'

/** A file of Keras, and how many tensors of it are none of the model's, or are part of others. */
export interface OpenKeras extends KerasFile, Pick<FoundWeights, 'adapted' | 'skipped'> {
  /** Where there is no config: what the folders of the weights say of their layers. */
  readonly guessed: JsonObject | null
  /** What Keras calls a file of this kind. */
  readonly kind: KerasSource['kind']
  /** Groups and attributes, as they lie in the HDF5 file. */
  readonly root: Hdf5Group
}

/** What is known before the weights are looked for. */
interface Parts {
  readonly h5: Hdf5File
  readonly config: JsonObject | null
  readonly version: string | null
}

/**
 * Reads all of a file of Keras but its numbers.
 * @throws StudioError 'open/h5-...', 'open/keras-...', 'open/zip-...', 'open/json-...', 'open/field', 'open/missing-weight',
 * 'open/too-large', 'open/not-read'
 */
export async function openKeras(found: FoundKeras, between: Between): Promise<OpenKeras> {
  const { model } = found
  if (model === null)
    throw new StudioError('open/keras-incomplete', {
      file: found.config?.file.path ?? '',
      missing: 'model.weights.h5',
    })
  const parts = found.isZip ? await fromZip(model, between) : await fromH5(model, found, between)
  refuseOld(model, parts)
  const isAlone = parts.config === null && hasFiledWeights(parts.h5)
  const guessed = isAlone ? guessLayers(parts.h5.root) : null
  const layers = layersOf(parts.config ?? guessed ?? {})
  refuseQuantized(model, layers)
  return {
    file: model.path,
    writer: writerOf(parts),
    version: parts.version,
    config: parts.config,
    guessed,
    kind: found.isZip ? 'zip' : parts.h5.root.attributes.has('model_config') ? 'h5' : 'weights',
    root: parts.h5.root,
    ...weightsIn(parts.h5, layers),
  }
}

async function fromZip(file: BundleFile, between: Between): Promise<Parts> {
  const members = await zipMembers(file, between)
  const member = (name: string): ZipMember | undefined =>
    members.find(({ path }) => baseName(path) === name)
  const needed = (name: string): ZipMember => {
    const found = member(name)
    if (found !== undefined) return found
    throw new StudioError('open/keras-incomplete', { file: file.path, missing: name })
  }
  const json = async (source: ZipMember): Promise<JsonObject> => {
    await source.check(between)
    const path = `${file.path}/${source.path}`
    return jsonIn(path, source)
  }
  const config = await json(needed('config.json'))
  const metadata = member('metadata.json')
  const version = metadata === undefined ? null : textIn(await json(metadata), 'keras_version')
  if (!isConfig(config))
    throw fieldError(file.path, 'config.json', 'a class_name and a config', config)
  const weights = needed('model.weights.h5')
  await weights.check(between)
  const inside = { ...weights, path: `${file.path}/${weights.path}` }
  await refuseOther(inside)
  return { h5: await readHdf5(inside, () => between(0, file.size)), config, version }
}

async function refuseOther(file: BundleFile): Promise<void> {
  if ((await startOfHdf5(file)) === null)
    throw new StudioError('open/h5-damaged', {
      file: file.path,
      place: 'the start of the file',
      reason: 'it is no HDF5 file',
    })
}

async function fromH5(
  file: BundleFile,
  { config, metadata }: FoundKeras,
  between: Between,
): Promise<Parts> {
  const h5 = await readHdf5(file, () => between(0, file.size))
  const { attributes, groups } = h5.root
  const text = (name: string): string | null => {
    const value = attributes.get(name) ?? groups.get('model_weights')?.attributes.get(name)
    return typeof value === 'string' ? value : null
  }
  const own = text('model_config')
  const told =
    own === null ? null : parseJson(`${file.path}, model_config`, new TextEncoder().encode(own))
  if (told !== null && (!isObject(told) || !isConfig(told)))
    throw fieldError(file.path, 'model_config', 'a class_name and a config', told)
  const version = text('keras_version') ?? textIn(metadata ?? config?.json ?? {}, 'keras_version')
  return { h5, config: told ?? config?.json ?? null, version }
}

async function jsonIn(path: string, file: BundleFile): Promise<JsonObject> {
  if (file.size > limits.jsonBytes)
    throw new StudioError('open/too-large', {
      file: path,
      found: file.size,
      limit: limits.jsonBytes,
    })
  const json = parseJson(path, await readBytes(file, 0, file.size))
  if (!isObject(json)) throw fieldError(path, 'top level', 'an object', json)
  return json
}

function textIn(json: JsonObject, key: string): string | null {
  const value = json[key]
  return typeof value === 'string' ? value : null
}

/** Keras 1 kept kernels in other orders, by settings that its files do not say. */
function refuseOld({ path }: BundleFile, { h5, config, version }: Parts): void {
  const { attributes } = h5.root
  const isOld =
    version === null ? config !== null && attributes.has('model_config') : /^[01]\./.test(version)
  if (isOld || attributes.has('nb_layers'))
    throw new StudioError('open/keras-old', { file: path, version: version ?? '1' })
}

/** Kernels that Keras has quantized itself have scales beside them, of a layout for each of its modes. */
function refuseQuantized({ path }: BundleFile, layers: readonly ConfigLayer[]): void {
  for (const [layer, { config }] of everyLayer(layers)) {
    const { dtype, quantization_mode: own } = config
    const policy = isObject(dtype) ? dtype['config'] : undefined
    const told = isObject(policy) && typeof policy['mode'] === 'string' ? policy['mode'] : own
    if (typeof told === 'string' && told !== '')
      throw new StudioError('open/keras-quantized', { file: path, layer, mode: shortText(told) })
  }
}

function writerOf({ h5, version }: Parts): KerasFile['writer'] {
  const isFiled = !hasNamedWeights(h5)
  return version === null
    ? isFiled
      ? 'keras-3'
      : 'keras-2'
    : /^[3-9]\./.test(version)
      ? 'keras-3'
      : 'keras-2'
}

function weightsIn(h5: Hdf5File, layers: readonly ConfigLayer[]): FoundWeights {
  if (hasNamedWeights(h5)) return namedWeights(h5, layers)
  if (hasFiledWeights(h5)) return filedWeights(h5, layers)
  const { groups, datasets } = h5.root
  const names = [...groups.keys(), ...datasets.keys()]
  throw new StudioError('open/h5-not-keras', {
    file: h5.source.file.path,
    found: names.length === 0 ? 'nothing' : shortText(names.join(', ')),
  })
}
