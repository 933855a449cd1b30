import { StudioError } from '../../core/errors'
import { describeValue, shortText } from '../../core/short-text'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import type { Json } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { copyName } from '../tfjs-files/copy-mark'
import { shardPath } from '../tfjs-files/shard-path'
import { tensorError } from './tensor-error'

/** Weights in one file or several. */
export interface NamedShards {
  /** In the order of their names. */
  readonly files: FileBundle
  /** Names of files that are still needed. */
  readonly missing: readonly string[]
  /** Which tensor the index says to be in which file; null where there is none. */
  readonly index: ShardIndex | null
}

export interface ShardIndex {
  readonly file: BundleFile
  readonly places: ReadonlyMap<string, string>
}

/** `model-00001-of-00003.safetensors` and its like. */
const NUMBERED = /^(.*?)(\d{5})-of-(\d{5})(\.\w+)$/
const MOST_SHARDS = 10_000

/**
 * Finds the files of a model among those of a kind: the only one, those that an index names, or those that are numbered.
 * @param files all of the kind
 * @param index what lists them; null where nothing does
 * @throws StudioError 'open/several-models', 'open/tensor-field'
 */
export function findShards(files: FileBundle, index: ShardIndex | null): NamedShards {
  const wanted = index === null ? numbered(files) : [...new Set(index.places.values())].sort()
  if (wanted === null) {
    if (files.length > 1)
      throw new StudioError('open/several-models', {
        files: files.map(({ path }) => path).join(', '),
      })
    return { files, missing: [], index }
  }
  const found = new Map(files.map((file) => [plainName(file), file]))
  const known = wanted.flatMap((name) => found.get(baseName(name)) ?? [])
  return { files: known, missing: wanted.filter((name) => !found.has(baseName(name))), index }
}

function plainName({ path }: BundleFile): string {
  return copyName(baseName(path)).plain
}

/** All names of a numbered set, of which one at least is there; null where names are not numbered so. */
function numbered(files: FileBundle): readonly string[] | null {
  const sets = new Set<string>()
  for (const file of files) {
    const [, head, , count, ending] = NUMBERED.exec(plainName(file)) ?? []
    if (head === undefined || count === undefined || ending === undefined) return null
    sets.add(JSON.stringify([head, count, ending]))
  }
  const [only, other] = sets
  if (only === undefined || other !== undefined) return null
  const [head, count, ending] = JSON.parse(only) as [string, string, string]
  if (Number(count) > MOST_SHARDS) return null
  return Array.from(
    { length: Number(count) },
    (_, at) => `${head}${String(at + 1).padStart(5, '0')}-of-${count}${ending}`,
  )
}

/**
 * Reads `weight_map` of an index.
 * @throws StudioError 'open/tensor-field', 'open/unsafe-path'
 */
export function readIndex(file: BundleFile, root: Json): ShardIndex {
  const map = isObject(root) ? root['weight_map'] : undefined
  if (!isObject(map)) throw tensorError(file.path, 'weight_map', 'an object', describeValue(map))
  const places = new Map<string, string>()
  for (const [name, shard] of Object.entries(map)) {
    const field = `weight_map.${shortText(name)}`
    if (typeof shard !== 'string')
      throw tensorError(file.path, field, 'a file name', describeValue(shard))
    const path = shardPath(shard)
    if (path === null)
      throw new StudioError('open/unsafe-path', { file: file.path, field, path: shortText(shard) })
    places.set(name, path)
  }
  return { file, places }
}

/**
 * All files of a model, and each tensor in the file that the index names.
 * @throws StudioError 'open/missing-shards'
 */
export function checkAllThere({ files, index, missing }: NamedShards): void {
  if (missing.length === 0) return
  throw new StudioError('open/missing-shards', {
    file: index?.file.path ?? files[0]?.path ?? '',
    missing: missing.slice(0, SHOWN).join(', ') + (missing.length > SHOWN ? ', …' : ''),
    received: files.length,
    total: files.length + missing.length,
  })
}

const SHOWN = 5

/** @throws StudioError 'open/tensor-field' for the first tensor that is not in the file which the index names */
export function checkPlaces(
  { file, places }: ShardIndex,
  found: ReadonlyMap<string, BundleFile>,
): void {
  for (const [name, shard] of places) {
    const there = found.get(name)
    if (there !== undefined && plainName(there) === baseName(shard)) continue
    throw tensorError(
      file.path,
      `weight_map.${shortText(name)}`,
      `a tensor of ${shard}`,
      there === undefined ? 'nothing' : there.path,
    )
  }
}
