import { bytesToHex } from '@noble/hashes/utils.js'
import { droppedPath } from '../../protocol/dropped-file'

/** Read at once. */
const PIECE = 2 ** 26

/**
 * Names a model by what its files hold, so that it is known again wherever it is dropped from.
 * @returns SHA-256 in hexadecimal; null where the browser offers none, which is outside https and localhost
 */
export async function contentKey(files: readonly File[]): Promise<string | null> {
  // Not in every context, whatever the type says.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined
  if (subtle === undefined) return null
  const parts: string[] = []
  for (const file of files) {
    parts.push(droppedPath(file).split('/').at(-1) ?? '')
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
