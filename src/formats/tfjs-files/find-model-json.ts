import { StudioError } from '../../core/errors'
import type { Drop } from '../../files/drop'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import type { Json } from '../../files/read-json'
import { isObject } from './config-reader'
import { copyName } from './copy-mark'

/** JSON files that travel with a model and are not it; second copies of them neither. */
const companions: ReadonlySet<string> = new Set([
  ...['report.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'metadata.json'],
  ...['labels.json', 'classes.json', 'config.json', 'class_names.json', 'class_indices.json'],
  ...['preprocessor_config.json', 'imagenet_class_index.json', 'model_meta.json', 'signature.json'],
])

/**
 * Chooses the file with the topology: `model.json`, or else the only other JSON file, or else the only one
 * that holds a topology or a manifest of weights.
 * @returns null when no dropped file can be it
 * @throws StudioError 'open/several-models'
 */
export async function findModelJson(drop: Drop): Promise<BundleFile | null> {
  const json = drop.files.filter((file) => /\.json$/i.test(file.path))
  const named = json.filter((file) => baseName(file.path).toLowerCase() === 'model.json')
  const others = json.filter((file) => !companions.has(plainName(file)))
  const candidates = named.length > 0 ? named : others
  const [first = null, second] = candidates
  if (second === undefined)
    return first !== null && named.length === 0 && (await isSomethingElse(drop, first))
      ? null
      : first
  const models: BundleFile[] = []
  for (const file of named.length > 0 ? [] : candidates)
    if (await holdsModel(drop, file)) models.push(file)
  const [only, another] = models
  if (only !== undefined && another === undefined) return only
  throw new StudioError('open/several-models', {
    files: candidates.map((file) => file.path).join(', '),
  })
}

function plainName(file: BundleFile): string {
  return copyName(baseName(file.path).toLowerCase()).plain
}

/** Whether a file has what only a model has; one that cannot be read has nothing. */
async function holdsModel(drop: Drop, file: BundleFile): Promise<boolean> {
  try {
    return isTfjsJson(await drop.json(file))
  } catch {
    return false
  }
}

/** JSON of another kind; one that cannot be read may be a damaged model, which is said when it is opened. */
async function isSomethingElse(drop: Drop, file: BundleFile): Promise<boolean> {
  try {
    return !isTfjsJson(await drop.json(file))
  } catch {
    return false
  }
}

/** Whether JSON has what only a model of TensorFlow.js has. */
export function isTfjsJson(root: Json): boolean {
  return isObject(root)
    ? root['modelTopology'] !== undefined || root['weightsManifest'] !== undefined
    : isManifest(root)
}

/** A manifest without a topology: a list of groups, as converters before 1.0 wrote it. */
export function isManifest(root: Json): root is Json[] {
  return (
    Array.isArray(root) &&
    root.length > 0 &&
    root.every((group) => isObject(group) && Array.isArray(group['weights']) && 'paths' in group)
  )
}

/** Names that say only that there is a model. */
const sayingNothing =
  /^(?:(?:tfjs|web|saved|exported|layers|graph|pytorch)[-_]?)?(?:model(?:s|[-_]?js)?|tfjs|js|onnx)$/i

/**
 * What a model is called: as its own file, or the folder or zip that it lies in, which say more than what the
 * topology calls itself, `model` or `sequential_1`.
 * @param zip the zip that it came in; null where it lay loose
 * @param ending of its file, which says nothing
 */
export function modelName(
  model: BundleFile,
  zip: string | null,
  topologyName: string,
  ending = /(?:(?:-?weights_manifest)?\.json|(?:\.weights)?\.h5|\.hdf5?|\.keras)$/i,
): string {
  const own = fileName(model.path, ending)
  const folders = model.path.split('/').slice(0, -1).toReversed()
  const names = [own, ...folders, ...(zip === null ? [] : [fileName(zip, /\.zip$/i)])]
  return names.find((name) => name !== '' && !sayingNothing.test(name)) ?? topologyName
}

/** Without its ending and the mark of a second copy. */
function fileName(path: string, ending: RegExp): string {
  const name = baseName(path)
  const { plain, mark } = copyName(name)
  const bare = plain.replace(ending, '')
  // `net-50` is no second copy of a `net`, but `model-2` is one of a `model`.
  return mark.startsWith('-') && !sayingNothing.test(bare) ? name.replace(ending, '') : bare
}
