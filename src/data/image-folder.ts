import { StudioError } from '../core/errors'
import { baseName } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { classLabels, compareNames } from './class-labels'
import type { ClassLabels, DataSource } from './data-source'
import { isImageName } from './image-header'

const MOST_IMAGES = 200_000

/** Folders of splits, as many data sets come. */
const SPLIT_FOLDERS = /^(?:train|training|val|valid|validation|test|testing|eval)$/i

/**
 * Pictures in folders: each sub-folder is a class, below whatever folders they all share and below
 * folders of splits (train, test), which are merged. Pictures in one folder have no labels.
 * @param name of the dropped file or folder
 * @throws StudioError 'data/is-empty', 'data/too-large'
 */
export function imageFolderSource(name: string, bundle: FileBundle): DataSource {
  const files = bundle
    .filter((file) => isImageName(file.path) && !isHidden(file.path))
    .sort((a, b) => compareNames(a.path, b.path))
  if (files.length === 0) throw new StudioError('data/is-empty', { file: name })
  if (files.length > MOST_IMAGES)
    throw new StudioError('data/too-large', {
      file: name,
      field: 'the number of images',
      found: files.length,
      limit: MOST_IMAGES,
    })
  return {
    name: nameOf(name, files),
    format: 'images',
    samples: { kind: 'images', files },
    labels: classesOf(files),
  }
}

/** A picture that a file system keeps for itself. */
export function isHidden(path: string): boolean {
  return /(?:^|\/)(?:\.|__MACOSX\/)/.test(path)
}

/** A folder that everything lies in names the data better than its first file does. */
function nameOf(name: string, files: readonly BundleFile[]): string {
  const [shared] = commonFolders(files.map(foldersOf))
  return shared ?? name
}

function classesOf(files: readonly BundleFile[]): ClassLabels | null {
  const folders = files.map(foldersOf)
  const depth = commonFolders(folders).length
  const below = folders.map((path) => path.slice(depth))
  const splits = below.every(([first = '']) => SPLIT_FOLDERS.test(first))
  const labels = below.map((path) => path[splits ? 1 : 0])
  const named = labels.filter((label) => label !== undefined)
  if (named.length < labels.length) return null
  const found = classLabels(named)
  return found.classNames.length < 2 ? null : found
}

function foldersOf(file: BundleFile): string[] {
  return file.path
    .slice(0, file.path.length - baseName(file.path).length)
    .split('/')
    .filter((part) => part !== '')
}

function commonFolders(paths: readonly (readonly string[])[]): readonly string[] {
  const [first = []] = paths
  const shared = first.findIndex((part, depth) => paths.some((path) => path[depth] !== part))
  return shared === -1 ? first : first.slice(0, shared)
}
