/** Opens the browser's own dialogs. */
export interface Pickers {
  readonly openFiles: () => void
  readonly openFolder: () => void
}
