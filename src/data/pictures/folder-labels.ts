import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl } from '../reading/reading'
import { areDates } from './date-folders'
import {
  areParts,
  classLevels,
  guessSplits,
  isSplitName,
  levelsOf,
  possibleSplits,
  sharedDepth,
  splitCutter,
} from './folder-layout'
import type { Folders } from './folder-layout'

/** Of the pictures that could have a class, so many must have one before folders are taken for classes. */
const ENOUGH = 0.5
/** Folders of a level that are named. */
const NAMED = 3

/** What folders say of the class of each picture. */
export interface FolderLabels {
  /** null for pictures whose folders say none. */
  readonly labels: readonly (string | null)[]
  /** Folders without pictures beside those of classes. */
  readonly empty: readonly string[]
  /** Names of the folders that were taken for splits. */
  readonly splits: readonly string[]
  /** Whether enough pictures have a class so. */
  readonly isLikely: boolean
  /** Whether the folders are parts of one heap by their names. */
  readonly areParts: boolean
  /** Whether they are called after days, months or years. */
  readonly areDates: boolean
  readonly controls: readonly ReadingControl[]
}

/**
 * The class of each picture by the folders in which it lies.
 * @param paths folders of each picture
 * @param emptyFolders paths of folders without files
 * @param classes that the model tells apart; null where nobody knows
 * @returns null where all pictures lie in one that says nothing
 */
export function labelsInFolders(
  paths: readonly Folders[],
  emptyFolders: readonly Folders[],
  choices: ReadingChoices,
  classes: number | null = null,
): FolderLabels | null {
  const depth = sharedDepth(paths)
  const below = paths.map((path) => path.slice(depth))
  const options = possibleSplits(below)
  if (options.length === 0 && levelsOf(below).length === 0)
    return classes === null ? null : onlyFolder(paths)
  const guess = guessSplits(below).filter((name) => options.includes(name))
  const splitControl = controlOf('splitFolders', options, guess, choices, {
    many: true,
    verbatim: true,
  })
  const cutter = splitCutter(below, splitControl.value)
  const cut = below.map(cutter)
  // Of one level there is nothing else to say.
  const isShown = levelsOf(below).length > 1 || guess.length > 0 || splitControl.value.length > 0
  const splitControls = isShown ? [splitControl] : []
  const known = cut.filter((path) => path !== null)
  const names = levelsOf(known)
  const levels = likeliest(classLevels(known), names, classes)
  const titles = new Map(levels.map((level) => [titleOf(names[level] ?? [], level), level]))
  const [first] = titles.keys()
  if (first === undefined || levels[0] === undefined)
    return splitControl.value.length === 0
      ? null
      : {
          ...nothing(paths.length),
          ...(classes === null ? {} : { labels: onlyClass(cut) }),
          splits: splitControl.value,
          controls: splitControls,
        }
  const inOrder = [...titles.keys()].sort((a, b) => (titles.get(a) ?? 0) - (titles.get(b) ?? 0))
  const levelControl = controlOf('classLevel', inOrder, [first], choices, { verbatim: true })
  const level = titles.get(choiceOf(choices, 'classLevel', inOrder) ?? first) ?? levels[0]
  const labels = cut.map((path) => path?.[level] ?? null)
  const found = new Set(labels)
  const beside = emptyFolders
    .filter((path) => isBelow(path, paths[0] ?? [], depth))
    .map((path) => cutter(path.slice(depth)))
  const empty = beside.flatMap((path) => (path?.length === level + 1 ? (path[level] ?? []) : []))
  return {
    labels,
    empty: [...new Set(empty)].filter((name) => !found.has(name)),
    splits: splitControl.value,
    isLikely: areEnough(labels, below),
    areParts: areParts(names[level] ?? []),
    areDates: areDates(names[level] ?? [], paths[0]?.slice(0, depth) ?? []),
    controls: [...splitControls, ...(inOrder.length > 1 ? [levelControl] : [])],
  }
}

/** All pictures lie in one folder, which may be a class: a person says so. */
function onlyFolder(paths: readonly Folders[]): FolderLabels | null {
  const name = paths[0]?.filter((folder) => !isSplitName(folder)).at(-1)
  return name === undefined ? null : { ...nothing(paths.length), labels: paths.map(() => name) }
}

/** The one folder below splits. */
function onlyClass(cut: readonly (Folders | null)[]): readonly (string | null)[] {
  return cut.map((path) => path?.at(-1) ?? null)
}

function nothing(count: number): FolderLabels {
  return {
    labels: Array.from({ length: count }, () => null),
    empty: [],
    splits: [],
    isLikely: false,
    areParts: false,
    areDates: false,
    controls: [],
  }
}

/** The only level with as many folders as the model tells classes apart comes first. */
function likeliest(
  levels: readonly number[],
  names: readonly (readonly string[])[],
  classes: number | null,
): readonly number[] {
  const [fits, ...others] = levels.filter((level) => names[level]?.length === classes)
  if (fits === undefined || others.length > 0) return levels
  return [fits, ...levels.filter((level) => level !== fits)]
}

/** The level, from 1, and what its first folders are called. */
function titleOf(names: readonly string[], level: number): string {
  const more = names.length > NAMED ? ', …' : ''
  return `${level + 1}: ${names.slice(0, NAMED).join(', ')}${more}`
}

function isBelow(path: Folders, shared: Folders, depth: number): boolean {
  return path.length > depth && shared.slice(0, depth).every((name, at) => path[at] === name)
}

/** The test pictures of a competition have no class, and may be more than those that have: they do not count. */
function areEnough(labels: readonly (string | null)[], below: readonly Folders[]): boolean {
  const labelled = new Set(
    below.flatMap(([top = ''], place) => (labels[place] === null ? [] : [top])),
  )
  const found = labels.filter((label) => label !== null).length
  const others = below.filter(
    ([top], place) => labels[place] === null && (top === undefined || labelled.has(top)),
  ).length
  return found > 0 && found >= ENOUGH * (found + others)
}
