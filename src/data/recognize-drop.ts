import { isStudioError } from '../core/errors'
import type { Between } from '../files/between'
import { baseName } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import { indexZip } from '../files/zip-archive'
import { isDataName } from './read-data'

/**
 * Whether dropped files are data and not a model: by their names, for a zip by those inside. A list of
 * class names may lie beside pictures, so any JSON but model.json is no sign of a model by itself.
 * @throws what `between` throws
 */
export async function isDataDrop(bundle: FileBundle, between: Between): Promise<boolean> {
  const [only, ...others] = bundle
  if (only !== undefined && others.length === 0 && /\.zip$/i.test(only.path)) {
    try {
      return namesAreData((await indexZip(only, between)).map(({ path }) => path))
    } catch (error) {
      // What is wrong with the zip is said by whoever opens it.
      if (isStudioError(error) && error.code.startsWith('open/')) return false
      throw error
    }
  }
  return namesAreData(bundle.map(({ path }) => path))
}

function namesAreData(paths: readonly string[]): boolean {
  const has = (pattern: RegExp): boolean => paths.some((path) => pattern.test(baseName(path)))
  const model = has(/^model\.json$/i) || (has(/\.json$/i) && has(/\.bin$/i))
  return !model && paths.some(isDataName)
}
