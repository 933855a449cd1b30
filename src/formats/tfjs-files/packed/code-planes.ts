import type { Codes } from '../../../core/encoded-tensor'

/** Bits that a code takes in a file. */
export type CodeWidth = 1 | 2 | 4 | 8 | 16

/** What bytes are divided by, one after the other, until each part is a code. */
export const DIVISORS = [16, 4, 2] as const

/** The narrowest codes that tell so many values apart; null: none does. */
export function widthFor(values: number): CodeWidth | null {
  return ([1, 2, 4, 8, 16] as const).find((width) => values <= 2 ** width) ?? null
}

export function codesPerByte(width: CodeWidth): number {
  return width < 8 ? 8 / width : 1
}

/** Divisions by which a byte comes apart into codes. */
export function divisionsFor(width: CodeWidth): readonly number[] {
  return DIVISORS.slice(0, Math.log2(codesPerByte(width)))
}

/**
 * Where in a byte the codes of a plane lie. Byte i holds code i of each plane, a plane being neighbours in the tensor:
 * so runtimes put whole planes one behind the other, where codes of neighbours would have to be dealt out one by one.
 * Halves of bytes come apart first, then halves of those, and each time the lower half comes first.
 */
function shiftOf(plane: number): number {
  return 4 * (plane & 1) + 2 * ((plane >> 1) & 1) + ((plane >> 2) & 1)
}

/** Bytes [from, to) of codes that share bytes. */
export function packedBytes(
  codeAt: (index: number) => number,
  length: number,
  width: CodeWidth,
  from: number,
  to: number,
): Uint8Array {
  const planes = codesPerByte(width)
  const size = Math.ceil(length / planes)
  const bytes = new Uint8Array(to - from)
  for (let plane = 0; plane < planes; plane++) {
    const shift = shiftOf(plane)
    const first = plane * size
    for (let at = from; at < to && first + at < length; at++)
      bytes[at - from] = (bytes[at - from] ?? 0) | (codeAt(first + at) << shift)
  }
  return bytes
}

/** The codes that bytes were packed from. */
export function unpackedCodes(bytes: Codes, length: number, width: CodeWidth): Codes {
  if (width >= 8) return bytes
  const codes = new Uint8Array(length)
  const mask = 2 ** width - 1
  for (let plane = 0; plane < codesPerByte(width); plane++) {
    const shift = shiftOf(plane)
    const first = plane * bytes.length
    const count = Math.min(bytes.length, length - first)
    for (let at = 0; at < count; at++) codes[first + at] = ((bytes[at] ?? 0) >> shift) & mask
  }
  return codes
}
