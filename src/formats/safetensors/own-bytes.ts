import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'

/** Bytes in an array of their own, so that elements of any width begin where they may. */
export async function ownBytes(
  file: BundleFile,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return (await readBytes(file, from, to)).slice()
}
