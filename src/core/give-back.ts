/** What every browser of today has, and what TypeScript knows of the next edition. */
interface Movable {
  readonly transfer?: (length: number) => ArrayBuffer
}

/** Before that, a buffer could only move as a whole: the collector frees it, but nobody reads it any more, either. */
interface Host {
  readonly structuredClone: (value: ArrayBuffer, options: { transfer: ArrayBuffer[] }) => unknown
}

/**
 * Frees at once what lies under an array that nobody reads any more, all of it: until the collector comes by itself,
 * a large file's pieces are hundreds of megabytes. The array is empty afterwards, and so are others of the same memory.
 */
export function giveBack({ buffer }: ArrayBufferView): void {
  // What is gone already has no bytes.
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) return
  const { transfer } = buffer as Movable
  if (transfer === undefined)
    (globalThis as unknown as Host).structuredClone(buffer, { transfer: [buffer] })
  else transfer.call(buffer, 0)
}
