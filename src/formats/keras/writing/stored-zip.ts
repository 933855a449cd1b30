import { crc32 } from '../../../core/crc32'
import { joinZip } from '../../../files/zip-writer'
import { PiecedFile } from '../../../files/pieced-file'
import type { FilePiece } from '../../../files/pieced-file'

/** A zip of files that are stored as they are, as Keras writes its own; what is large in it is made when it is read. */
export function storedZip(files: ReadonlyMap<string, PiecedFile>): PiecedFile {
  return new PiecedFile(new StoredZip(files).pieces())
}

/** Heads have a checksum in them, which costs going through a file: known when the first of them is read. */
class StoredZip {
  private parts: readonly (Uint8Array | { readonly size: number })[] | null = null

  constructor(private readonly files: ReadonlyMap<string, PiecedFile>) {}

  pieces(): FilePiece[] {
    // All lengths are known without a checksum.
    const sizes = this.joined(() => 0)
    const bodies = [...this.files.values()]
    return sizes.map((part, index): FilePiece => {
      if (part instanceof Uint8Array)
        return {
          size: part.length,
          content: (from, to) => {
            const head = this.whole()[index]
            return head instanceof Uint8Array ? head.subarray(from, to) : new Uint8Array(to - from)
          },
        }
      const body = bodies[(index - 1) / 2]
      return {
        size: part.size,
        content: (from, to) => body?.content(from, to) ?? new Uint8Array(0),
      }
    })
  }

  private whole(): NonNullable<StoredZip['parts']> {
    this.parts ??= this.joined((file) => {
      let crc = 0
      for (const block of file.blocks()) crc = crc32(block, crc)
      return crc
    })
    return this.parts
  }

  private joined(crcOf: (file: PiecedFile) => number) {
    return joinZip<{ readonly size: number }>(
      [...this.files].map(([path, file]) => ({
        ...{ path, method: 0, packed: [{ size: file.size }], size: file.size },
        ...{ crc: crcOf(file), tail: null },
      })),
    )
  }
}
