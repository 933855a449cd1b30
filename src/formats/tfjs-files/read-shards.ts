import { StudioError } from '../../core/errors'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { checkShardHashes } from './check-shard-hashes'
import type { PairedShards } from './pair-shards'
import { groupBytes } from './parse-manifest'
import type { ManifestGroup } from './parse-manifest'
import { checkByteCounts } from './read-weights'
import type { Between } from '../../files/between'

/** Files that a message names at most. */
const NAMED = 5

/**
 * Finds the files of a model's weights: every byte is accounted for before one is read.
 * @throws StudioError 'open/missing-shards', 'open/other-shards', 'open/shard-...'
 */
export async function checkedShards(
  model: BundleFile,
  groups: readonly ManifestGroup[],
  paired: PairedShards,
  bundle: FileBundle,
  between: Between,
): Promise<ReadonlyMap<string, BundleFile>> {
  const paths = groups.flatMap((group) => group.paths)
  const { found, missing, others } = paired
  if (missing.length > 0) {
    const facts = {
      file: model.path,
      missing: missing.join(', '),
      received: found.size,
      total: paths.length,
    }
    if (others.length === 0) throw new StudioError('open/missing-shards', facts)
    throw new StudioError('open/other-shards', {
      ...facts,
      found: others
        .slice(0, NAMED)
        .map((file) => `${file.path} (${file.size})`)
        .join(', '),
      bytes: groups.reduce((sum, group) => sum + groupBytes(group), 0),
    })
  }
  await checkByteCounts(groups, found)
  await checkShardHashes(model, found, bundle, between)
  return found
}
