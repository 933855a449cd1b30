import type { Entry } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { StudioError } from '../core/errors'
import { shortName } from '../core/short-text'
import { isClutter } from './clutter'
import type { BundleFile } from './file-bundle'
import { decodedOrNull } from './likely-encoding'
import { decodedName, guessNames } from './name-encoding'
import type { NameEncoding } from './name-encoding'
import { damaged } from './zip-errors'

/** What the directory lists, file or folder, and where it lies. */
export interface NamedEntry {
  readonly entry: Entry
  readonly path: string
}

/** How the names of a zip were read that do not say their encoding. */
export interface NamesInZip {
  /** Those with other letters than English ones. */
  readonly count: number
  /** The likeliest encoding; of none UTF-8. */
  readonly likely: NameEncoding
  /** How many of them are UTF-8 though the others are not. */
  readonly utf8: number
}

function isFolder({ entry, path }: NamedEntry): boolean {
  return entry.directory || path.endsWith('/')
}

function isUnsafe(path: string): boolean {
  return path === '' || /^\/|^[a-z]:|\p{Cc}/iu.test(path) || path.split('/').includes('..')
}

/** Names of entries: judged as soon as they are known, and only once all of them have been seen. */
export class ZipNames {
  private readonly items: { readonly entry: Entry; readonly name: string | null }[] = []

  constructor(private readonly file: BundleFile) {}

  /** @throws StudioError 'open/zip-path' */
  add(entry: Entry): void {
    const name = toldName(entry)
    // Code page 437 has pictures where ASCII has control characters.
    const hasControls = entry.rawFilename.some((byte) => byte < 32 || byte === 127)
    if (hasControls) this.refuse(name ?? entry.filename)
    if (name !== null) this.pathOf(name)
    this.items.push({ entry, name })
  }

  /**
   * All entries with their paths.
   * @param chosen encoding of names that do not say theirs, but for those that are UTF-8 beside others; null:
   * the likeliest
   * @throws StudioError 'open/zip-path', 'open/zip-damaged' where two entries have one name
   */
  read(chosen: NameEncoding | null): {
    readonly items: readonly NamedEntry[]
    readonly names: NamesInZip
  } {
    const untold = this.items.flatMap(({ entry, name }) =>
      name === null ? [entry.rawFilename] : [],
    )
    const { likely, utf8 } = guessNames(untold)
    let place = 0
    const taken = new Set<string>()
    const items: NamedEntry[] = []
    for (const { entry, name } of this.items) {
      const decoded = (code: NameEncoding): string =>
        this.pathOf(decodedName(entry.rawFilename, code))
      const isUtf8 = name === null && utf8.has(place++)
      const encoding = isUtf8 ? 'utf-8' : (chosen ?? likely)
      let path = name === null ? decoded(encoding) : this.pathOf(name)
      // Some encodings have a character twice; code page 437 has none.
      if (name === null && taken.has(path)) path = decoded('cp437')
      // What `tar` and others call the folder itself.
      if (path === '') continue
      items.push({ entry, path })
      if (isClutter(path)) continue
      if (taken.has(path)) damaged(this.file, `two entries are called ${shortName(path)}`)
      if (!isFolder({ entry, path })) taken.add(path)
    }
    return { items, names: { count: untold.length, likely, utf8: utf8.size } }
  }

  /** Windows parts folders by backslashes; `.` is the folder itself, and no part of a path. */
  private pathOf(name: string): string {
    const told = name.replaceAll('\\', '/')
    const parts = told.split('/')
    const path = parts.includes('.') ? parts.filter((part) => part !== '.').join('/') : told
    const isRoot = /^(?:\.\/)+$/.test(told)
    if (isUnsafe(path) && !isRoot) this.refuse(name)
    return path
  }

  private refuse(name: string): never {
    throw new StudioError('open/zip-path', { file: this.file.path, entry: shortName(name) })
  }
}

/** The name as the archive says it: in UTF-8 by its flag or in a field of its own, or in plain ASCII. */
function toldName({ bitFlag, extraFieldUnicodePath, rawFilename }: Entry): string | null {
  const isAscii = rawFilename.every((byte) => byte < 0x80)
  // Its checksum says that the field is of this name.
  if (extraFieldUnicodePath?.valid === true) {
    const bytes = extraFieldUnicodePath.data.subarray(5)
    const name = decodedOrNull(bytes, 'utf-8')
    if (name !== null) return name
  }
  return isAscii || bitFlag?.languageEncodingFlag === true
    ? decodedOrNull(rawFilename, 'utf-8')
    : null
}
