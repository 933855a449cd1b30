import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { parseClassNames } from '../class-names'

/** Files that are lists of classes by their names. */
const CLASS_LIST = /^(?:labels?|class(?:es|_?names?|_?labels?|_indices)?)\.(?:txt|json|names)$/i

/** A list of classes beside pictures, in an order of its own. */
export interface ClassList {
  readonly path: string
  readonly names: readonly string[]
}

/**
 * Reads the lists of classes among files; what cannot be read as one lies there for something else.
 * @throws StudioError 'open/not-read'
 */
export async function readClassLists(files: readonly BundleFile[]): Promise<readonly ClassList[]> {
  const lists: ClassList[] = []
  for (const file of files) {
    const { path, size } = file
    if (!CLASS_LIST.test(baseName(path)) || size > limits.namesBytes) continue
    const bytes = await readBytes(file, 0, size)
    try {
      const names = parseClassNames(path, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      if (new Set(names).size === names.length) lists.push({ path, names })
    } catch {
      continue
    }
  }
  return lists
}
