import { baseName } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import { readBytes } from '../files/read-bytes'
import { isZip, refuseWrongKind } from '../files/sniff'
import { findModelJson } from './tfjs-files/find-model-json'
import { pairShards } from './tfjs-files/pair-shards'
import { shardPaths } from './tfjs-files/read-shards'

export type CollectedFiles =
  | {
      readonly status: 'incomplete'
      /** What is still needed, as the manifest spells it; `model.json` before it is there. */
      readonly missing: readonly string[]
      /** Everything so far: hand it back with the next files. */
      readonly received: FileBundle
    }
  | { readonly status: 'ready'; readonly bundle: FileBundle }

/**
 * Adds newly dropped files to those that came before and says what is still missing. A new file
 * replaces an earlier one of the same base name; a zip starts over. Reads model.json, never shards.
 * @throws StudioError 'open/...' when model.json cannot be one, or when the files are something else
 */
export async function collectFiles(
  received: FileBundle,
  added: FileBundle,
): Promise<CollectedFiles> {
  const [zip] = added
  if (
    zip !== undefined &&
    added.length === 1 &&
    isZip(await readBytes(zip, 0, Math.min(4, zip.size)))
  )
    return { status: 'ready', bundle: added }
  const replaced = new Set(added.map((file) => baseName(file.path)))
  const files = [...received.filter((file) => !replaced.has(baseName(file.path))), ...added]
  const model = findModelJson(files)
  if (model === null) {
    for (const file of added) await refuseWrongKind(file)
    return { status: 'incomplete', missing: ['model.json'], received: files }
  }
  const { missing } = pairShards(model, await shardPaths(model), files)
  return missing.length === 0
    ? { status: 'ready', bundle: files }
    : { status: 'incomplete', missing, received: files }
}
