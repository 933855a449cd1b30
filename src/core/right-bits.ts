/**
 * Which samples a model has right, a bit for each.
 * @param right 1 for each sample that is right, else 0
 * @returns the first sample in the lowest bit of the first byte
 */
export function packRight(right: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(right.length / 8))
  right.forEach((one, at) => {
    if (one === 1) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
  })
  return bits
}

/** Samples that one of two models alone has right, of the same samples in the same order: what a paired test needs. */
export function countOnly(
  first: Uint8Array,
  second: Uint8Array,
): { readonly onlyFirst: number; readonly onlySecond: number } {
  let onlyFirst = 0
  let onlySecond = 0
  const bytes = Math.max(first.length, second.length)
  for (let at = 0; at < bytes; at++) {
    const [one, other] = [first[at] ?? 0, second[at] ?? 0]
    onlyFirst += ones(one & ~other)
    onlySecond += ones(other & ~one)
  }
  return { onlyFirst, onlySecond }
}

function ones(byte: number): number {
  let count = 0
  for (let left = byte & 0xff; left !== 0; left &= left - 1) count++
  return count
}
