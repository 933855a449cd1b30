import { baseName } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import { indexZip } from '../files/zip-archive'
import { isDataName } from './read-data'

/**
 * Whether dropped files are data and not a model: by their names, for a zip by those inside. A list of
 * class names may lie beside pictures, so any JSON but model.json is no sign of a model by itself.
 */
export async function isDataDrop(bundle: FileBundle): Promise<boolean> {
  const [only, ...others] = bundle
  if (only !== undefined && others.length === 0 && /\.zip$/i.test(only.path)) {
    try {
      return namesAreData((await indexZip(only)).map(({ path }) => path))
    } catch {
      // What is wrong with the zip is said by whoever opens it.
      return false
    }
  }
  return namesAreData(bundle.map(({ path }) => path))
}

function namesAreData(paths: readonly string[]): boolean {
  const has = (pattern: RegExp): boolean => paths.some((path) => pattern.test(baseName(path)))
  const model = has(/^model\.json$/i) || (has(/\.json$/i) && has(/\.bin$/i))
  return !model && paths.some(isDataName)
}
