import { parseDatasetManifest } from '../../core/dataset-manifest'
import type { DatasetManifest, PackedFile, SplitName } from '../../core/dataset-manifest'
import { StudioError } from '../../core/errors'
import { sha256InPieces } from '../../core/sha256-in-pieces'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'

/** One split of a built-in data set in memory, in its fixed order. */
export interface PackedSplit {
  readonly count: number
  /** count x height x width x channels. */
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
}

/** Fetches built-in data sets from the studio's own site and keeps the splits that were asked for. */
export class BuiltInDatasets {
  private readonly tools: Toolbox
  private readonly manifests = new Map<string, DatasetManifest>()
  private readonly splits = new Map<string, PackedSplit>()

  constructor(tools: Toolbox) {
    this.tools = tools
  }

  /** @throws StudioError 'data/not-loaded', 'data/damaged' */
  async describe(id: string, signal: AbortSignal): Promise<DatasetManifest> {
    const known = this.manifests.get(id)
    if (known !== undefined) return known
    const response = await this.fetch(id, 'dataset.json', signal)
    const manifest = readManifest(id, await response.json().catch(() => null))
    this.manifests.set(id, manifest)
    return manifest
  }

  /**
   * One split, from memory or from the site.
   * @throws StudioError 'data/not-loaded', 'data/damaged', 'engine/cancelled'
   */
  async split(
    manifest: DatasetManifest,
    name: SplitName,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<PackedSplit> {
    const key = `${manifest.id}/${name}`
    const known = this.splits.get(key)
    if (known !== undefined) return known
    const entry = manifest.splits.find((candidate) => candidate.name === name)
    if (entry === undefined)
      throw new StudioError('data/not-loaded', {
        dataset: manifest.name,
        file: 'dataset.json',
        reason: `it has no split called ${name}`,
      })
    const pixels = await this.unpacked(manifest.id, entry.images, emit, signal)
    const labels = await this.unpacked(manifest.id, entry.labels, () => undefined, signal)
    const split: PackedSplit = { count: entry.count, pixels, labels }
    this.splits.set(key, split)
    return split
  }

  /** Fetches, unpacks and checks one file; the server only ever sees the packed bytes. */
  private async unpacked(
    dataset: string,
    file: PackedFile,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const response = await this.fetch(dataset, file.path, signal)
    const damaged = (expected: string | number, found: string | number): StudioError =>
      new StudioError('data/damaged', { dataset, file: file.path, expected, found })
    if (response.body === null) throw damaged(file.bytes, 0)
    const bytes = new Uint8Array(file.bytes)
    let done = 0
    try {
      const reader = response.body.pipeThrough(new DecompressionStream('gzip')).getReader()
      for (;;) {
        const piece = await reader.read()
        if (piece.done) break
        if (done + piece.value.length > bytes.length) {
          await reader.cancel()
          throw damaged(file.bytes, `more than ${file.bytes}`)
        }
        bytes.set(piece.value, done)
        done += piece.value.length
        emit({ phase: 'downloading', done, total: file.bytes })
        await this.tools.pace.between(signal)
      }
    } catch (error) {
      if (error instanceof StudioError || signal.aborted) throw error
      throw damaged('gzip', error instanceof Error ? error.message : String(error))
    }
    if (done !== file.bytes) throw damaged(file.bytes, done)
    const found = await sha256InPieces(
      bytes.length,
      (from, to) => bytes.subarray(from, to),
      async (hashed) => {
        emit({ phase: 'unpacking', done: hashed, total: bytes.length })
        await this.tools.pace.between(signal)
      },
    )
    if (found !== file.sha256) throw damaged(file.sha256, found)
    return bytes
  }

  private async fetch(dataset: string, file: string, signal: AbortSignal): Promise<Response> {
    let reason: string
    try {
      const response = await this.tools.environment.fetchOwn(`datasets/${dataset}/${file}`, signal)
      if (response.ok) return response
      reason = `the server answered ${response.status}`
    } catch (error) {
      if (signal.aborted) throw new StudioError('engine/cancelled', {})
      reason = error instanceof Error ? error.message : String(error)
    }
    throw new StudioError('data/not-loaded', { dataset, file, reason })
  }
}

function readManifest(id: string, json: unknown): DatasetManifest {
  const manifest = parseDatasetManifest(json)
  if ('field' in manifest)
    throw new StudioError('data/damaged', {
      dataset: id,
      file: 'dataset.json',
      expected: manifest.expected,
      found: manifest.field,
    })
  return manifest
}
