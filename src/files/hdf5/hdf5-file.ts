import { StudioError } from '../../core/errors'
import type { BundleFile } from '../file-bundle'
import { limits } from '../limits'
import { readAttributes } from './attributes'
import type { Attributes } from './attributes'
import { readDataset } from './dataset'
import type { Hdf5Dataset } from './dataset'
import { readLinks } from './group-links'
import { Hdf5Source } from './hdf5-source'
import { readHeader } from './object-header'

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

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

/** Whether bytes are the start of an HDF5 file. */
export function isHdf5(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => head[index] === byte)
}

/**
 * Reads the structures of an HDF5 file: groups, attributes, and where numbers lie.
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/too-many', 'open/shape-too-large', 'open/not-read'
 */
export async function readHdf5(file: BundleFile, between: () => Promise<void>): Promise<Hdf5File> {
  const source = new Hdf5Source(file, between)
  const root = await readSuperblock(source)
  return { source, root: await new TreeReader(source).group('', root, 0) }
}

/** @returns where the header of the root group lies */
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
  const end = head.knownAddress()
  if (base !== 0) head.unsupported('room for something else before the file begins')
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
