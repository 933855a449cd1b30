import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'

/** Files that may be a list of labels by their names. */
const LABEL_LIST = /(?:label|class|target|annot)[^/]*\.(?:txt|csv|lst)$/i
/** What the first line of such a list may be called. */
const HEADER = /^"?(?:labels?|class(?:es|[ _]?ids?)?|targets?|y)"?$/i

/** A label for each picture, in the order of their names. */
export interface LabelList {
  readonly path: string
  readonly labels: readonly string[]
}

/**
 * Finds a list with one line for each picture. That its order is that of their names is a guess.
 * @param count pictures
 * @returns null where there is none
 * @throws StudioError 'open/not-read'
 */
export async function labelListIn(
  others: readonly BundleFile[],
  count: number,
): Promise<LabelList | null> {
  for (const file of others) {
    const { path, size } = file
    if (!LABEL_LIST.test(baseName(path)) || size > limits.namesBytes) continue
    const labels = linesOf(await readBytes(file, 0, size), count)
    if (labels !== null) return { path, labels }
  }
  return null
}

function linesOf(bytes: Uint8Array, count: number): readonly string[] | null {
  const all = new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
  while (all.at(-1) === '') all.pop()
  const lines = all.length === count + 1 && HEADER.test(all[0] ?? '') ? all.slice(1) : all
  if (lines.length !== count || lines.some((line) => line === '' || /[,;\t\ufffd]/.test(line)))
    return null
  // A list in which each line is another one names classes or pictures.
  const different = new Set(lines).size
  return different > 1 && 2 * different <= count ? lines : null
}
