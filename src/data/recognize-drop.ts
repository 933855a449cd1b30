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
  const zips = bundle.filter(({ path }) => /\.zip$/i.test(path))
  // Labels and names of classes may lie beside zips of pictures.
  const isZips = bundle.every(({ path }) => /\.(?:zip|csv|tsv|txt|json)$/i.test(path))
  if (zips.length === 0 || !isZips) return namesAreData(bundle.map(({ path }) => path))
  for (const zip of zips) {
    try {
      const { files } = await indexZip(zip, between)
      if (!namesAreData(files.map(({ path }) => path))) return false
    } catch (error) {
      // What is wrong with the zip is said by whoever opens it.
      if (isStudioError(error) && error.code.startsWith('open/')) return false
      throw error
    }
  }
  return true
}

function namesAreData(paths: readonly string[]): boolean {
  const has = (pattern: RegExp): boolean => paths.some((path) => pattern.test(baseName(path)))
  const model = has(/^model\.json$/i) || (has(/\.json$/i) && has(/\.bin$/i))
  return !model && paths.some(isDataName)
}
