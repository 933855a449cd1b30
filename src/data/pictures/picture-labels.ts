import { baseName } from '../../files/file-bundle'
import { NAMED, choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'
import { foldersOf, partsOf } from './dropped-pictures'
import { labelsInFolders } from './folder-labels'
import type { FolderLabels } from './folder-labels'
import type { TableLabels } from './label-tables'
import { labelsInNames } from './name-labels'

/** What can say the class of a picture. */
export const labelSources = ['folders', 'fileNames', 'labelTable', 'noLabels'] as const
export type LabelSource = (typeof labelSources)[number]

/** The class of each picture, and how it was found. */
export interface PictureLabels {
  readonly from: LabelSource
  /** '' for pictures whose row has no label, null for those of which nothing says it. */
  readonly labels: readonly (string | null)[]
  /** Classes without pictures that keep their place. */
  readonly empty: readonly string[]
  readonly controls: readonly ReadingControl[]
  readonly notes: readonly ReadingNote[]
}

/**
 * Says the class of each picture: by the folders in which it lies, a table beside it, or its name.
 * @param paths of the pictures
 * @param emptyFolders paths of folders without files
 */
export function labelPictures(
  paths: readonly string[],
  emptyFolders: readonly string[],
  table: TableLabels | null,
  choices: ReadingChoices,
): PictureLabels {
  const folders = labelsInFolders(paths.map(foldersOf), emptyFolders.map(partsOf), choices)
  const names = labelsInNames(
    paths.map(baseName),
    paths.map((path) => foldersOf(path).join('/')),
  )
  const says: Readonly<Record<LabelSource, readonly (string | null)[] | null>> = {
    folders: folders?.labels ?? null,
    labelTable: table?.labels ?? null,
    fileNames: names,
    noLabels: paths.map(() => null),
  }
  const options = labelSources.filter((source) => {
    const known = new Set(says[source])
    known.delete(null)
    known.delete('')
    return source === 'noLabels' || known.size > 1
  })
  const guess = likelySource(options, folders, table)
  const from = choiceOf(choices, 'labelsFrom', options) ?? guess
  const isFolders = from === 'folders' && folders !== null
  const own = { folders: folders?.controls, labelTable: table?.controls }
  // Without labels the splits may be what hides them.
  const shown = from === 'folders' || from === 'labelTable' ? own[from] : own.folders
  return {
    from,
    labels: says[from] ?? [],
    empty: isFolders ? folders.empty : [],
    controls: [
      ...(options.length > 1 ? [controlOf('labelsFrom', options, [guess], choices)] : []),
      ...(from === 'fileNames' ? [] : (shown ?? [])),
    ],
    notes: notesOf(from, folders, table, says[from] ?? []),
  }
}

function likelySource(
  options: readonly LabelSource[],
  folders: FolderLabels | null,
  table: TableLabels | null,
): LabelSource {
  const byFolders = folders?.isLikely === true && options.includes('folders')
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
  table: TableLabels | null,
  labels: readonly (string | null)[],
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
    case 'labelTable': {
      if (table === null) return []
      const { path, column, unknown } = table
      return [
        { id: 'labelsInTable', params: { file: baseName(path), column } },
        ...(unknown.length > 0
          ? [
              {
                id: 'noSuchPicture',
                params: { count: unknown.length, names: firstOf(unknown) },
              } as const,
            ]
          : []),
      ]
    }
    case 'fileNames': {
      const names = [...new Set(labels)].filter((label) => label !== null)
      return [{ id: 'labelsInNames', params: { names: firstOf(names) } }]
    }
    case 'noLabels':
      return []
  }
}

function splitsNote(splits: readonly string[]): ReadingNote {
  return { id: 'splitsMerged', params: { folders: firstOf(splits) } }
}

function firstOf(names: readonly string[]): string {
  return names.length > NAMED ? `${names.slice(0, NAMED).join(', ')}, …` : names.join(', ')
}
