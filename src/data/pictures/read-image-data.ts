import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { classLabels, labelsIn } from '../class-labels'
import { parseClassNames } from '../class-names'
import type { ClassLabels, DataSource } from '../data-source'
import type { ReadData } from '../data-wishes'
import { NAMED, accountOf } from '../reading/reading'
import type { LeftOutReason, ReadingChoices, ReadingNote, ReadingPreview } from '../reading/reading'
import { foldersOf, picturesIn } from './dropped-pictures'
import type { DroppedFolder } from './dropped-pictures'
import { sharedDepth } from './folder-layout'
import { labelsInTables } from './label-tables'
import { labelPictures } from './picture-labels'
import type { PictureLabels } from './picture-labels'

/** Files that are lists of classes by their names. */
const CLASS_LIST = /^(?:labels?|class(?:es|_?names?|_?labels?|_indices)?)\.(?:txt|json|names)$/i

/** A list of classes beside pictures. */
interface ClassList {
  readonly file: string
  readonly names: readonly string[]
}

/**
 * Reads pictures, what says their classes, and how they were understood. Pictures without a class are left
 * out where others have one.
 * @throws StudioError 'data/is-empty', 'data/too-large', 'open/not-read', what `between` throws
 */
export async function readImageData(
  name: string,
  folder: DroppedFolder,
  choices: ReadingChoices,
  between: Between,
): Promise<ReadData> {
  const { pictures, hidden, others, emptyFolders } = picturesIn(name, folder)
  const paths = pictures.map(({ path }) => path)
  const table = await labelsInTables(others, paths, choices, between)
  const found = labelPictures(paths, emptyFolders, table, choices)
  const isKept = (place: number): boolean =>
    found.from === 'noLabels' || (found.labels[place] ?? '') !== ''
  const files = pictures.filter((_, place) => isKept(place))
  const named = found.labels.flatMap((label, place) =>
    label !== null && isKept(place) ? [label] : [],
  )
  const { labels, list } = await classesOf(found, named, others)
  const title = titleOf(name, paths)
  const source: DataSource = {
    name: title,
    format: 'images',
    samples: { kind: 'images', files },
    labels,
  }
  const used = [list?.file, found.from === 'labelTable' ? table?.path : undefined]
  return {
    reading: {
      name: title,
      format: 'images',
      controls: found.controls,
      preview: previewOf(files, labels),
      notes: [...found.notes, ...noteOf(list)],
      account: accountOf(files.length + used.filter((path) => path !== undefined).length, {
        hidden: hidden.map(baseName),
        otherFormat: others
          .map(({ path }) => path)
          .filter((path) => !used.includes(path))
          .map(baseName),
        ...leftPictures(pictures, isKept, found),
      }),
      problem: null,
    },
    source,
    columns: [],
  }
}

/** A folder that everything lies in names the data better than its first file does. */
function titleOf(name: string, paths: readonly string[]): string {
  const folders = paths.map(foldersOf)
  return sharedDepth(folders) > 0 ? (folders[0]?.[0] ?? name) : name
}

/** Pictures without a class: those that a table does not name, and all others. */
function leftPictures(
  pictures: readonly BundleFile[],
  isKept: (place: number) => boolean,
  { from, labels }: PictureLabels,
): Partial<Record<LeftOutReason, readonly string[]>> {
  const left: Record<'unlabelled' | 'notInLabelTable', string[]> = {
    unlabelled: [],
    notInLabelTable: [],
  }
  pictures.forEach(({ path }, place) => {
    if (isKept(place)) return
    const isMissing = from === 'labelTable' && labels[place] === null
    left[isMissing ? 'notInLabelTable' : 'unlabelled'].push(path)
  })
  return left
}

/** Classes in the order of a list beside the pictures where it has them all, else sorted. */
async function classesOf(
  { from, empty }: PictureLabels,
  labels: readonly string[],
  others: readonly BundleFile[],
): Promise<{ readonly labels: ClassLabels | null; readonly list: ClassList | null }> {
  const found = from === 'noLabels' ? [] : [...new Set([...labels, ...empty])]
  if (found.length < 2) return { labels: null, list: null }
  for (const file of others) {
    const names = CLASS_LIST.test(baseName(file.path)) ? await namesIn(file) : null
    const known = new Set(names)
    if (names !== null && known.size === names.length && found.every((label) => known.has(label)))
      return { labels: labelsIn(names, labels), list: { file: file.path, names } }
  }
  return { labels: classLabels(labels, empty), list: null }
}

/** What cannot be read as names lies beside the pictures for something else. */
async function namesIn(file: BundleFile): Promise<readonly string[] | null> {
  if (file.size > limits.namesBytes) return null
  const bytes = await readBytes(file, 0, file.size)
  try {
    return parseClassNames(file.path, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

function noteOf(list: ClassList | null): readonly ReadingNote[] {
  return list === null
    ? []
    : [{ id: 'classesInList', params: { file: baseName(list.file), count: list.names.length } }]
}

function previewOf(files: readonly BundleFile[], labels: ClassLabels | null): ReadingPreview {
  if (labels === null) return { kind: 'files', classes: [{ label: null, ...shown(files) }] }
  const groups: BundleFile[][] = labels.classNames.map(() => [])
  files.forEach((file, sample) => groups[labels.values[sample] ?? -1]?.push(file))
  return {
    kind: 'files',
    classes: groups.map((group, place) => ({
      label: labels.classNames[place] ?? null,
      ...shown(group),
    })),
  }
}

function shown(files: readonly BundleFile[]): { count: number; examples: string[] } {
  return { count: files.length, examples: files.slice(0, NAMED).map(({ path }) => path) }
}
