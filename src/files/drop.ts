import { StudioError } from '../core/errors'
import type { BundleFile, FileBundle } from './file-bundle'
import { limits } from './limits'
import { readBytes } from './read-bytes'
import { parseJson } from './read-json'
import type { Json } from './read-json'
import { HEAD_BYTES, sniff } from './sniff'

/** What was read of a file so far. */
interface Read {
  head?: Promise<Uint8Array>
  json?: Promise<Json>
}

/**
 * Files that came together, each read once: formats look at them one after the other, and each gets
 * what those before it have read.
 */
export class Drop {
  readonly files: FileBundle
  /** The zip that the files come from, as a person calls it; null where they lay loose. */
  readonly zip: string | null
  private readonly read: ReadonlyMap<BundleFile, Read>

  /** @param before an earlier drop: what it has read of files that are here too is not read again */
  constructor(files: FileBundle, before: Drop | null = null, zip: string | null = null) {
    this.files = files
    this.zip = zip
    this.read = new Map(files.map((file) => [file, before?.read.get(file) ?? {}]))
  }

  /**
   * The first `HEAD_BYTES` bytes, or all of a shorter file.
   * @throws StudioError 'open/not-read'
   */
  head(file: BundleFile): Promise<Uint8Array> {
    const read = this.of(file)
    return (read.head ??= headOf(file))
  }

  /**
   * A file as JSON, for nobody to change: size, then what the file is, then bounded parsing.
   * @throws StudioError 'open/too-large', 'open/is-...', 'open/json-...', 'open/forbidden-name'
   */
  json(file: BundleFile): Promise<Json> {
    const read = this.of(file)
    return (read.json ??= this.parse(file))
  }

  /**
   * @throws StudioError 'open/is-...' when a file is of a kind that can be named,
   * 'open/not-read' when it cannot be read
   */
  async refuseWrongKind(file: BundleFile): Promise<void> {
    const kind = sniff(file.path, await this.head(file))
    if (kind !== null) throw new StudioError(kind, { file: file.path })
  }

  private of(file: BundleFile): Read {
    const read = this.read.get(file)
    if (read === undefined) throw new RangeError(`${file.path} is no file of this drop`)
    return read
  }

  private async parse(file: BundleFile): Promise<Json> {
    if (file.size > limits.jsonBytes)
      throw new StudioError('open/too-large', {
        file: file.path,
        found: file.size,
        limit: limits.jsonBytes,
      })
    await this.refuseWrongKind(file)
    const bytes = new Uint8Array(file.size)
    const head = await this.head(file)
    bytes.set(head)
    bytes.set(await readBytes(file, head.length, file.size), head.length)
    return parseJson(file.path, bytes)
  }
}

/** Of its own: a view would hold all that a zip has inflated for it. */
async function headOf(file: BundleFile): Promise<Uint8Array> {
  const bytes = await readBytes(file, 0, Math.min(file.size, HEAD_BYTES))
  return bytes.byteLength < bytes.buffer.byteLength ? bytes.slice() : bytes
}
