import { baseName } from '../../files/file-bundle'
import { droppedFile } from '../../protocol/dropped-file'

/** Adds dropped files to those that came before; a new one replaces an earlier one of its base name. */
export function withDropped(received: readonly File[], added: readonly File[]): readonly File[] {
  const replaced = new Set(added.map(nameOf))
  return [...received.filter((file) => !replaced.has(nameOf(file))), ...added]
}

/** Whether files that were dropped are one zip, which is complete by itself. */
export async function isOneZip(files: readonly File[]): Promise<boolean> {
  const [file, ...others] = files
  if (file === undefined || others.length > 0) return false
  const { isZip } = await import('../../files/sniff')
  try {
    return isZip(new Uint8Array(await file.slice(0, 4).arrayBuffer()))
  } catch {
    // What is wrong with the file is said by whoever opens it.
    return false
  }
}

function nameOf(file: File): string {
  return baseName(droppedFile(file).path)
}
