import { StudioError } from '../../core/errors'
import { isClutter } from '../../files/clutter'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { sortedByName } from '../class-labels'
import { isImageName } from '../image-header'
import type { Folders } from './folder-layout'
import { masksAmong } from './mask-folders'

const MOST_IMAGES = 200_000

/** Files of a drop, and the folders that it lists, where it does. */
export interface DroppedFolder {
  readonly files: FileBundle
  /** Paths without a `/` at the end. */
  readonly folders: readonly string[]
}

/** What of a drop are pictures. */
export interface DroppedPictures {
  /** In the order of their paths. */
  readonly images: readonly BundleFile[]
  /** Paths of those that were drawn over others. */
  readonly masks: ReadonlySet<string>
  readonly hidden: readonly string[]
  readonly others: readonly BundleFile[]
  /** Folders in which nothing lies. */
  readonly emptyFolders: readonly string[]
}

/** @throws StudioError 'data/is-empty', 'data/too-large' */
export function picturesIn(name: string, { files, folders }: DroppedFolder): DroppedPictures {
  const seen = files.filter(({ path }) => !isHidden(path))
  const images = sortedByName(
    seen.filter(({ path }) => isImageName(path)),
    ({ path }) => path,
  )
  const masks = masksAmong(images.map(({ path }) => path))
  if (images.length === 0) throw new StudioError('data/is-empty', { file: name })
  if (images.length > MOST_IMAGES)
    throw new StudioError('data/too-large', {
      file: name,
      field: 'the number of images',
      found: images.length,
      limit: MOST_IMAGES,
    })
  const inUse = new Set<string>()
  for (const path of [...files.map((file) => file.path), ...folders])
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      inUse.add(path.slice(0, end))
  return {
    images,
    masks,
    hidden: files.filter(({ path }) => isHidden(path)).map(({ path }) => path),
    others: seen.filter(({ path }) => !isImageName(path)),
    emptyFolders: folders.filter((path) => !inUse.has(path) && !isHidden(path)),
  }
}

/** A file that a system keeps for itself. */
export function isHidden(path: string): boolean {
  return isClutter(path) || /(?:^|\/)\./.test(path)
}

/** The folders in which a file lies. */
export function foldersOf(path: string): Folders {
  return partsOf(path.slice(0, path.length - baseName(path).length))
}

export function partsOf(path: string): Folders {
  return path.split('/').filter((part) => part !== '')
}
