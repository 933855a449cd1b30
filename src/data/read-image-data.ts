import { baseName } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import type { DataSource, RawLabels } from './data-source'
import type { ReadData } from './data-wishes'
import { imageFolderSource, isHidden } from './image-folder'
import { NAMED, accountOf } from './reading/reading'
import type { FileAccount, ReadingPreview } from './reading/reading'

/**
 * Reads pictures in folders, and how they were understood.
 * @param bundle all that was dropped
 * @throws StudioError 'data/is-empty', 'data/too-large'
 */
export function readImageData(name: string, bundle: FileBundle): ReadData {
  const source = imageFolderSource(name, bundle)
  const paths = source.samples.kind === 'images' ? source.samples.files.map(({ path }) => path) : []
  return {
    reading: {
      name: source.name,
      format: 'images',
      controls: [],
      preview: previewOf(source, paths),
      notes: [],
      account: account(bundle, paths),
      problem: null,
    },
    source,
    columns: [],
  }
}

function previewOf({ labels }: DataSource, paths: readonly string[]): ReadingPreview {
  const groups = new Map<string | null, string[]>()
  paths.forEach((path, sample) => {
    const label = labelOf(labels, sample)
    const group = groups.get(label)
    if (group === undefined) groups.set(label, [path])
    else group.push(path)
  })
  return {
    kind: 'files',
    classes: [...groups].map(([label, own]) => ({
      label,
      count: own.length,
      examples: own.slice(0, NAMED),
    })),
  }
}

function labelOf(labels: RawLabels | null, sample: number): string | null {
  return labels?.kind === 'classes'
    ? (labels.classNames[labels.values[sample] ?? -1] ?? null)
    : null
}

function account(bundle: FileBundle, read: readonly string[]): FileAccount {
  const known = new Set(read)
  const left = bundle.map(({ path }) => path).filter((path) => !known.has(path))
  return accountOf(read.length, {
    hidden: left.filter(isHidden).map(baseName),
    otherFormat: left.filter((path) => !isHidden(path)).map(baseName),
  })
}
