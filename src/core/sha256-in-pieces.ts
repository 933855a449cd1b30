import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** Some milliseconds of hashing. */
const PIECE = 2 ** 20

/**
 * SHA-256 in 64 hexadecimal digits, in pieces so that the caller stays responsive.
 * @param length of what is hashed, in bytes
 * @param read gives bytes [from, to)
 * @param between called after each piece with the bytes hashed so far; what it throws ends the work
 */
export async function sha256InPieces(
  length: number,
  read: (from: number, to: number) => Uint8Array | Promise<Uint8Array>,
  between: (done: number) => Promise<void>,
): Promise<string> {
  const hash = sha256.create()
  for (let from = 0; from < length; from += PIECE) {
    const to = Math.min(length, from + PIECE)
    hash.update(await read(from, to))
    await between(to)
  }
  return bytesToHex(hash.digest())
}
