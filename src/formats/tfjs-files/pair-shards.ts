import { StudioError } from '../../core/errors'
import { baseName } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { copyName } from './copy-mark'
import { groupBytes } from './parse-manifest'
import type { ManifestGroup } from './parse-manifest'
import { decodedPath } from './shard-path'

type Found = ReadonlyMap<string, BundleFile>

export interface PairedShards {
  readonly found: Found
  /** Manifest paths without a file, in manifest order. */
  readonly missing: readonly string[]
  /** Paths whose file has another name, and was known by its size. */
  readonly bySize: readonly string[]
  /** Weight files that belong to no path. */
  readonly others: FileBundle
}

/**
 * Finds the file of each manifest path: first beside model.json, then by the end of the path, then by
 * base name, because dropped files often lose their folders. No file serves two paths. What has no file
 * of its name, or files whose bytes are not those that the manifest adds up to, is looked for among second
 * copies (`weights (1).bin`), and at last in the only weight file that is left: these have to be of the
 * very size.
 *
 * Two shards of the same size whose names were swapped cannot be told apart by this, nor by byte
 * accounting: the names are all that a manifest says about them. Exports of the studio carry a
 * SHA-256 of each shard in report.json, which `checkShardHashes` compares.
 * @throws StudioError 'open/ambiguous-shard'
 */
export function pairShards(
  model: BundleFile,
  groups: readonly ManifestGroup[],
  bundle: FileBundle,
): PairedShards {
  const paths = groups.flatMap((group) => group.paths)
  const named = byName(model, paths, bundle)
  const found = new Map(named)
  const others = (): FileBundle => {
    const taken = new Set([model, ...found.values()])
    return bundle.filter((file) => !taken.has(file) && isWeightFile(file))
  }
  for (const group of groups) {
    const [only, second] = copiesOf(model, group, found, others())
    if (only === undefined) continue
    const path = [...only.keys()].find((key) => only.get(key) !== found.get(key)) ?? ''
    const rival = second?.get(path)
    const copy = only.get(path)
    if (rival !== undefined && copy !== undefined) throw ambiguous(model, path, [rival, copy])
    for (const [key, file] of only) found.set(key, file)
  }
  const [path, ...more] = paths.filter((key) => !found.has(key))
  const [file, ...rest] = others()
  if (path !== undefined && file !== undefined && more.length + rest.length === 0) {
    const group = groups.find((candidate) => candidate.paths.includes(path))
    const whole = new Map([...found, [path, file]])
    if (group !== undefined && fits(group, whole)) found.set(path, file)
  }
  return {
    found,
    missing: paths.filter((key) => !found.has(key)),
    bySize: paths.filter((key) => found.get(key) !== named.get(key)),
    others: others(),
  }
}

function byName(model: BundleFile, paths: readonly string[], bundle: FileBundle): Found {
  const folder = model.path.slice(0, model.path.length - baseName(model.path).length)
  const found = new Map<string, BundleFile>()
  const free = new Set(bundle.filter((file) => file !== model))
  const claim = (path: string, files: readonly BundleFile[]): void => {
    if (files.length > 1) throw ambiguous(model, path, files)
    const [file] = files
    if (file === undefined) return
    found.set(path, file)
    free.delete(file)
  }
  const rules: ((path: string) => (file: BundleFile) => boolean)[] = [
    (path) => (file) => file.path === folder + path,
    (path) => (file) => file.path.endsWith(`/${path}`),
    (path) => (file) => baseName(file.path) === baseName(path),
    (path) => {
      const decoded = decodedPath(path)
      return (file) => decoded !== null && baseName(file.path) === baseName(decoded)
    },
  ]
  for (const rule of rules)
    for (const path of paths) if (!found.has(path)) claim(path, [...free].filter(rule(path)))
  return found
}

/**
 * The ways to read a group from second copies of one mark, each with a file for every path: all of them,
 * or those for which no file of their name came. Where files of the names fit, copies are the way only for a
 * model that is a second copy with the same mark: `model (1).json` and `weights (1).bin` came together.
 */
function copiesOf(
  model: BundleFile,
  group: ManifestGroup,
  found: Found,
  free: FileBundle,
): readonly Found[] {
  const own = copyName(baseName(model.path)).mark
  const marked = free.map((file) => ({ file, ...copyName(baseName(file.path)) }))
  const marks = new Set(marked.map(({ mark }) => mark).filter((mark) => mark !== ''))
  const ways = [...marks].flatMap((mark) => {
    if (fits(group, found) && mark !== own) return []
    const copies = new Map<string, BundleFile>()
    for (const path of group.paths)
      for (const { file, plain, mark: its } of marked)
        if (
          its === mark &&
          (plain === baseName(path) || plain === baseName(decodedPath(path) ?? ''))
        )
          copies.set(path, file)
    const named = group.paths.flatMap((path) => {
      const file = found.get(path)
      return file === undefined ? [] : [[path, file] as const]
    })
    const missing = new Map([...copies, ...named])
    return [copies, ...(missing.size > named.length ? [missing] : [])].filter((way) =>
      fits(group, way),
    )
  })
  // Where no file of a name came, both ways are one.
  return ways.filter((way, index) => index === ways.findIndex((other) => same(way, other)))
}

function same(left: Found, right: Found): boolean {
  return [...left].every(([path, file]) => right.get(path) === file)
}

/** Whether every path of a group has a file, and these have the bytes that its entries add up to. */
function fits(group: ManifestGroup, files: Found): boolean {
  const sizes = group.paths.map((path) => files.get(path)?.size ?? NaN)
  return sizes.length > 0 && sizes.reduce((sum, size) => sum + size, 0) === groupBytes(group)
}

/** What a weight file may be called: converters before 1.0 wrote names without an extension. */
function isWeightFile({ path }: BundleFile): boolean {
  return /\.(?:bin|buf|weights|data)$|^[^.]*(?:shard|weight|model)[^.]*$/i.test(baseName(path))
}

function ambiguous(model: BundleFile, shard: string, files: readonly BundleFile[]): StudioError {
  return new StudioError('open/ambiguous-shard', {
    file: model.path,
    shard,
    found: files.map((file) => file.path).join(', '),
  })
}
