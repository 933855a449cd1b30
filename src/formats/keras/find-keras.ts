import { StudioError } from '../../core/errors'
import type { Drop } from '../../files/drop'
import type { BundleFile } from '../../files/file-bundle'
import { startInHead, startOfHdf5 } from '../../files/hdf5/hdf5-file'
import type { JsonObject } from '../../files/read-json'
import { isKerasZip, isZip } from '../../files/sniff'
import { isObject } from '../tfjs-files/config-reader'
import { isTfjsJson } from '../tfjs-files/find-model-json'

/** A file of Keras among those that were dropped. */
export interface FoundKeras {
  /** The .h5 or .keras file; null where only the config came so far. */
  readonly model: BundleFile | null
  readonly isZip: boolean
  /** Layers of a file that holds weights alone, in a file beside it. */
  readonly config: { readonly file: BundleFile; readonly json: JsonObject } | null
  /** What a `.keras` file says of itself, where it was unpacked. */
  readonly metadata: JsonObject | null
}

/** Names that Keras gives its files; a file that was dropped alone may have any. */
const named = /\.(?:h5|hdf5?|keras)$/i

/**
 * @returns null where the files are something else
 * @throws StudioError 'open/several-models', 'open/not-read'
 */
export async function findKeras(drop: Drop): Promise<FoundKeras | null> {
  const models: { readonly file: BundleFile; readonly isZip: boolean }[] = []
  for (const file of drop.files) {
    if (drop.files.length > 1 && !named.test(file.path)) continue
    const head = await drop.head(file)
    if (isKerasZip(head) || (isZip(head) && /\.keras$/i.test(file.path)))
      models.push({ file, isZip: true })
    // Behind a large block, whose bytes nobody has asked for yet, only where the name says so.
    else if ((named.test(file.path) ? await startOfHdf5(file, head) : startInHead(head)) !== null)
      models.push({ file, isZip: false })
  }
  const configs = []
  let metadata: JsonObject | null = null
  for (const file of drop.files) {
    if (!/\.json$/i.test(file.path)) continue
    const json = await jsonOf(drop, file)
    // Somebody's converter left its input beside what it wrote.
    if (json === undefined || isTfjsJson(json)) return null
    if (!isObject(json)) continue
    if (isConfig(json)) configs.push({ file, json })
    else if (typeof json['keras_version'] === 'string') metadata = json
  }
  const all = models.length > 1 ? models.map(({ file }) => file) : configs.map(({ file }) => file)
  if (models.length > 1 || configs.length > 1)
    throw new StudioError('open/several-models', { files: all.map(({ path }) => path).join(', ') })
  const [model] = models
  const [config = null] = configs
  if (model === undefined && config === null) return null
  return { model: model?.file ?? null, isZip: model?.isZip ?? false, config, metadata }
}

/** undefined where it cannot be read, which is said by whoever opens it. */
async function jsonOf(drop: Drop, file: BundleFile) {
  try {
    return await drop.json(file)
  } catch {
    return undefined
  }
}

/** The layers of a model, as `model.to_json()` and config.json of a .keras file have them. */
export function isConfig(json: JsonObject): boolean {
  const { class_name: className, config } = json
  return typeof className === 'string' && (isObject(config) || Array.isArray(config))
}
