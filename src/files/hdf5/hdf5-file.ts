import { StudioError } from '../../core/errors'
import type { BundleFile } from '../file-bundle'
import { limits } from '../limits'
import { readBytes } from '../read-bytes'
import { readAttributes } from './attributes'
import type { Attributes } from './attributes'
import { readDataset } from './dataset'
import type { Hdf5Dataset } from './dataset'
import { readLinks } from './group-links'
import { Hdf5Source } from './hdf5-source'
import { readHeader } from './object-header'

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
/** Bytes of the smallest block before the file that is left to others. */
const SMALLEST_BLOCK = 512

export interface Hdf5Group {
  /** From the root of the file, where it is ''. */
  readonly path: string
  readonly attributes: Attributes
  readonly groups: ReadonlyMap<string, Hdf5Group>
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>
}

/** All that an HDF5 file holds but for the numbers of its datasets, which are read from `source`. */
export interface Hdf5File {
  readonly source: Hdf5Source
  readonly root: Hdf5Group
}

/**
 * Where HDF5 begins in a file: at its start, or behind a block of 512, 1024, 2048 ... bytes that is left to others.
 * @param head what is known of its first bytes
 * @returns null where it is no HDF5 file
 * @throws StudioError 'open/not-read'
 */
export async function startOfHdf5(
  file: BundleFile,
  head: Uint8Array = new Uint8Array(),
): Promise<number | null> {
  const known = startInHead(head)
  if (known !== null) return known
  const { length } = SIGNATURE
  for (let at = 0; at + length <= file.size; at = behindBlock(at))
    if (at + length > head.length && isSigned(await readBytes(file, at, at + length))) return at
  return null
}

/** The same as far as the first bytes of a file tell. */
export function startInHead(head: Uint8Array): number | null {
  for (let at = 0; at < head.length; at = behindBlock(at))
    if (isSigned(head.subarray(at))) return at
  return null
}

function behindBlock(at: number): number {
  return Math.max(SMALLEST_BLOCK, 2 * at)
}

function isSigned(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte)
}

/**
 * Reads the structures of an HDF5 file: groups, attributes, and where numbers lie.
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/too-many', 'open/shape-too-large', 'open/not-read'
 */
export async function readHdf5(file: BundleFile, between: () => Promise<void>): Promise<Hdf5File> {
  const block = (await startOfHdf5(file)) ?? 0
  const source = new Hdf5Source(block === 0 ? file : behind(file, block), between)
  const root = await readSuperblock(source)
  return { source, root: await new TreeReader(source).group('', root, 0) }
}

function behind(file: BundleFile, block: number): BundleFile {
  const read = (start: number, end: number): Promise<Uint8Array> =>
    file.read(block + start, block + end)
  return { path: file.path, size: file.size - block, read }
}

/**
 * Addresses count from where the signature is: where that is not the base that the file names, the block before it has
 * come or gone since, and the end has moved with it.
 * @returns where the header of the root group lies
 */
async function readSuperblock(source: Hdf5Source): Promise<number> {
  const place = 'the start of the file'
  const head = await source.cursor(place, 0, source.atMost(0, 128))
  head.skip(SIGNATURE.length)
  const version = head.version('HDF5', 0, 1, 2, 3)
  if (version < 2) head.skip(4)
  const [offsetBytes, lengthBytes] = [head.byte(), head.byte()]
  for (const bytes of [offsetBytes, lengthBytes])
    if (bytes !== 4 && bytes !== 8) head.unsupported(`addresses of ${bytes} bytes`)
  Object.assign(source, { offsetBytes, lengthBytes })
  head.skip([9, 13, 1, 1][version] ?? 0)
  const base = head.knownAddress()
  head.address()
  const end = head.knownAddress() - base
  if (end > source.file.size)
    source.damaged(place, `${end - source.file.size} bytes are missing at its end`)
  if (version < 2) {
    head.address()
    head.skip(offsetBytes)
  }
  return head.knownAddress()
}

/** Objects in the order in which they are found, each once: several names may lead to one. */
class TreeReader {
  private readonly groups = new Map<number, Hdf5Group>()
  private readonly datasets = new Map<number, Hdf5Dataset>()
  private readonly above = new Set<number>()
  private objects = 0

  constructor(private readonly source: Hdf5Source) {}

  async group(path: string, at: number, depth: number): Promise<Hdf5Group> {
    const known = this.groups.get(at) ?? (await this.object(path, at, depth))
    return 'groups' in known ? known : this.source.damaged(path, 'it is no group')
  }

  private async object(path: string, at: number, depth: number): Promise<Hdf5Group | Hdf5Dataset> {
    const known = this.groups.get(at) ?? this.datasets.get(at)
    if (known !== undefined) return known
    const place = path === '' ? '/' : path
    if (this.above.has(at)) this.source.damaged(place, 'it holds itself')
    if (depth > limits.jsonDepth) this.source.damaged(place, 'groups are nested too deep')
    if (++this.objects > limits.h5Objects)
      throw new StudioError('open/too-many', {
        file: this.source.file.path,
        field: 'HDF5 objects',
        found: this.objects,
        limit: limits.h5Objects,
      })
    this.above.add(at)
    const messages = await readHeader(this.source, place, at)
    const attributes = await readAttributes(this.source, place, messages)
    const links = await readLinks(this.source, place, messages)
    const dataset = readDataset(this.source, place, messages, attributes)
    if (dataset !== null) this.datasets.set(at, dataset)
    const found = dataset ?? {
      path,
      attributes,
      ...(await this.children(path, links ?? new Map(), depth)),
    }
    if ('groups' in found) this.groups.set(at, found)
    this.above.delete(at)
    return found
  }

  private async children(
    path: string,
    links: ReadonlyMap<string, number>,
    depth: number,
  ): Promise<Pick<Hdf5Group, 'groups' | 'datasets'>> {
    const groups = new Map<string, Hdf5Group>()
    const datasets = new Map<string, Hdf5Dataset>()
    for (const [name, at] of links) {
      const child = await this.object(`${path}/${name}`, at, depth + 1)
      if ('groups' in child) groups.set(name, child)
      else datasets.set(name, child)
    }
    return { groups, datasets }
  }
}
