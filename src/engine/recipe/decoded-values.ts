import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { decode } from '../../core/encoded-tensor'
import { float16Table, numberToFloat16 } from '../../core/float16'
import type { ExportFormat, ExportTensor } from '../../formats/format'
import type { Between } from '../../files/between'

const BLOCK = 2 ** 20

/** The values that a file of this format restores, computed from what was measured, not from a file. */
export function decodedValues(
  tensor: ExportTensor,
  format: ExportFormat,
): Float32Array | Int32Array | Uint8Array {
  const values = 'kind' in tensor ? decode(tensor) : tensor.values
  if (format !== 'float16' || !(values instanceof Float32Array)) return values
  const table = float16Table()
  return values.map((value) => table[numberToFloat16(value)] ?? NaN)
}

const known = new WeakMap<ExportTensor, Map<ExportFormat, string>>()

/** SHA-256 of each tensor's decoded values, in 64 hexadecimal digits; computed once for each tensor. */
export async function decodedHashes(
  tensors: readonly ExportTensor[],
  format: ExportFormat,
  between: Between,
): Promise<string[]> {
  const hashes: string[] = []
  for (const [index, tensor] of tensors.entries()) {
    const perFormat = known.get(tensor) ?? new Map<ExportFormat, string>()
    known.set(tensor, perFormat)
    const hash =
      perFormat.get(format) ??
      (await hashInPieces(decodedValues(tensor, format), () => between(index, tensors.length)))
    perFormat.set(format, hash)
    hashes.push(hash)
  }
  return hashes
}

async function hashInPieces(
  values: Float32Array | Int32Array | Uint8Array,
  between: () => Promise<void>,
): Promise<string> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const hash = sha256.create()
  for (let at = 0; at < bytes.length; at += BLOCK) {
    hash.update(bytes.subarray(at, at + BLOCK))
    await between()
  }
  return bytesToHex(hash.digest())
}
