import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import type { DataSource, RawLabels } from '../data-source'
import type { ReadData } from '../data-wishes'
import { NAMED, accountOf } from '../reading/reading'
import type { LeftOutReason, ReadingChoices, ReadingPreview } from '../reading/reading'
import { foldersOf, picturesIn } from './dropped-pictures'
import type { DroppedFolder } from './dropped-pictures'
import { sharedDepth } from './folder-layout'
import { labelsInTables } from './label-tables'
import { meaningOfLabels } from './meaning-of-labels'
import { labelPictures } from './picture-labels'
import type { PictureLabels } from './picture-labels'

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
  const { labels, list, ...meaning } = await meaningOfLabels(found, named, others, table, choices)
  const title = titleOf(name, paths)
  const source: DataSource = {
    name: title,
    format: 'images',
    samples: { kind: 'images', files },
    labels,
  }
  const used = [list, found.from === 'labelTable' ? (table?.path ?? null) : null]
  return {
    reading: {
      name: title,
      format: 'images',
      controls: [...found.controls, ...meaning.controls],
      preview: previewOf(files, labels),
      notes: [...found.notes, ...meaning.notes],
      account: accountOf(files.length + used.filter((path) => path !== null).length, {
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

function previewOf(files: readonly BundleFile[], labels: RawLabels | null): ReadingPreview {
  if (labels?.kind !== 'classes')
    return { kind: 'files', classes: [{ label: null, ...shown(files) }] }
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
