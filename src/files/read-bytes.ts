import { StudioError } from '../core/errors'
import type { BundleFile } from './file-bundle'

/**
 * Reads bytes [start, end) of a file and insists on getting all of them.
 * @throws StudioError 'open/not-read' when the file was moved, changed or cannot be read
 */
export async function readBytes(file: BundleFile, start: number, end: number): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = await file.read(start, end)
  } catch (error) {
    if (error instanceof StudioError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('open/not-read', { file: file.path, reason })
  }
  if (bytes.length !== end - start)
    throw new StudioError('open/not-read', {
      file: file.path,
      reason: `${end - start} bytes asked for, ${bytes.length} read`,
    })
  return bytes
}
