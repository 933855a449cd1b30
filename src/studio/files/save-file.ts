import type { SavedFile } from './saved-file'

const URL_LIFETIME_MS = 60_000

/** Hands bytes to the browser's download; nothing is sent anywhere. */
export function saveFile({ name, blob }: SavedFile): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download reads the URL after this task; too early a release cancels it in some browsers.
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, URL_LIFETIME_MS)
}
