/** The arrays one after the other, in a new one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return filled(new Uint8Array(lengthOf(parts)), parts)
}

/** The arrays one after the other, in a new one. */
export function joinFloats(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return filled(new Float32Array(lengthOf(parts)), parts)
}

function lengthOf(parts: readonly { readonly length: number }[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
}

function filled<Part extends ArrayLike<number>, All extends { set(part: Part, at: number): void }>(
  all: All,
  parts: readonly Part[],
): All {
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
