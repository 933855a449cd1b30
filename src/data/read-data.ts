import { StudioError } from '../core/errors'
import { baseName } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { indexZip, readZip } from '../files/zip-archive'
import { readArrayData } from './arrays/read-array-data'
import type { DataWishes, ReadData } from './data-wishes'
import { isIdxName } from './idx'
import { isImageName } from './image-header'
import { readImageData } from './read-image-data'
import { readTableData } from './tables/read-table-data'
import type { Between } from '../files/between'

type Kind = 'image' | 'npz' | 'npy' | 'idx' | 'table' | 'zip'

const kinds: readonly (readonly [Kind, (path: string) => boolean])[] = [
  ['image', isImageName],
  ['npz', (path) => /\.npz$/i.test(path)],
  ['npy', (path) => /\.npy$/i.test(path)],
  ['idx', isIdxName],
  ['table', (path) => /\.(?:csv|tsv|tab)$/i.test(path)],
  ['zip', (path) => /\.zip$/i.test(path)],
]

function kindOf(path: string): Kind | null {
  return kinds.find(([, fits]) => fits(path))?.[0] ?? null
}

/** Whether files can be data by their names alone; a zip must be looked into. */
export function isDataName(path: string): boolean {
  const kind = kindOf(path)
  return kind !== null && kind !== 'zip'
}

/**
 * Recognises people's own data and reads what tells samples and labels apart; pictures are not decoded.
 * What a person can put right is a problem of the reading; all else is thrown.
 * @throws StudioError 'data/...', 'open/zip-...', 'open/not-read'
 */
export async function readData(
  bundle: FileBundle,
  wishes: DataWishes,
  between: Between,
): Promise<ReadData> {
  const groups = new Map<Kind, BundleFile[]>()
  for (const file of bundle) {
    const kind = kindOf(file.path)
    if (kind !== null) groups.set(kind, [...(groups.get(kind) ?? []), file])
  }
  const images = groups.get('image') ?? []
  const [other, ...others] = [...groups.keys()].filter((kind) => kind !== 'image')
  // A single picture may lie beside numbers; many are the data.
  const chosen = images.length > 1 || other === undefined ? 'image' : other
  const files = groups.get(chosen) ?? []
  const [first] = files
  const names = bundle.map(({ path }) => path).join(', ')
  if (first === undefined) throw new StudioError('data/unknown-kind', { files: names })
  if (chosen !== 'image' && others.length > 0)
    throw new StudioError('data/several', { files: names })
  const name = titleOf(first.path)
  switch (chosen) {
    case 'image':
      return readImageData(name, bundle)
    case 'zip':
      return readData(await zipBundle(only(files), between), wishes, between)
    case 'npz': {
      const entries = await readZip(only(files), between)
      return readArrayData(name, 'npz', entries, titleOf, wishes, between)
    }
    case 'npy':
      return readArrayData(name, 'npy', files, titleOf, wishes, between)
    case 'idx':
      return readArrayData(name, 'idx', files, titleOf, wishes, between)
    case 'table':
      return readTableData(name, only(files), wishes, between)
  }
}

/** The name of the zip goes before its entries, so that it names data without a folder of their own. */
async function zipBundle(file: BundleFile, between: Between): Promise<FileBundle> {
  const entries = await indexZip(file, between)
  const title = titleOf(file.path)
  return entries.some(({ path }) => kindOf(path) === 'image')
    ? entries.map((entry) => ({ ...entry, path: `${title}/${entry.path}` }))
    : entries
}

function only(files: readonly BundleFile[]): BundleFile {
  const [file, ...others] = files
  if (file === undefined || others.length > 0)
    throw new StudioError('data/several', { files: files.map(({ path }) => path).join(', ') })
  return file
}

function titleOf(path: string): string {
  return baseName(path)
    .replace(/\.gz$/i, '')
    .replace(/\.[a-z]{2,4}$/i, '')
}
