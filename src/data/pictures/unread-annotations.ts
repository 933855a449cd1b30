import { baseName } from '../../files/file-bundle'

/**
 * Files beside pictures that say what is where in them, by their names: a list in the form of COCO, or a file
 * for each picture as VOC and YOLO have them.
 */
export function unreadAnnotations(
  paths: readonly string[],
  others: readonly string[],
): readonly string[] {
  const stems = new Set(paths.map(stemOf))
  return others.filter((path) => {
    if (/\.(?:xml|txt)$/i.test(path)) return stems.has(stemOf(path))
    return /(?:annotation|instances|coco)[^/]*\.jsonl?$/i.test(path)
  })
}

function stemOf(path: string): string {
  return baseName(path).replace(/\.[^.]+$/, '')
}
