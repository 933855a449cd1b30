import { StudioError } from '../../core/errors'
import type { BundleFile } from '../../files/file-bundle'
import type { TensorSpec } from '../../core/tensor-spec'
import { decode, decodeRange } from '../../core/encoded-tensor'
import { giveBack } from '../../core/give-back'
import { rangeOfAll } from '../format'
import type { OpenedWeight, WeightPiece } from '../format'
import { readBytes } from '../../files/read-bytes'
import { refuseWrongKind } from '../../files/sniff'
import { countZeros, decodeWeight } from './decode-weight'
import { groupBytes } from './parse-manifest'
import type { ManifestEntry, ManifestGroup } from './parse-manifest'
import type { Between } from '../../files/between'
import type { FoldedWeight, Folding, ReadEntry } from './packed/folding'

const BLOCK = 4 * 2 ** 20

/**
 * Compares the bytes that the entries of each group add up to with the sizes of its files.
 * @throws StudioError 'open/shard-short' naming the tensor in which the data ends, 'open/shard-long',
 * or 'open/is-...' when the shard turns out to be something else, such as a Git LFS pointer
 */
export async function checkByteCounts(
  groups: readonly ManifestGroup[],
  files: ReadonlyMap<string, BundleFile>,
): Promise<void> {
  for (const group of groups) {
    const shards = shardsOf(group, files)
    const expected = groupBytes(group)
    const found = shards.reduce((sum, shard) => sum + shard.size, 0)
    if (found === expected) continue
    for (const shard of shards) await refuseWrongKind(shard)
    const { index, size } = suspect(
      shards.map((shard) => shard.size),
      expected,
    )
    const shard = shards[index]
    if (shard === undefined) throw new RangeError('a group with weights has at least one path')
    if (shard.size > size)
      throw new StudioError('open/shard-long', {
        file: shard.path,
        expected: size,
        found: shard.size,
      })
    const end = shards.slice(0, index + 1).reduce((sum, item) => sum + item.size, 0)
    let entryEnd = 0
    const cut = group.entries.find((entry) => (entryEnd += entry.bytes) > end)
    throw new StudioError('open/shard-short', {
      file: shard.path,
      expected: size,
      found: shard.size,
      tensor: cut?.name ?? '',
    })
  }
}

/**
 * Finds the shard whose size is wrong. Converters cut all shards but the last to one size S, so the S
 * that explains most of the sizes is taken; where none does, the last shard is blamed.
 */
function suspect(sizes: readonly number[], total: number): { index: number; size: number } {
  const count = sizes.length
  const last = sizes.at(-1) ?? 0
  const expectedSizes = (full: number): number[] =>
    sizes.map((_, index) => (index < count - 1 ? full : total - (count - 1) * full))
  const plans = [...new Set([...sizes.slice(0, -1), (total - last) / (count - 1)])]
    .filter((full) => Number.isInteger(full) && full > 0)
    .map(expectedSizes)
    .filter((plan) => {
      const [full = 0] = plan
      const rest = plan.at(-1) ?? 0
      return rest > 0 && rest <= full
    })
  const matches = (plan: readonly number[]): number =>
    plan.filter((size, index) => size === sizes[index]).length
  const [best] = plans.sort((a, b) => matches(b) - matches(a))
  const others = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0)
  const plan = best ?? [...sizes.slice(0, -1), Math.max(0, total - others)]
  const index = plan.findIndex((size, at) => size !== sizes[at])
  return { index, size: plan[index] ?? 0 }
}

function shardsOf(
  group: ManifestGroup,
  files: ReadonlyMap<string, BundleFile>,
): readonly BundleFile[] {
  return group.paths.flatMap((path) => files.get(path) ?? [])
}

/**
 * Reads and decodes all weights in manifest order, tensor by tensor, so that memory holds the model
 * once. Sizes must have been checked.
 * @throws StudioError 'open/non-finite', 'open/not-read'
 */
export async function readWeights(
  groups: readonly ManifestGroup[],
  files: ReadonlyMap<string, BundleFile>,
  specs: ReadonlyMap<ManifestEntry, TensorSpec>,
  folding: Folding | null,
  between: Between,
): Promise<OpenedWeight[]> {
  const total = groups
    .flatMap((group) => group.entries)
    .reduce((sum, entry) => sum + entry.bytes, 0)
  const weights: OpenedWeight[] = []
  let done = 0
  for (const group of groups) {
    const reader = new ShardReader(shardsOf(group, files), async (bytes) => {
      done += bytes
      await between(done, total)
    })
    for (const entry of group.entries) {
      const found = taken(folding, entry, await reader.next(entry.bytes))
      if ('tensor' in found) weights.push(foldedWeight(reader.path, found))
      else
        for (const part of found) {
          const spec = specs.get(part.entry)
          if (spec !== undefined) weights.push(plainWeight(reader.path, spec, part))
        }
    }
  }
  return weights
}

function taken(
  folding: Folding | null,
  entry: ManifestEntry,
  bytes: Uint8Array<ArrayBuffer>,
): ReturnType<Folding['take']> {
  return folding === null ? [{ entry, bytes }] : folding.take(entry, bytes)
}

function plainWeight(file: string, spec: TensorSpec, { bytes, entry }: ReadEntry): OpenedWeight {
  const decoded = decodeWeight(entry, bytes)
  return {
    ...{ spec, ...decoded, storedAs: entry.storedAs, storedBytes: entry.bytes },
    zeros: countZeros(file, entry.name, decoded.values),
  }
}

function foldedWeight(file: string, { storedAs, storedBytes, tensor }: FoldedWeight): OpenedWeight {
  const { spec } = tensor
  const values = decode(tensor)
  return {
    ...{ spec, values, storedAs, storedBytes, zeros: countZeros(file, spec.name, values) },
    ...{ quantized: rangeOfAll(tensor), held: { kind: 'codes', tensor } },
  }
}

/** Weights that are shown at once where no tensor is held whole. */
const PIECE = 2 ** 20

/**
 * Decodes all weights in manifest order as `readWeights` does, and shows them in pieces instead of keeping them.
 * @throws as `readWeights`, and what `visit` throws
 */
export async function walkWeights(
  groups: readonly ManifestGroup[],
  files: ReadonlyMap<string, BundleFile>,
  specs: ReadonlyMap<ManifestEntry, TensorSpec>,
  folding: Folding | null,
  visit: (piece: WeightPiece) => void,
  between: Between,
): Promise<void> {
  const total = groups.reduce((sum, group) => sum + groupBytes(group), 0)
  let [done, index] = [0, 0]
  for (const group of groups) {
    const reader = new ShardReader(shardsOf(group, files), async (bytes) => {
      done += bytes
      await between(done, total)
    })
    for (const entry of group.entries) {
      const spec = specs.get(entry)
      if (folding?.isPart(entry) === true) {
        const found = folding.take(entry, await reader.next(entry.bytes))
        if ('tensor' in found) showFolded(reader.path, found, index++, visit)
        else
          for (const part of found) {
            const own = specs.get(part.entry)
            if (own === undefined) continue
            const { values } = plainWeight(reader.path, own, part)
            visit({ spec: own, index: index++, from: 0, values })
          }
        continue
      }
      const width = entry.bytes / Math.max(1, entry.elements)
      for (let from = 0; from < entry.elements; from += PIECE) {
        const to = Math.min(entry.elements, from + PIECE)
        const bytes = await reader.next(width * (to - from))
        if (spec === undefined) continue
        const { values } = decodeWeight(entry, bytes)
        countZeros(reader.path, entry.name, values)
        visit({ spec, index, from, values })
        giveBack(values)
        giveBack(bytes)
      }
      if (spec !== undefined) index++
    }
  }
}

function showFolded(
  file: string,
  { tensor }: FoldedWeight,
  index: number,
  visit: (piece: WeightPiece) => void,
): void {
  const { spec } = tensor
  const { length } = tensor.codes
  for (let from = 0; from < length; from += PIECE) {
    const values = decodeRange(tensor, from, Math.min(length, from + PIECE))
    countZeros(file, spec.name, values)
    visit({ spec, index, from, values })
  }
}

/** The shards of a group as one stream of bytes, read in blocks. */
class ShardReader {
  private shard = 0
  private offset = 0
  private block: Uint8Array = new Uint8Array(0)
  private isOwn = false
  private at = 0

  constructor(
    private readonly shards: readonly BundleFile[],
    private readonly onRead: (bytes: number) => Promise<void>,
  ) {}

  /** The file that the last bytes came from. */
  get path(): string {
    return this.shards[this.shard]?.path ?? ''
  }

  async next(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(length)
    for (let filled = 0; filled < length;) {
      if (this.at === this.block.length) await this.refill()
      const take = Math.min(length - filled, this.block.length - this.at)
      out.set(this.block.subarray(this.at, this.at + take), filled)
      this.at += take
      filled += take
    }
    return out
  }

  private async refill(): Promise<void> {
    let file = this.shards[this.shard]
    while (file !== undefined && this.offset >= file.size) {
      this.shard++
      this.offset = 0
      file = this.shards[this.shard]
    }
    if (file === undefined) throw new RangeError('read beyond the checked size of the shards')
    const end = Math.min(file.size, this.offset + BLOCK)
    if (this.isOwn) giveBack(this.block)
    this.isOwn = file.readsCopies === true
    this.block = await readBytes(file, this.offset, end)
    this.at = 0
    this.offset = end
    await this.onRead(this.block.length)
  }
}
