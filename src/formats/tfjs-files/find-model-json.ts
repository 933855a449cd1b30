import { StudioError } from '../../core/errors'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'

/** JSON files that travel with a model and are not it. */
const companions: ReadonlySet<string> = new Set([
  ...['report.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'metadata.json'],
  ...['labels.json', 'classes.json', 'config.json'],
])

/**
 * Chooses the file with the topology: `model.json`, or else the only other JSON file.
 * @returns null when no dropped file can be it
 * @throws StudioError 'open/several-models'
 */
export function findModelJson(bundle: FileBundle): BundleFile | null {
  const json = bundle.filter((file) => /\.json$/i.test(file.path))
  const named = json.filter((file) => baseName(file.path).toLowerCase() === 'model.json')
  const others = json.filter((file) => !companions.has(baseName(file.path).toLowerCase()))
  const candidates = named.length > 0 ? named : others
  if (candidates.length > 1)
    throw new StudioError('open/several-models', {
      files: candidates.map((file) => file.path).join(', '),
    })
  return candidates[0] ?? null
}

/** A folder or file name says more than what the topology calls itself, `model` or `sequential_1`. */
export function modelName(model: BundleFile, topologyName: string): string {
  const own = baseName(model.path).replace(/\.json$/i, '')
  if (own.toLowerCase() !== 'model') return own
  const folder = model.path.split('/').at(-2)
  return folder !== undefined && folder !== '' ? folder : topologyName
}
