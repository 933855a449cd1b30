import type { BundleFile } from '../../files/file-bundle'
import { droppedFile } from '../../protocol/dropped-file'

export interface CollectedDrop {
  readonly files: readonly File[]
  /** Names that the manifest asks for and nobody has dropped yet; empty when the model is complete. */
  readonly missing: readonly string[]
}

interface PageFile extends BundleFile {
  readonly file: File
}

function pageFile(file: File): PageFile {
  return { ...droppedFile(file), file }
}

/**
 * Adds dropped files to earlier ones and says what is missing. The parser comes with the first drop,
 * not with the page.
 * @throws StudioError 'open/...'
 */
export async function collectDrop(
  received: readonly File[],
  added: readonly File[],
): Promise<CollectedDrop> {
  const { collectFiles } = await import('../../formats/collect-files')
  const result = await collectFiles(received.map(pageFile), added.map(pageFile))
  const bundle = result.status === 'ready' ? result.bundle : result.received
  return {
    // The collector hands back the same objects that it was given.
    files: bundle.flatMap((entry) => ('file' in entry && isFile(entry.file) ? [entry.file] : [])),
    missing: result.status === 'ready' ? [] : result.missing,
  }
}

/** Whether files that were dropped are data for the open model. */
export async function isDroppedData(files: readonly File[]): Promise<boolean> {
  const { isDataDrop } = await import('../../data/recognize-drop')
  return isDataDrop(files.map(pageFile))
}

function isFile(value: unknown): value is File {
  return value instanceof File
}
