import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import type { DataSource, RawLabels } from '../data-source'
import type { DataWishes, ReadData } from '../data-wishes'
import { NAMED, accountOf } from '../reading/reading'
import type { LeftOutReason, ReadingNote, ReadingPreview } from '../reading/reading'
import { classesTold } from '../task'
import { alikeClasses } from './alike-classes'
import { readClassLists } from './class-lists'
import { foldersOf, picturesIn } from './dropped-pictures'
import type { DroppedFolder } from './dropped-pictures'
import { sharedDepth } from './folder-layout'
import { labelListIn } from './label-list'
import { labelsInTables } from './label-tables'
import { meaningOfLabels } from './meaning-of-labels'
import { pairingOf } from './pairing'
import { labelPictures } from './picture-labels'
import type { PictureLabels } from './picture-labels'
import { pairedData } from './read-picture-pairs'
import { unreadAnnotations } from './unread-annotations'

/**
 * Reads pictures, what says their classes, and how they were understood. Pictures without a class are left
 * out where others have one.
 * @throws StudioError 'data/is-empty', 'data/too-large', 'open/not-read', what `between` throws
 */
export async function readImageData(
  name: string,
  folder: DroppedFolder,
  wishes: Pick<DataWishes, 'choices' | 'inputs' | 'output'>,
  between: Between,
): Promise<ReadData> {
  const { choices, output } = wishes
  const dropped = picturesIn(name, folder)
  const { images, masks, hidden, others, emptyFolders } = dropped
  const all = images.map(({ path }) => path)
  const pairing = await pairingOf(all, masks, wishes, between)
  if (pairing.way !== null)
    return pairedData(titleOf(name, all), dropped, pairing.way, pairing.controls)
  const pictures = images.filter((_, place) => !pairing.aside.has(place))
  const paths = pictures.map(({ path }) => path)
  const { table, strangers } = await labelsInTables(others, paths, choices, between)
  const labelList = await labelListIn(others, pictures.length)
  const classLists = await readClassLists(others)
  const files = { table, list: labelList, classLists }
  const found = labelPictures(paths, emptyFolders, files, choices, classesTold(output))
  const isKept = (place: number): boolean =>
    found.from === 'noLabels' || (found.labels[place] ?? '') !== ''
  const kept = pictures.filter((_, place) => isKept(place))
  const named = found.labels.flatMap((label, place) =>
    label !== null && isKept(place) ? [label] : [],
  )
  const alike = alikeClasses(named, classesTold(output), choices)
  const { labels, list, ...meaning } = meaningOfLabels(
    found,
    alike.labels,
    classLists,
    table,
    choices,
  )
  const title = titleOf(name, paths)
  const source: DataSource = {
    name: title,
    format: 'images',
    samples: [{ kind: 'images', files: kept }],
    labels,
  }
  const used = [
    ...(list === null ? [] : [list]),
    ...(found.from === 'labelList' && labelList !== null ? [labelList.path] : []),
    ...(found.from === 'labelTable' ? (table?.paths ?? []) : []),
  ]
  const unused = others.map(({ path }) => path).filter((path) => !used.includes(path))
  const annotations = await annotationNotes(paths, others, used)
  return {
    reading: {
      name: title,
      format: 'images',
      controls: [...pairing.controls, ...found.controls, ...alike.controls, ...meaning.controls],
      preview: previewOf(kept, labels),
      notes: [...found.notes, ...alike.notes, ...meaning.notes, ...annotations],
      account: accountOf(kept.length + used.length, {
        hidden: hidden.map(baseName),
        ...setAside(all, masks, pairing.aside),
        otherFormat: unused.filter((path) => !strangers.includes(path)).map(baseName),
        otherPictures: unused.filter((path) => strangers.includes(path)).map(baseName),
        ...leftPictures(pictures, isKept, found),
      }),
      problem: null,
    },
    source,
  }
}

/** Pictures that are no samples: masks, and others that a model should make. */
function setAside(
  paths: readonly string[],
  masks: ReadonlySet<string>,
  aside: ReadonlySet<number>,
): { masks: string[]; targets: string[] } {
  const left = [...aside].sort((a, b) => a - b).map((place) => paths[place] ?? '')
  return {
    masks: left.filter((path) => masks.has(path)),
    targets: left.filter((path) => !masks.has(path)),
  }
}

/** Annotations are not read: where nothing else says classes, that is why. */
async function annotationNotes(
  paths: readonly string[],
  others: readonly BundleFile[],
  used: readonly string[],
): Promise<readonly ReadingNote[]> {
  const unread = await unreadAnnotations(
    paths,
    others.filter(({ path }) => !used.includes(path)),
  )
  if (unread.length === 0) return []
  const names = unread.slice(0, NAMED).map(baseName).join(', ')
  return [{ id: 'annotationsUnread', params: { count: unread.length, names } }]
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
  { from, labels, contradicted }: PictureLabels,
): Partial<Record<LeftOutReason, readonly string[]>> {
  const left: Record<'unlabelled' | 'notInLabelTable' | 'contradicted', string[]> = {
    unlabelled: [],
    notInLabelTable: [],
    contradicted: [],
  }
  pictures.forEach(({ path }, place) => {
    if (isKept(place)) return
    const isMissing = from === 'labelTable' && labels[place] === null
    const reason = isMissing ? 'notInLabelTable' : 'unlabelled'
    left[contradicted.has(place) ? 'contradicted' : reason].push(path)
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
