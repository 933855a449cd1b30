import { strFromU8 } from 'fflate'
import { StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { zipMembers } from '../../files/zip-archive'
import type { ZipMember } from '../../files/zip-archive'
import type { NamedTensor } from '../named-weights/named-tensor'
import { tensorError } from '../named-weights/tensor-error'
import type { ElementCount } from '../named-weights/tensor-error'
import { stateDictOf } from './state-dict'
import { storedTensor } from './stored-tensors'
import { unpickle } from './unpickle'

/** Tensors of a file, and the key of the dict that they lie in where others beside it were left out. */
export interface Checkpoint {
  readonly tensors: readonly NamedTensor[]
  readonly part: string | null
}

/**
 * Reads what a file of PyTorch lists; its tensors are read later, each from the file of its storage.
 * @throws StudioError 'open/is-torchscript', 'open/is-pt2', 'open/pickle-global', 'open/tensor-field', 'open/zip-...'
 */
export async function readCheckpoint(
  file: BundleFile,
  count: ElementCount,
  between: Between,
): Promise<Checkpoint> {
  const members = await zipMembers(file, between)
  refuseProgram(file, members)
  const { folder, pickle } = pickleOf(file, members)
  await refuseBigEndian(file, members, folder)
  if (pickle.size > limits.jsonBytes)
    throw new StudioError('open/too-large', {
      ...{ file: pickle.path, found: pickle.size, limit: limits.jsonBytes },
    })
  await pickle.check(between)
  const root = unpickle(`${file.path}, data.pkl`, await readBytes(pickle, 0, pickle.size))
  const { part, tensors } = stateDictOf(file.path, root)
  const inside = `${folder}data/`
  const byKey = new Map(
    members
      .filter(({ path }) => path.startsWith(inside))
      .map((member) => [member.path.slice(inside.length), member]),
  )
  const storages = { file: file.path, byKey }
  const found = [...tensors].map(([name, tensor]) => storedTensor(storages, name, tensor, count))
  const used = new Set([...tensors.values()].map(({ storage }) => byKey.get(storage.key)))
  await checkSums(
    members.filter((member) => used.has(member)),
    between,
  )
  return { part, tensors: found }
}

/** Bytes are compared with the sums of the zip before one of them is taken for a weight. */
async function checkSums(members: readonly ZipMember[], between: Between): Promise<void> {
  const total = members.reduce((sum, { size }) => sum + size, 0)
  let before = 0
  for (const { check, size } of members) {
    const start = before
    await check((done) => between(start + done, total))
    before += size
  }
}

/** Archives that hold a program: TorchScript, or what torch.export has saved. */
function refuseProgram(file: BundleFile, members: FileBundle): void {
  const has = (name: RegExp): boolean => members.some(({ path }) => name.test(path))
  if (has(/(?:^|\/)(?:archive_format|serialized_exported_program\.json|models\/[^/]+\.json)$/))
    throw new StudioError('open/is-pt2', { file: file.path })
  if (has(/^(?:[^/]+\/)?(?:code\/|constants\.pkl$)/))
    throw new StudioError('open/is-torchscript', { file: file.path })
}

function pickleOf(
  file: BundleFile,
  members: readonly ZipMember[],
): { readonly folder: string; readonly pickle: ZipMember } {
  const pickle = members.find(({ path }) => /^(?:[^/]+\/)?data\.pkl$/.test(path))
  if (pickle === undefined) throw tensorError(file.path, 'the zip', 'a data.pkl', 'none')
  return { pickle, folder: pickle.path.slice(0, -'data.pkl'.length) }
}

async function refuseBigEndian(
  file: BundleFile,
  members: FileBundle,
  folder: string,
): Promise<void> {
  const order = members.find(({ path }) => path === `${folder}byteorder`)
  if (order === undefined || order.size > 'little'.length) return
  const found = strFromU8(await readBytes(order, 0, order.size))
  if (found !== 'little') throw tensorError(file.path, 'byteorder', 'little', found)
}
