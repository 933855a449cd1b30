import { bytesToHex } from '@noble/hashes/utils.js'
import { droppedPath } from '../../protocol/dropped-file'

/** Read at once. */
const PIECE = 2 ** 26

/** A key that names content. */
export const KEY = /^[0-9a-f]{64}$/

/** Files are read through once, however often their key is asked for. */
const known = new WeakMap<readonly File[], Promise<string | null>>()

/**
 * Names a model by what its files hold, so that it is known again wherever it is dropped from.
 * @returns SHA-256 in hexadecimal; null where the browser offers none, which is outside https and localhost
 */
export function contentKey(files: readonly File[]): Promise<string | null> {
  return once(files, (path) => path.split('/').at(-1) ?? '')
}

/** The same for data, whose folders say what is in them. */
export function dataContentKey(files: readonly File[]): Promise<string | null> {
  return once(files, (path) => path)
}

/** Spares reading files that were found under their key. */
export function rememberKey(files: readonly File[], key: string): void {
  known.set(files, Promise.resolve(key))
}

function once(files: readonly File[], nameOf: (path: string) => string): Promise<string | null> {
  const before = known.get(files)
  if (before !== undefined) return before
  const key = keyOf(files, nameOf)
  known.set(files, key)
  // What could not be read may be read later.
  key.catch(() => known.delete(files))
  return key
}

async function keyOf(
  files: readonly File[],
  nameOf: (path: string) => string,
): Promise<string | null> {
  // Not in every context, whatever the type says.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined
  if (subtle === undefined) return null
  const parts: string[] = []
  for (const file of files) {
    parts.push(nameOf(droppedPath(file)))
    for (let from = 0; from < file.size; from += PIECE)
      parts.push(hex(await subtle.digest('SHA-256', await bytesOf(file, from))))
  }
  return hex(await subtle.digest('SHA-256', new TextEncoder().encode(parts.join('\n'))))
}

function bytesOf(file: File, from: number): Promise<ArrayBuffer> {
  return file.slice(from, from + PIECE).arrayBuffer()
}

function hex(digest: ArrayBuffer): string {
  return bytesToHex(new Uint8Array(digest))
}
