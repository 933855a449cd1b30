import { StudioError } from '../core/errors'
import { baseName } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { indexZip, readZip } from '../files/zip-archive'
import { arraySource, chooseArrays } from './array-source'
import type { NamedArray } from './array-source'
import type { DataFormat, DataSource } from './data-source'
import { isIdxName, readIdx } from './idx'
import { imageFolderSource } from './image-folder'
import { isImageName } from './image-header'
import { readNpy } from './npy'
import { readTable } from './table'
import { suggestLabelColumns, tableSource } from './table-source'
import type { Between } from '../files/between'

export interface ReadData {
  readonly source: DataSource
  /** Of a table, in its order. */
  readonly columns: readonly {
    readonly name: string
    readonly kind: 'number' | 'text'
    readonly isLabel: boolean
  }[]
}

export interface DataWishes {
  /** Columns of a table that are labels; null: as the table suggests. */
  readonly labelColumns: readonly string[] | null
  /** Numbers that the model takes, null where nobody knows. */
  readonly features: number | null
}

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
      return { source: imageFolderSource(name, images), columns: [] }
    case 'zip':
      return readData(await zipBundle(only(files), between), wishes, between)
    case 'npz': {
      const entries = await readZip(only(files), between)
      return arrays(name, 'npz', entries, readNpy, between)
    }
    case 'npy':
      return arrays(name, 'npy', files, readNpy, between)
    case 'idx':
      return arrays(name, 'idx', files, readIdx, between)
    case 'table': {
      const table = await readTable(only(files), between)
      const labels = wishes.labelColumns ?? suggestLabelColumns(table, wishes.features)
      return {
        source: tableSource(name, table, labels),
        columns: table.columns.map((column) => ({
          name: column.name,
          kind: column.kind,
          isLabel: labels.includes(column.name),
        })),
      }
    }
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

async function arrays(
  name: string,
  format: DataFormat,
  files: readonly BundleFile[],
  read: (file: BundleFile, between: Between) => Promise<Omit<NamedArray, 'name'>>,
  between: Between,
): Promise<ReadData> {
  const all: NamedArray[] = []
  for (const file of files.filter(({ path }) => /\.npy$/i.test(path) || isIdxName(path)))
    all.push({ ...(await read(file, between)), name: titleOf(file.path) })
  const { samples, labels } = chooseArrays(all)
  return { source: arraySource(name, format, samples, labels), columns: [] }
}

function titleOf(path: string): string {
  return baseName(path)
    .replace(/\.gz$/i, '')
    .replace(/\.[a-z]{2,4}$/i, '')
}
