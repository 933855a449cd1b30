import { strFromU8 } from 'fflate'

/** What the fields of a structure are of. */
export interface FieldsOf {
  /** Of addresses and of lengths. */
  readonly offsetBytes: number
  readonly lengthBytes: number
  readonly damaged: (place: string, reason: string) => never
  readonly unsupported: (place: string, found: string) => never
}

/** Fields of one structure, one after the other, little-endian; refuses to read beyond its end. */
export class Hdf5Cursor {
  at = 0

  constructor(
    readonly source: FieldsOf,
    /** What messages call the object that it belongs to. */
    readonly place: string,
    readonly bytes: Uint8Array,
  ) {}

  get left(): number {
    return this.bytes.length - this.at
  }

  /** @throws StudioError 'open/h5-damaged' */
  damaged(reason: string): never {
    this.source.damaged(this.place, reason)
  }

  /** @throws StudioError 'open/h5-unsupported' */
  unsupported(found: string): never {
    this.source.unsupported(this.place, found)
  }

  skip(count: number): void {
    if (count > this.left) this.damaged('a structure ends too early')
    this.at += count
  }

  /** Leaves out what fills up to a multiple of 8; at the end there may be none. */
  pad(): void {
    this.at = Math.min(this.bytes.length, Math.ceil(this.at / 8) * 8)
  }

  take(count: number): Uint8Array {
    const { at } = this
    this.skip(count)
    return this.bytes.subarray(at, at + count)
  }

  /** The same fields from here on, of a part of so many bytes. */
  part(count: number): Hdf5Cursor {
    return new Hdf5Cursor(this.source, this.place, this.take(count))
  }

  /** A whole number of 1 to 8 bytes. */
  uint(count: number): number {
    let value = 0
    let scale = 1
    for (const byte of this.take(count)) {
      value += byte * scale
      scale *= 256
    }
    if (!Number.isSafeInteger(value)) this.damaged('a number is larger than any file')
    return value
  }

  byte(): number {
    return this.uint(1)
  }

  length(): number {
    return this.uint(this.source.lengthBytes)
  }

  /** null where nothing lies: all bits of the address are set. */
  address(): number | null {
    const { offsetBytes } = this.source
    if (this.left < offsetBytes) this.damaged('a structure ends too early')
    const bytes = this.bytes.subarray(this.at, this.at + offsetBytes)
    if (bytes.every((byte) => byte === 0xff)) {
      this.skip(offsetBytes)
      return null
    }
    return this.uint(offsetBytes)
  }

  /** Where something has to lie. */
  knownAddress(): number {
    return this.address() ?? this.damaged('an address is missing')
  }

  /** A text of so many bytes, without what stands behind its end. */
  text(count: number): string {
    return textOf(this.take(count))
  }

  /** The four letters that a structure begins with. */
  expect(signature: string): void {
    if (this.left < 4 || strFromU8(this.take(4), true) !== signature)
      this.damaged(`${signature} is not where it should be`)
  }

  version(structure: string, ...known: readonly number[]): number {
    const version = this.byte()
    if (!known.includes(version)) this.unsupported(`${structure} of version ${version}`)
    return version
  }
}

/** Text in UTF-8, up to the first zero. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return strFromU8(end < 0 ? bytes : bytes.subarray(0, end))
}
