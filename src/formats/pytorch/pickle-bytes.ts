import { strFromU8 } from 'fflate'
import { tensorError } from '../named-weights/tensor-error'

/** The bytes of a pickle, read from the first to the last; every read is held to what there is. */
export class PickleBytes {
  private at = 0
  private opcodeAt = 0
  private readonly view: DataView

  constructor(
    readonly file: string,
    private readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  opcode(): number {
    this.opcodeAt = this.at
    return this.u8()
  }

  u8(): number {
    return this.view.getUint8(this.take(1))
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true)
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true)
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true)
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), false)
  }

  /** A little-endian number in two's complement; past 53 bits, where seeds may be, the nearest that there is. */
  long(length: number): number {
    let value = 0n
    for (const byte of this.raw(length).toReversed()) value = (value << 8n) | BigInt(byte)
    return Number(BigInt.asIntN(8 * length, value))
  }

  raw(length: number): Uint8Array {
    const start = this.take(length)
    return this.bytes.subarray(start, start + length)
  }

  text(length: number): string {
    return strFromU8(this.raw(length))
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end < 0) this.fail('the end of a name', 'the end of the file')
    const text = strFromU8(this.bytes.subarray(this.at, end))
    this.at = end + 1
    return text
  }

  /** @throws StudioError 'open/tensor-field' with the place of the last opcode */
  fail(expected: string, found: string): never {
    throw tensorError(this.file, `byte ${this.opcodeAt}`, expected, found)
  }

  /** The place of so many bytes, which are behind it afterwards. */
  private take(count: number): number {
    const start = this.at
    if (start + count > this.bytes.length) this.fail('more bytes', 'the end of the file')
    this.at = start + count
    return start
  }
}
