import type { AffineTensor, CodebookTensor } from '../../../core/encoded-tensor'
import type { StoredAs } from '../../../core/model-summary'
import { decodeWeight } from '../decode-weight'
import type { ManifestEntry } from '../parse-manifest'
import { constantsOf, findDecodings } from './find-decodings'
import type { FoundDecoding, GraphNodeLike } from './find-decodings'
import { foldDecoding } from './fold-decoding'
import type { ReadConstant } from './fold-decoding'

/** A constant with its bytes. */
export interface ReadEntry {
  readonly entry: ManifestEntry
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A weight that a graph makes of constants. */
export interface FoldedWeight {
  readonly tensor: AffineTensor | CodebookTensor
  readonly storedAs: StoredAs
  /** Of all that it is made of. */
  readonly storedBytes: number
}

interface Pending {
  readonly found: FoundDecoding
  readonly read: Map<string, ReadEntry>
  readonly wanted: number
}

/** Puts weights together again that a graph makes of constants, as their constants are read one after the other. */
export class Folding {
  /** What was put together, by weight. */
  readonly folded = new Map<string, FoundDecoding>()
  private readonly shapes = new Map<string, readonly number[]>()
  private readonly pending = new Map<string, Pending>()

  constructor(
    nodes: readonly GraphNodeLike[],
    kept: ReadonlySet<string>,
    entries: readonly ManifestEntry[],
  ) {
    const byName = new Map(entries.map((entry) => [entry.name, entry]))
    for (const found of findDecodings(nodes, kept)) {
      const names = new Set(constantsOf(found))
      const codes = byName.get(found.codes)
      if (codes === undefined || !isWholeCodes(codes)) continue
      const pending = { found, read: new Map<string, ReadEntry>(), wanted: names.size }
      for (const name of names) this.pending.set(name, pending)
    }
  }

  /** Of a weight that was put together. */
  readonly shapeOf = (weight: string): readonly number[] => this.shapes.get(weight) ?? []

  isPart({ name }: ManifestEntry): boolean {
    return this.pending.has(name)
  }

  /** @returns the weight that is complete with a constant, or all constants of one that is none; else nothing */
  take(entry: ManifestEntry, bytes: Uint8Array<ArrayBuffer>): FoldedWeight | readonly ReadEntry[] {
    const own = this.pending.get(entry.name)
    if (own === undefined) return [{ entry, bytes }]
    own.read.set(entry.name, { entry, bytes })
    if (own.read.size < own.wanted) return []
    const parts = [...own.read.values()]
    const made = folded(own)
    if (made === null) return parts
    this.folded.set(own.found.weight, own.found)
    this.shapes.set(own.found.weight, made.tensor.spec.shape)
    return {
      tensor: made.tensor,
      storedAs: widths[made.width],
      storedBytes: parts.reduce((sum, part) => sum + part.entry.bytes, 0),
    }
  }
}

const widths = { 1: 'uint1', 2: 'uint2', 4: 'uint4', 8: 'uint8', 16: 'uint16' } as const

function folded({ found, read }: Pending): ReturnType<typeof foldDecoding> {
  const codes = read.get(found.codes)
  if (codes === undefined) return null
  const { buffer, byteLength, byteOffset } = codes.bytes
  const values =
    codes.entry.storedAs === 'uint8'
      ? codes.bytes
      : new Uint16Array(buffer, byteOffset, byteLength / 2)
  const constantOf = (name: string): ReadConstant | undefined => {
    const part = read.get(name)
    if (part === undefined || name === found.codes) return undefined
    return { shape: part.entry.shape, values: decodeWeight(part.entry, part.bytes).values }
  }
  return foldDecoding(found, { shape: codes.entry.shape, values }, constantOf)
}

/** Codes stand in the file as they are. */
function isWholeCodes({ dtype, min, scale, storedAs }: ManifestEntry): boolean {
  return (
    dtype === 'int32' && scale === 1 && min === 0 && (storedAs === 'uint8' || storedAs === 'uint16')
  )
}
