/** A file that the browser's download takes. */
export interface SavedFile {
  readonly name: string
  readonly blob: Blob
}
