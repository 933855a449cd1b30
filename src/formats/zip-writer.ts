import { Zip, ZipDeflate } from 'fflate'
import type { Checkpoint, ExportedFile } from './format'

const CHUNK = 256 * 1024

/**
 * fflate writes the local calendar of this moment into every header. Built from local fields, it reads
 * 1980-01-01 12:00 in every time zone, and noon exists even where midnight was skipped.
 */
const FIXED_TIME = new Date(1980, 0, 1, 12, 0, 0)

/**
 * Writes a zip whose bytes depend on nothing but the files: their order, one time stamp, deflate
 * level 6. In pieces, so that a worker stays responsive and cancellable.
 * @returns the archive in parts, for a Blob without a copy
 */
export async function writeZip(
  files: readonly ExportedFile[],
  checkpoint: Checkpoint,
): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  const failures: Error[] = []
  const zip = new Zip((error, part) => {
    if (error !== null) failures.push(error)
    else parts.push(part)
  })
  const total = files.reduce((sum, file) => sum + file.bytes.length, 0)
  let done = 0
  for (const { path, bytes } of files) {
    const entry = new ZipDeflate(path, { level: 6, mem: 8 })
    entry.mtime = FIXED_TIME
    zip.add(entry)
    for (let at = 0; at === 0 || at < bytes.length; at += CHUNK) {
      const chunk = bytes.subarray(at, at + CHUNK)
      entry.push(chunk, at + CHUNK >= bytes.length)
      done += chunk.length
      await checkpoint(done, total)
    }
  }
  zip.end()
  if (failures[0] !== undefined) throw failures[0]
  return parts
}

/** Length of an archive in parts. */
export function zipLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
