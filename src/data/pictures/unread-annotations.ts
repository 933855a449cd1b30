import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { BOXES } from '../tables/json-tables'

/** Of JSON whose name says nothing, so many files are looked into, and so much of each. */
const MOST_LOOKED_AT = 20
const HEAD = 2 ** 16

/**
 * Files beside pictures that say what is where in them: a list in the form of COCO, or a file for each picture
 * as VOC, YOLO and LabelMe have them.
 * @throws StudioError 'open/not-read'
 */
export async function unreadAnnotations(
  paths: readonly string[],
  others: readonly BundleFile[],
): Promise<readonly string[]> {
  const stems = new Set(paths.map(stemOf))
  const found: string[] = []
  let looked = 0
  for (const file of others) {
    const { path, size } = file
    const isJson = /\.(?:json|jsonl|ndjson)$/i.test(path)
    if (!isJson && !/\.(?:xml|txt)$/i.test(path)) continue
    const isNamed =
      stems.has(stemOf(path)) || (isJson && /(?:annotation|instances|coco)[^/]*$/i.test(path))
    if (!isNamed && (!isJson || ++looked > MOST_LOOKED_AT)) continue
    if (!isNamed && !(await hasBoxes(file, Math.min(size, HEAD)))) continue
    found.push(path)
  }
  return found
}

async function hasBoxes(file: BundleFile, end: number): Promise<boolean> {
  return BOXES.test(new TextDecoder().decode(await readBytes(file, 0, end)))
}

function stemOf(path: string): string {
  return baseName(path).replace(/\.[^.]+$/, '')
}
