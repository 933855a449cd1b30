import { StudioError } from '../../core/errors'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'

export interface PairedShards {
  readonly found: ReadonlyMap<string, BundleFile>
  /** Manifest paths without a file, in manifest order. */
  readonly missing: readonly string[]
}

/**
 * Finds the file of each manifest path: first beside model.json, then by the end of the path, then by
 * base name, because dropped files often lose their folders. No file serves two paths.
 *
 * Two shards of the same size whose names were swapped cannot be told apart by this, nor by byte
 * accounting: the names are all that a manifest says about them. Exports of the studio carry a
 * SHA-256 of each shard in report.json, which `checkShardHashes` compares.
 * @throws StudioError 'open/ambiguous-shard'
 */
export function pairShards(
  model: BundleFile,
  paths: readonly string[],
  bundle: FileBundle,
): PairedShards {
  const folder = model.path.slice(0, model.path.length - baseName(model.path).length)
  const found = new Map<string, BundleFile>()
  const free = new Set(bundle.filter((file) => file !== model))
  const claim = (path: string, files: readonly BundleFile[]): void => {
    if (files.length > 1)
      throw new StudioError('open/ambiguous-shard', {
        file: model.path,
        shard: path,
        found: files.map((file) => file.path).join(', '),
      })
    const [file] = files
    if (file === undefined) return
    found.set(path, file)
    free.delete(file)
  }
  const rules: ((path: string) => (file: BundleFile) => boolean)[] = [
    (path) => (file) => file.path === folder + path,
    (path) => (file) => file.path.endsWith(`/${path}`),
    (path) => (file) => baseName(file.path) === baseName(path),
  ]
  for (const rule of rules)
    for (const path of paths) if (!found.has(path)) claim(path, [...free].filter(rule(path)))
  return { found, missing: paths.filter((path) => !found.has(path)) }
}
