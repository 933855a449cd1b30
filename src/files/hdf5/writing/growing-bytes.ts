/** Little-endian fields one after the other, in room that grows. Addresses that are known later are put in later. */
export class GrowingBytes {
  private room = new Uint8Array(4096)
  private view = new DataView(this.room.buffer)
  private end = 0

  get length(): number {
    return this.end
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.room.subarray(0, this.end)
  }

  byte(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.more(1)
      this.view.setUint8(at, value)
    }
    return this
  }

  uint16(value: number): this {
    const at = this.more(2)
    this.view.setUint16(at, value, true)
    return this
  }

  uint32(value: number): this {
    const at = this.more(4)
    this.view.setUint32(at, value, true)
    return this
  }

  /** An address or a length; null where nothing lies. */
  uint64(value: number | null): this {
    const at = this.more(8)
    this.put(at, value)
    return this
  }

  raw(bytes: Uint8Array): this {
    const at = this.more(bytes.length)
    this.room.set(bytes, at)
    return this
  }

  zeros(count: number): this {
    this.more(count)
    return this
  }

  /** Zeros up to where a field may begin. */
  align(): this {
    return this.zeros(padding(this.end))
  }

  put(at: number, value: number | null): void {
    this.view.setBigUint64(at, value === null ? UNDEFINED : BigInt(value), true)
  }

  private more(count: number): number {
    const at = this.end
    this.end += count
    if (this.end > this.room.length) {
      const larger = new Uint8Array(Math.max(this.end, 2 * this.room.length))
      larger.set(this.room)
      this.room = larger
      this.view = new DataView(larger.buffer)
    }
    return at
  }
}

const UNDEFINED = 2n ** 64n - 1n

/** Bytes between the end of something and where HDF5 begins the next. */
export function padding(length: number): number {
  return (8 - (length % 8)) % 8
}
