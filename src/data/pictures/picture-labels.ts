import { baseName } from '../../files/file-bundle'
import { NAMED, choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'
import type { ClassList } from './class-lists'
import { foldersOf, partsOf } from './dropped-pictures'
import { labelsInFolders } from './folder-labels'
import type { FolderLabels } from './folder-labels'
import type { TableLabels } from './label-tables'
import type { LabelList } from './label-list'
import { labelsInNames, numbersInNames } from './name-labels'

/** What can say the class of a picture. */
export const labelSources = [
  'folders',
  'fileNames',
  'fileNumbers',
  'labelTable',
  'labelList',
  'noLabels',
] as const
export type LabelSource = (typeof labelSources)[number]

/** Files beside pictures that say their classes. */
export interface LabelFiles {
  readonly table: TableLabels | null
  readonly list: LabelList | null
  readonly classLists: readonly ClassList[]
}

/** The class of each picture, and how it was found. */
export interface PictureLabels {
  readonly from: LabelSource
  /** '' for pictures whose row has no label, null for those of which nothing says it. */
  readonly labels: readonly (string | null)[]
  /** Places of the pictures whose rows contradict each other. */
  readonly contradicted: ReadonlySet<number>
  /** Classes without pictures that keep their place. */
  readonly empty: readonly string[]
  readonly controls: readonly ReadingControl[]
  readonly notes: readonly ReadingNote[]
}

/**
 * Says the class of each picture: by the folders in which it lies, a table beside it, or its name. Numbers in
 * names and lists without names are only offered.
 * @param paths of the pictures
 * @param emptyFolders paths of folders without files
 * @param classes that the model tells apart; null where nobody knows
 */
export function labelPictures(
  paths: readonly string[],
  emptyFolders: readonly string[],
  files: LabelFiles,
  choices: ReadingChoices,
  classes: number | null,
): PictureLabels {
  const { table, list, classLists } = files
  const folders = labelsInFolders(paths.map(foldersOf), emptyFolders.map(partsOf), choices, classes)
  const names = labelsInNames(
    paths.map(baseName),
    paths.map((path) => foldersOf(path).join('/')),
  )
  const says: Readonly<Record<LabelSource, readonly (string | null)[] | null>> = {
    folders: folders?.labels ?? null,
    labelTable: table?.labels ?? null,
    labelList: list?.labels ?? null,
    fileNames: names,
    fileNumbers: classes === null ? null : numbersInNames(paths.map(baseName), classes),
    noLabels: paths.map(() => null),
  }
  const counts = new Map(labelSources.map((source) => [source, countOf(says[source])]))
  const options = labelSources.filter((source) => {
    const count = counts.get(source) ?? 0
    // Of one folder a person may say that it is a class, where nothing else says any.
    const isOnly = source === 'folders' && count === 1 && names === null && table === null
    return source === 'noLabels' || count > 1 || isOnly
  })
  const likely = likelySource(options, folders, table, {
    hasNames: names !== null,
    isListed: areListed(says.folders, classLists),
  })
  const isOpen = table === null || likely !== 'labelTable' || classes !== 2
  const guess = isOpen ? fittingSource(likely, options, counts, folders, classes) : likely
  const from = choiceOf(choices, 'labelsFrom', options) ?? guess
  const isFolders = from === 'folders' && folders !== null
  const own = { folders: folders?.controls, labelTable: table?.controls }
  // Without labels the splits may be what hides them.
  const shown = from === 'folders' || from === 'labelTable' ? own[from] : own.folders
  return {
    from,
    labels: says[from] ?? [],
    contradicted: from === 'labelTable' && table !== null ? table.contradicted : new Set(),
    empty: isFolders ? folders.empty : [],
    controls: [
      ...(options.length > 1 ? [controlOf('labelsFrom', options, [guess], choices)] : []),
      ...(from === 'folders' || from === 'labelTable' || from === 'noLabels' ? (shown ?? []) : []),
    ],
    notes: notesOf(from, folders, files, says[from] ?? [], paths),
  }
}

/** Whether the one folder of all pictures is a class of a list. */
function areListed(
  labels: readonly (string | null)[] | null,
  lists: readonly ClassList[],
): boolean {
  const [only, ...others] = new Set(labels)
  return (
    only !== undefined &&
    only !== null &&
    others.length === 0 &&
    lists.some(({ names }) => names.length > 1 && names.includes(only))
  )
}

function countOf(labels: readonly (string | null)[] | null): number {
  const known = new Set(labels)
  known.delete(null)
  known.delete('')
  return known.size
}

/** The likely source, or the only other one that has as many classes as the model where that one has not. */
function fittingSource(
  likely: LabelSource,
  options: readonly LabelSource[],
  counts: ReadonlyMap<LabelSource, number>,
  folders: FolderLabels | null,
  classes: number | null,
): LabelSource {
  if (classes === null || counts.get(likely) === classes) return likely
  const [fits, ...others] = (['folders', 'fileNames', 'labelTable'] as const).filter(
    (source) =>
      options.includes(source) &&
      counts.get(source) === classes &&
      (source !== 'folders' || folders?.isLikely === true),
  )
  return fits === undefined || others.length > 0 ? likely : fits
}

function likelySource(
  options: readonly LabelSource[],
  folders: FolderLabels | null,
  table: TableLabels | null,
  { hasNames, isListed }: { readonly hasNames: boolean; readonly isListed: boolean },
): LabelSource {
  const byFolders =
    folders !== null &&
    (folders.isLikely || isListed) &&
    options.includes('folders') &&
    !(folders.areDates && hasNames)
  const hasTable = table !== null && options.includes('labelTable')
  if (hasTable && !(byFolders && areClasses(folders, table))) return 'labelTable'
  if (byFolders) return 'folders'
  return options.includes('fileNames') ? 'fileNames' : 'noLabels'
}

/** Whether folders are classes though a table has labels: not where they are parts, or mix what it tells apart. */
function areClasses({ areParts, labels }: FolderLabels, { likely, isNamed }: TableLabels): boolean {
  if (areParts) return false
  const first = new Map<string, string>()
  const isMixed = labels.some((folder, place) => {
    const label = likely[place] ?? ''
    if (folder === null || label === '') return false
    const known = first.get(folder)
    first.set(folder, known ?? label)
    return known !== undefined && known !== label
  })
  return !isNamed || !isMixed
}

function notesOf(
  from: LabelSource,
  folders: FolderLabels | null,
  { table, list }: LabelFiles,
  labels: readonly (string | null)[],
  paths: readonly string[],
): readonly ReadingNote[] {
  switch (from) {
    case 'folders': {
      const { splits = [], empty = [] } = folders ?? {}
      return [
        ...(splits.length > 0 ? [splitsNote(splits)] : []),
        ...(empty.length > 0
          ? [
              {
                id: 'emptyClasses',
                params: { count: empty.length, names: firstOf(empty) },
              } as const,
            ]
          : []),
      ]
    }
    case 'labelTable':
      return table === null ? [] : tableNotes(table, paths)
    case 'fileNames': {
      const names = [...new Set(labels)].filter((label) => label !== null)
      return [{ id: 'labelsInNames', params: { names: firstOf(names) } }]
    }
    case 'fileNumbers': {
      const names = [...new Set(labels)].filter((label) => label !== null)
      return [{ id: 'labelsAreNumbers', params: { names: firstOf(names) } }]
    }
    case 'labelList':
      return [{ id: 'labelsInList', params: { file: baseName(list?.path ?? '') } }]
    case 'noLabels':
      return table === null ? [] : contradictionNotes(table, paths)
  }
}

function tableNotes(table: TableLabels, paths: readonly string[]): readonly ReadingNote[] {
  const { title, column, files, unknown, shortRows, broken } = table
  const notes: (ReadingNote | null)[] = [
    { id: 'labelsInTable', params: { file: title, column } },
    files.rival === null
      ? null
      : { id: 'otherFileColumn', params: { column: files.column, other: files.rival } },
    unknown.length === 0
      ? null
      : { id: 'noSuchPicture', params: { count: unknown.length, names: firstOf(unknown) } },
    ...contradictionNotes(table, paths),
    shortRows === 0 ? null : { id: 'shortRows', params: { count: shortRows, file: title } },
    ...broken.map(({ file, lines }): ReadingNote => {
      const params = { count: lines.length, file, lines: firstOf(lines.map(String)) }
      return { id: 'brokenLines', params }
    }),
  ]
  return notes.filter((note) => note !== null)
}

function contradictionNotes(
  { contradicted }: TableLabels,
  paths: readonly string[],
): readonly ReadingNote[] {
  const names = [...contradicted].map((place) => baseName(paths[place] ?? ''))
  return names.length === 0
    ? []
    : [{ id: 'contradictions', params: { count: names.length, names: firstOf(names) } }]
}

function splitsNote(splits: readonly string[]): ReadingNote {
  return { id: 'splitsMerged', params: { folders: firstOf(splits) } }
}

function firstOf(names: readonly string[]): string {
  return names.length > NAMED ? `${names.slice(0, NAMED).join(', ')}, …` : names.join(', ')
}
