/**
 * Damages the bytes of a file, in up to four places: a byte or a bit turned, a stretch cleared or written over by another one,
 * or the end cut off.
 * @param next numbers in [0, 1)
 */
export function mutateBytes(
  original: Uint8Array,
  next: () => number,
): { readonly bytes: Uint8Array; readonly done: string } {
  let bytes = original.slice()
  const done: string[] = []
  for (let left = 1 + Math.floor(next() * 4); left > 0; left--) {
    const at = Math.floor(next() * bytes.length)
    const kind = next()
    const length = 1 + Math.floor(next() * 64)
    if (kind < 0.45) bytes[at] = Math.floor(next() * 256)
    else if (kind < 0.55) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8))
    else if (kind < 0.7) bytes.fill(next() < 0.5 ? 0 : 255, at, at + (length >> 3))
    else if (kind < 0.9) bytes.copyWithin(at, Math.floor(next() * bytes.length), at + length)
    else bytes = bytes.slice(0, at)
    done.push(`${kind.toFixed(2)} at ${at}`)
  }
  return { bytes, done: done.join(', ') }
}
