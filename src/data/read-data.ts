import { StudioError } from '../core/errors'
import { baseName } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { nameEncodings } from '../files/name-encoding'
import { indexZip, readZip } from '../files/zip-archive'
import type { ZipIndex } from '../files/zip-archive'
import { readArrayData } from './arrays/read-array-data'
import type { DataWishes, ReadData } from './data-wishes'
import { isIdxName } from './idx'
import { isImageName } from './image-header'
import { isHidden } from './pictures/dropped-pictures'
import type { DroppedFolder } from './pictures/dropped-pictures'
import { readImageData } from './pictures/read-image-data'
import { choiceOf, withLeftOut } from './reading/reading'
import { withZips } from './reading/zip-reading'
import { formOfFile } from './tables/other-forms'
import { isPlainName, isPlainTable } from './tables/plain-table'
import { readTableData } from './tables/read-table-data'
import { isLabelTitle } from './tables/table-titles'
import type { Between } from '../files/between'

/** Zips that are read together. */
const MOST_ZIPS = 10
/** Names of zips, folders or tables that name data together. */
const TITLES = 3

type Kind = 'image' | 'npz' | 'npy' | 'idx' | 'table' | 'zip'

const kinds: readonly (readonly [Kind, (path: string) => boolean])[] = [
  ['image', isImageName],
  ['npz', (path) => /\.npz$/i.test(path)],
  ['npy', (path) => /\.npy$/i.test(path)],
  ['idx', isIdxName],
  ['table', (path) => /\.(?:csv|tsv|tab|arff)(?:\.gz)?$/i.test(path)],
  ['zip', (path) => /\.zip$/i.test(path)],
]

function kindOf(path: string): Kind | null {
  return kinds.find(([, fits]) => fits(path))?.[0] ?? null
}

function kindOfFile({ path }: BundleFile): Kind | null {
  return kindOf(path)
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
export function readData(
  bundle: FileBundle,
  wishes: DataWishes,
  between: Between,
): Promise<ReadData> {
  return readFolder({ files: bundle, folders: [] }, wishes, between)
}

async function readFolder(
  folder: DroppedFolder,
  wishes: DataWishes,
  between: Between,
  zipTitle: string | null = null,
): Promise<ReadData> {
  const groups = new Map<Kind, BundleFile[]>()
  for (const file of folder.files) {
    const kind = kindOf(file.path)
    if (kind === null || (kind === 'table' && isHidden(file.path))) continue
    const group = groups.get(kind)
    if (group === undefined) groups.set(kind, [file])
    else group.push(file)
  }
  if (groups.size === 0) await addPlainTables(groups, folder)
  const images = groups.get('image') ?? []
  const zips = groups.get('zip') ?? []
  const kinds = [...groups.keys()].filter((kind) => kind !== 'image')
  // A single picture may lie beside numbers; many are the data. A table beside zips may be their labels.
  const isZips = zips.length > 0 && kinds.every((kind) => kind === 'zip' || kind === 'table')
  const chosen = images.length > 1 ? 'image' : isZips ? 'zip' : (kinds[0] ?? 'image')
  const files = groups.get(chosen) ?? []
  const [first] = files
  const names = folder.files.map(({ path }) => path).join(', ')
  if (first === undefined) await requireNoOtherForm(folder)
  if (first === undefined) throw new StudioError('data/unknown-kind', { files: names })
  if (chosen !== 'image' && kinds.length > 1 && !isZips)
    throw new StudioError('data/several', { files: names })
  const name = zipTitle ?? titleOf(first.path)
  if (chosen === 'image')
    return readImageData(zipTitle ?? titleOfPictures(images), folder, wishes, between)
  if (chosen === 'zip') {
    const loose = folder.files.filter((file) => !zips.includes(file))
    return readZips(zips, loose, wishes, between)
  }
  const read =
    chosen === 'table'
      ? await readTableData(
          (paths) => zipTitle ?? titleOfSeveral(paths.map(titleOf)),
          files,
          wishes,
          between,
        )
      : await readArrays(chosen, name, files, wishes, between)
  const used = new Set(files)
  const beside = folder.files.filter((file) => !used.has(file)).map(({ path }) => path)
  const account = withLeftOut(read.reading.account, {
    hidden: beside.filter(isHidden).map(baseName),
    otherFormat: beside.filter((path) => !isHidden(path)).map(baseName),
  })
  return { ...read, reading: { ...read.reading, account } }
}

/** Tables whose names do not say that they are, where there is nothing else; labels are a column alone. */
async function addPlainTables(
  groups: Map<Kind, BundleFile[]>,
  { files }: DroppedFolder,
): Promise<void> {
  const tables = new Set<BundleFile>()
  for (const file of files)
    if ((await isPlainTable(file)) || (await formOfFile(file)) === 'ARFF') tables.add(file)
  if (tables.size === 0) return
  const isBeside = ({ path }: BundleFile): boolean => isPlainName(path) && isLabelTitle(path)
  groups.set(
    'table',
    files.filter((file) => tables.has(file) || isBeside(file)),
  )
}

/** @throws StudioError 'data/other-form' where a file is a table in a form that is not read */
async function requireNoOtherForm({ files }: DroppedFolder): Promise<void> {
  for (const file of files) {
    const form = await formOfFile(file)
    if (form !== null) throw new StudioError('data/other-form', { file: file.path, form })
  }
}

async function readArrays(
  kind: Exclude<Kind, 'image' | 'zip' | 'table'>,
  name: string,
  files: readonly BundleFile[],
  wishes: DataWishes,
  between: Between,
): Promise<ReadData> {
  switch (kind) {
    case 'npz': {
      const entries = await readZip(only(files), between)
      return readArrayData(name, 'npz', entries, titleOf, wishes, between)
    }
    case 'npy':
      return readArrayData(name, 'npy', files, titleOf, wishes, between)
    case 'idx':
      return readArrayData(name, 'idx', files, titleOf, wishes, between)
  }
}

/**
 * Reads what lies in zips. Several are read together where they hold pictures or tables, as train.zip and
 * test.zip.
 * @param loose files beside them
 */
async function readZips(
  zips: readonly BundleFile[],
  loose: readonly BundleFile[],
  wishes: DataWishes,
  between: Between,
): Promise<ReadData> {
  if (zips.length > MOST_ZIPS) only(zips)
  const chosen = choiceOf(wishes.choices, 'nameEncoding', nameEncodings)
  const indices: { readonly title: string; readonly index: ZipIndex }[] = []
  for (const zip of zips)
    indices.push({ title: titleOf(zip.path), index: await indexZip(zip, between, chosen) })
  const hasPictures = indices.some(({ index }) =>
    index.files.some(({ path }) => kindOf(path) === 'image'),
  )
  const others = loose.filter(({ path }) => kindOf(path) !== null)
  const kinds = new Set([...indices.flatMap(({ index }) => index.files), ...others].map(kindOfFile))
  kinds.delete(null)
  const areTables = kinds.size === 1 && kinds.has('table')
  const isMany = hasPictures || (areTables && zips.length + others.length > 1)
  if (!isMany) only([...zips, ...others])
  const inner = indices.map(({ title, index }) => (isMany ? below(title, index) : index))
  const read = await readFolder(
    {
      files: [...inner.flatMap(({ files }) => files), ...loose],
      folders: inner.flatMap(({ folders }) => folders),
    },
    wishes,
    between,
    hasPictures ? titleOfSeveral(indices.map(({ title }) => title)) : null,
  )
  return withZips(
    read,
    indices.map(({ index }) => index),
    wishes.choices,
  )
}

/** Folders that were dropped side by side name pictures better than the first of these does. */
function titleOfPictures(images: readonly BundleFile[]): string {
  const tops = new Set(
    images.flatMap(({ path }) => (isHidden(path) ? [] : [path.slice(0, path.indexOf('/') + 1)])),
  )
  return tops.size < 2 || tops.has('')
    ? titleOf(images[0]?.path ?? '')
    : titleOfSeveral([...tops].map((top) => top.slice(0, -1)))
}

function titleOfSeveral(titles: readonly string[]): string {
  const shown = titles.slice(0, TITLES)
  return [...shown, ...(titles.length > TITLES ? ['…'] : [])].join(' + ')
}

/** The name of the zip goes before its entries, so that it names data without a folder of their own. */
function below(title: string, { files, folders }: ZipIndex): DroppedFolder {
  return {
    files: files.map((entry) => ({ ...entry, path: `${title}/${entry.path}` })),
    folders: folders.map((path) => `${title}/${path}`),
  }
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
