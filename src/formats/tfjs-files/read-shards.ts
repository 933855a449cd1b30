import { StudioError } from '../../core/errors'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import type { TensorSpec } from '../../core/tensor-spec'
import type { OpenedWeight } from '../format'
import { checkShardHashes } from './check-shard-hashes'
import { pairShards } from './pair-shards'
import type { ManifestEntry, ManifestGroup } from './parse-manifest'
import { checkByteCounts, readWeights } from './read-weights'
import type { Between } from '../../files/between'

/**
 * Finds the shards of a model and reads its weights: every byte is accounted for before one is read.
 * @throws StudioError 'open/missing-shards', 'open/ambiguous-shard', 'open/shard-...', 'open/non-finite'
 */
export async function readShards(
  model: BundleFile,
  groups: readonly ManifestGroup[],
  specs: ReadonlyMap<ManifestEntry, TensorSpec>,
  bundle: FileBundle,
  between: Between,
): Promise<OpenedWeight[]> {
  const paths = groups.flatMap((group) => group.paths)
  const { found, missing } = pairShards(model, paths, bundle)
  if (missing.length > 0)
    throw new StudioError('open/missing-shards', {
      file: model.path,
      missing: missing.join(', '),
      received: found.size,
      total: paths.length,
    })
  await checkByteCounts(groups, found)
  await checkShardHashes(model, found, bundle, between)
  return readWeights(groups, found, specs, between)
}
