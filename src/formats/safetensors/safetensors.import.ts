import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import type { Drop } from '../../files/drop'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { isSafetensors } from '../../files/sniff'
import { isModelFile } from '../format'
import type { ModelFormat } from '../format'
import { checkAllThere, checkPlaces, findShards, readIndex } from '../named-weights/find-shards'
import type { NamedShards, ShardIndex } from '../named-weights/find-shards'
import type { NamedTensor } from '../named-weights/named-tensor'
import { editNamed, openNamed, walkNamed } from '../named-weights/open-named'
import type { NamedWeights } from '../named-weights/open-named'
import { ElementCount } from '../named-weights/tensor-error'
import { STUDIO_KEY } from './coded-weights'
import { readHeader } from './read-header'
import { tensorsOf } from './tensors-of'

const INDEX = /\.safetensors\.index\.json$/i

/** Weights by name in files of the safetensors kind, one or several. */
export const safetensors: ModelFormat = {
  id: 'safetensors',
  recognise: async (drop) => {
    const shards = await shardsIn(drop)
    if (shards === null) return null
    return {
      format: 'safetensors',
      missing: () => shards.missing,
      open: async (between) => openNamed(await readShards(shards), drop, between),
      walk: async (visit, between) => walkNamed(await readShards(shards), visit, between),
    }
  },
  edit: editNamed,
}

/** @returns null where nothing is of this kind, or what is lies beside a model that has layers too */
async function shardsIn(drop: Drop): Promise<NamedShards | null> {
  if (drop.files.some(({ path }) => /^model\.json$/i.test(baseName(path)))) return null
  const files: BundleFile[] = []
  for (const file of drop.files) if (await isOfKind(drop, file)) files.push(file)
  const indexes = drop.files.filter(({ path }) => INDEX.test(path))
  const [first, other] = indexes
  if (other !== undefined)
    throw new StudioError('open/several-models', {
      files: indexes.map(({ path }) => path).join(', '),
    })
  if (first === undefined && files.length === 0) return null
  const index: ShardIndex | null =
    first === undefined ? null : readIndex(first, await drop.json(first))
  return findShards(files, index)
}

/** By its name, or where it came alone by its first bytes. @throws StudioError 'open/is-...' */
async function isOfKind(drop: Drop, file: BundleFile): Promise<boolean> {
  if (!/\.safetensors(?=$|[^.a-z])/i.test(file.path) || INDEX.test(file.path))
    return drop.files.filter(isModelFile).length === 1 && isSafetensors(await drop.head(file))
  if (!isSafetensors(await drop.head(file))) await drop.refuseWrongKind(file)
  return true
}

async function readShards(shards: NamedShards): Promise<NamedWeights> {
  checkAllThere(shards)
  const { files, index } = shards
  const [first] = files
  const file = index?.file ?? first
  if (file === undefined) throw new RangeError('there is a file at least')
  const count = new ElementCount(file.path)
  const tensors: NamedTensor[] = []
  const found = new Map<string, BundleFile>()
  const metadata: Record<string, string> = {}
  for (const shard of files) {
    const header = await readHeader(shard, count)
    for (const { name } of header.entries) {
      const before = found.get(name)
      if (before !== undefined)
        throw new StudioError('open/duplicate-name', {
          ...{ file: shard.path, field: 'the header', name: shortText(name), first: before.path },
        })
      found.set(name, shard)
    }
    for (const [key, text] of header.metadata) if (key !== STUDIO_KEY) metadata[key] = text
    tensors.push(...tensorsOf(shard, header))
  }
  if (index !== null) checkPlaces(index, found)
  const isTold = Object.keys(metadata).length > 0
  return {
    ...{ format: 'safetensors', file, files, tensors, notes: [] },
    metadata: isTold ? metadata : null,
  }
}
