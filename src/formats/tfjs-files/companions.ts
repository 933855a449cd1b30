import { isStudioError } from '../../core/errors'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import type { Companion } from '../format'
import { copyName } from './copy-mark'

const MOST_FILES = 16

/** Files by whose names one may expect the names of a model's outputs; by any of `.names`, YAML and label maps. */
const telling =
  /^(?:.*(?:labels?|class(?:es)?|names?|synset).*|.*metadata|.*_meta|(?:(?:pre)?processor_)?config|dict|signature)\.(?:json|txt)$|\.(?:names|ya?ml|pbtxt)$/i

export function isCompanionName(path: string): boolean {
  return telling.test(copyName(baseName(path)).plain)
}

/**
 * Reads what travels beside a model and may say what its outputs are called; one that cannot be read is
 * none. Those beside model.json come before those of other folders.
 * @param rest files that are neither model nor weights
 */
export async function readCompanions(
  model: BundleFile,
  rest: FileBundle,
): Promise<readonly Companion[]> {
  const folder = folderOf(model)
  const files = rest.filter(
    ({ path, size }) => isCompanionName(path) && size > 0 && size <= limits.namesBytes,
  )
  const near = files.toSorted(
    (a, b) => Number(folderOf(b) === folder) - Number(folderOf(a) === folder),
  )
  const companions: Companion[] = []
  for (const file of near.slice(0, MOST_FILES)) {
    try {
      companions.push({ path: file.path, bytes: await readBytes(file, 0, file.size) })
    } catch (error) {
      if (!isStudioError(error)) throw error
    }
  }
  return companions
}

function folderOf({ path }: BundleFile): string {
  return path.slice(0, path.length - baseName(path).length)
}
