import type { BundleFile } from '../files/file-bundle'

/** Where a file lay in the dropped folder; its bare name where nobody knows. */
export function droppedPath(file: File): string {
  const known: unknown = Reflect.get(file, 'webkitRelativePath')
  const added: unknown = Reflect.get(file, 'path')
  const path = [known, added].find((value) => typeof value === 'string' && value !== '')
  return typeof path === 'string' ? path.replace(/^(?:\.?\/)+/, '') : file.name
}

/** What was dropped as parsers read it, on either thread. */
export function droppedFile(file: Blob): BundleFile {
  return {
    path: file instanceof File ? droppedPath(file) : 'model',
    size: file.size,
    read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
  }
}
