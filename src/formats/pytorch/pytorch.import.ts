import { StudioError } from '../../core/errors'
import type { ModelNote } from '../../core/model-summary'
import { shortText } from '../../core/short-text'
import type { Between } from '../../files/between'
import type { Drop } from '../../files/drop'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { isPytorch, isZip } from '../../files/sniff'
import { isModelFile } from '../format'
import type { ModelFormat } from '../format'
import { checkAllThere, checkPlaces, findShards, readIndex } from '../named-weights/find-shards'
import type { NamedShards } from '../named-weights/find-shards'
import type { NamedTensor } from '../named-weights/named-tensor'
import { editNamed, openNamed, walkNamed } from '../named-weights/open-named'
import type { NamedWeights } from '../named-weights/open-named'
import { ElementCount } from '../named-weights/tensor-error'
import { readCheckpoint } from './read-checkpoint'

const INDEX = /\.bin\.index\.json$/i
const NAMED = /\.(?:pth?|pt2|jit|bin|ckpt)(?=$|[^.a-z\d])/i

/** PyTorch's files of tensors, as `torch.save` writes them since 1.6: a zip of a pickle and a file for each storage. */
export const pytorch: ModelFormat = {
  id: 'pytorch',
  recognise: async (drop) => {
    const shards = await shardsIn(drop)
    if (shards === null) return null
    return {
      format: 'pytorch',
      missing: () => shards.missing,
      open: async (between) => openNamed(await readShards(shards, between), drop, between),
      walk: async (visit, between) => walkNamed(await readShards(shards, between), visit, between),
    }
  },
  edit: editNamed,
}

/** @returns null where no file is one of PyTorch's */
async function shardsIn(drop: Drop): Promise<NamedShards | null> {
  if (drop.files.some(({ path }) => /^model\.json$/i.test(baseName(path)))) return null
  const files: BundleFile[] = []
  const candidates = drop.files.filter(isModelFile)
  for (const file of candidates) {
    const isNamed = NAMED.test(file.path)
    if (!isNamed && candidates.length > 1) continue
    const head = await drop.head(file)
    if (isNamed ? isZip(head) : isPytorch(head)) files.push(file)
  }
  const index = drop.files.find(({ path }) => INDEX.test(path))
  if (index === undefined && files.length === 0) return null
  return findShards(files, index === undefined ? null : readIndex(index, await drop.json(index)))
}

async function readShards(shards: NamedShards, between: Between): Promise<NamedWeights> {
  checkAllThere(shards)
  const { files, index } = shards
  const file = index?.file ?? files[0]
  if (file === undefined) throw new RangeError('there is a file at least')
  const count = new ElementCount(file.path)
  const tensors: NamedTensor[] = []
  const found = new Map<string, BundleFile>()
  const notes: ModelNote[] = []
  for (const shard of files) {
    const { part, tensors: own } = await readCheckpoint(shard, count, between)
    for (const tensor of own) {
      const before = found.get(tensor.name)
      if (before !== undefined)
        throw new StudioError('open/duplicate-name', {
          ...{ file: shard.path, field: 'the header', name: shortText(tensor.name) },
          first: before.path,
        })
      found.set(tensor.name, shard)
      tensors.push(tensor)
    }
    if (part !== null) notes.push({ code: 'note/part-of-checkpoint', params: { part } })
  }
  if (index !== null) checkPlaces(index, found)
  return { format: 'pytorch', file, files, tensors, notes, metadata: { format: 'pt' } }
}
