import { StudioError } from '../../core/errors'
import { sha256InPieces } from '../../core/sha256-in-pieces'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { readReportHashes } from '../report'
import type { Between } from '../../files/between'

/**
 * Compares the shards with the SHA-256 that an export of the studio carries in its report.json. This is
 * the only way to notice two shards of equal size that changed places, or a flipped bit. Without such
 * a report nothing is compared.
 * @throws StudioError 'open/shard-hash'
 */
export async function checkShardHashes(
  model: BundleFile,
  shards: ReadonlyMap<string, BundleFile>,
  bundle: FileBundle,
  between: Between,
): Promise<void> {
  const folder = model.path.slice(0, model.path.length - baseName(model.path).length)
  const report = bundle.find((file) => file.path === `${folder}report.json`)
  if (report === undefined || report.size > limits.jsonBytes) return
  const hashes = readReportHashes(report.path, await readBytes(report, 0, report.size))
  const total = [...shards.values()].reduce((sum, shard) => sum + shard.size, 0)
  let done = 0
  for (const [path, shard] of shards) {
    const expected = hashes.get(path)
    if (expected === undefined) continue
    const found = await sha256InPieces(
      shard.size,
      (from, to) => readBytes(shard, from, to),
      (hashed) => between(done + hashed, total),
    )
    done += shard.size
    if (found !== expected)
      throw new StudioError('open/shard-hash', { file: shard.path, expected, found })
  }
}
