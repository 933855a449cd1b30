import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { readClassNames } from '../class-names'
import type { ClassNames } from '../class-names'

/** Files that are lists of classes by their names; `data.yaml` is what YOLO has beside its pictures. */
const CLASS_LIST =
  /^(?:(?:labels?|class(?:es|_?names?|_?labels?|_indices)?)\.(?:txt|json|names)|(?:data|dataset)\.ya?ml|label_?map\.(?:txt|json|pbtxt))$/i

/** A list of classes beside pictures, in an order of its own. */
export interface ClassList extends ClassNames {
  readonly path: string
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
      const list = await readClassNames(path, bytes)
      if (new Set(list.names).size === list.names.length) lists.push({ path, ...list })
    } catch {
      continue
    }
  }
  return lists
}
