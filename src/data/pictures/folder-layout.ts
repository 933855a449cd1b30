/** What the folders of pictures mean: splits, classes, or neither. */

import { wordsBeforeNumber } from './name-labels'

/** Folders of one picture below those that all pictures share, outermost first. */
export type Folders = readonly string[]

/** Words in names of folders that part data into splits, as data sets write them. */
const SPLIT_WORDS = new Set([
  ...['train', 'training', 'val', 'valid', 'validation', 'dev', 'test', 'testing', 'eval'],
  ...['evaluation', 'holdout', 'fold', 'folds', 'split'],
])
/** A level with more names holds no splits. */
const MOST_SPLITS = 20

/** Whether a folder is named after a split: `train`, `test_set`, `seg_train`, `ValidationData`. */
export function isSplitName(name: string): boolean {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .some((word) => SPLIT_WORDS.has(word))
}

/** How many folders all paths begin with. */
export function sharedDepth(paths: readonly Folders[]): number {
  const [first = []] = paths
  const differs = first.findIndex((part, depth) => paths.some((path) => path[depth] !== part))
  return differs === -1 ? first.length : differs
}

/** Names of the folders at each level, outermost first, each in the order of its first picture. */
export function levelsOf(paths: readonly Folders[]): readonly (readonly string[])[] {
  const levels: Set<string>[] = []
  for (const path of paths) path.forEach((name, level) => (levels[level] ??= new Set()).add(name))
  return levels.map((names) => [...names])
}

/**
 * Names of folders that are splits: all those of a level that are named so, or several of the outermost
 * ones where classes lie below.
 * @param paths of the pictures, below what they share
 */
export function guessSplits(paths: readonly Folders[]): readonly string[] {
  const levels = levelsOf(paths)
  const whole = levels.filter((names) => names.length > 0 && names.every(isSplitName)).flat()
  const [top = []] = levels
  const named = top.filter(isSplitName)
  const isMixed = named.length > 1 && named.length < top.length
  const below = new Set(
    paths.flatMap(([first = '', next]) => (named.includes(first) ? (next ?? []) : [])),
  )
  return [...new Set([...whole, ...(isMixed && below.size > 1 ? named : [])])]
}

/** Names of folders that could be splits, those of the outer levels first. */
export function possibleSplits(paths: readonly Folders[]): readonly string[] {
  return [
    ...new Set(levelsOf(paths).flatMap((names) => (names.length <= MOST_SPLITS ? names : []))),
  ]
}

/**
 * What cuts splits out of paths: of levels where all folders are splits, and of the first one where some
 * are. It gives null for what lies beside the splits.
 * @param paths of the pictures, below what they share
 */
export function splitCutter(
  paths: readonly Folders[],
  splits: readonly string[],
): (path: Folders) => Folders | null {
  const isSplit = new Set(splits)
  const levels = levelsOf(paths)
  const first = levels.findIndex((names) => names.some((name) => isSplit.has(name)))
  const cut = levels.map(
    (names, level) => level === first || names.every((name) => isSplit.has(name)),
  )
  return (path) => {
    const [top] = path
    if (first === 0 && top !== undefined && !isSplit.has(top)) return null
    return path.filter((name, level) => cut[level] !== true || !isSplit.has(name))
  }
}

/**
 * Levels whose folders could be classes, the likeliest first: the outermost one with several folders, unless
 * each of these holds the same, more numerous ones (`color`, `grayscale`).
 * @param paths without splits
 */
export function classLevels(paths: readonly Folders[]): readonly number[] {
  const levels = levelsOf(paths).flatMap((names, level) => (names.length > 1 ? [level] : []))
  const [first, second, ...others] = levels
  if (first === undefined || second === undefined || !isRepeated(paths, first)) return levels
  return [second, first, ...others]
}

/** Whether every folder of a level holds the same folders, and more of them than there are of it. */
function isRepeated(paths: readonly Folders[], level: number): boolean {
  const children = new Map<string, Set<string>>()
  for (const path of paths) {
    const [name, child] = [path[level], path[level + 1]]
    if (name === undefined) continue
    const known = children.get(name) ?? new Set()
    children.set(name, known)
    if (child !== undefined) known.add(child)
  }
  const sets = [...children.values()].map((names) => [...names].sort().join('/'))
  const [size = 0] = [...children.values()].map((names) => names.size)
  return size > children.size && sets.every((names) => names === sets[0])
}

/** Whether folders are parts of one heap, called alike but for a number: `part_1`, `part_2`. */
export function areParts(names: readonly string[]): boolean {
  const [first = '', ...others] = names.map(wordsBeforeNumber)
  return first !== null && others.length > 0 && others.every((words) => words === first)
}
