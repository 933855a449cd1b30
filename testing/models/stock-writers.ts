import type * as Tf from '@tensorflow/tfjs'
import { IDBFactory } from 'fake-indexeddb'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'

/** A file that a page hands to the browser for saving. */
interface Saved {
  readonly name: string
  readonly blob: Blob
}

/** What stock TensorFlow.js asks of a browser while it saves. */
function fakeBrowser(saved: Saved[]): Record<string, unknown> {
  const blobs = new Map<string, Blob>()
  const stored = new Map<string, string>()
  const anchor = () => ({
    download: '',
    href: '',
    dispatchEvent(): boolean {
      saved.push({ name: this.download, blob: blobs.get(this.href) ?? new Blob() })
      return true
    },
  })
  return {
    document: { createElement: anchor },
    MouseEvent: Event,
    window: {
      indexedDB: new IDBFactory(),
      localStorage: {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => void stored.set(key, value),
        removeItem: (key: string) => void stored.delete(key),
        key: (index: number) => [...stored.keys()][index] ?? null,
        get length() {
          return stored.size
        },
      },
      URL: {
        createObjectURL: (blob: Blob) => {
          const url = `blob:${blobs.size}`
          blobs.set(url, blob)
          return url
        },
      },
    },
  }
}

/**
 * Runs stock code as in a browser, which is an arrangement of globals for the time it takes.
 * @returns what was handed to the browser for saving, as files of a drop
 */
export async function savedInBrowser(
  tf: typeof Tf,
  save: () => Promise<unknown>,
): Promise<FileBundle> {
  const saved: Saved[] = []
  const before = tf.env().getBool('IS_BROWSER')
  const fakes = fakeBrowser(saved)
  Object.assign(globalThis, fakes)
  tf.env().set('IS_BROWSER', true)
  try {
    await save()
  } finally {
    tf.env().set('IS_BROWSER', before)
    for (const name of Object.keys(fakes)) Reflect.deleteProperty(globalThis, name)
  }
  return Promise.all(
    saved.map(async ({ name, blob }) => memoryFile(name, new Uint8Array(await blob.arrayBuffer()))),
  )
}

/** The files of the form that stock code sends to a server. */
export async function sentFiles(body: FormData): Promise<FileBundle> {
  const files = [...body.values()].filter((value) => value instanceof File)
  return Promise.all(
    files.map(async (file) => memoryFile(file.name, new Uint8Array(await file.arrayBuffer()))),
  )
}
