// A processor fetches memory ahead of those who walk it in order. The kernels walk some of it in long strides, a
// few channels of each pixel; there every line comes when it is asked for, which costs more than the arithmetic.

/** Bytes of a line of the cache. */
const LINE: usize = 64

/**
 * Brings `bytes` bytes, about to be read or written in strides of `stride` bytes, into the cache by reading them in
 * their order. `sink` is room for four bytes: something must come of the reading.
 */
export function readAhead(from: usize, bytes: usize, stride: usize, sink: usize): void {
  if (stride <= LINE) return
  let sum: i32 = 0
  for (let k: usize = 0; k < bytes; k += LINE) sum |= load<i32>(from + k)
  store<i32>(sink, sum)
}
