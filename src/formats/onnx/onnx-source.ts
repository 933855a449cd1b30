import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import type { BundleFile } from '../../files/file-bundle'
import { WireFile, readVarint } from '../../files/protobuf/wire-message'
import type { WireField } from '../../files/protobuf/wire-message'
import { ElementCount } from '../named-weights/tensor-error'

/** Names, and what documents them; a longer text is nothing that is read here. */
const LONGEST_TEXT = 2 ** 20
/** Axes, sides, paddings. */
const MOST_NUMBERS = 2 ** 20

/** A file of ONNX with the counts that hold for all of it. */
export class OnnxSource {
  readonly wire: WireFile
  /** Of all tensors. */
  readonly count: ElementCount

  constructor(readonly file: BundleFile) {
    this.count = new ElementCount(file.path)
    this.wire = new WireFile(
      file,
      (place, reason) => new StudioError('open/onnx-damaged', { file: file.path, place, reason }),
    )
  }

  refused(field: string, expected: string, found: string): StudioError {
    return new StudioError('open/onnx-field', {
      ...{ file: this.file.path, field: shortText(field) },
      ...{ expected, found: shortText(found) },
    })
  }

  async text({ begin, end, wire }: WireField): Promise<string> {
    if (wire !== 2) throw this.refused(`byte ${begin}`, 'a text', 'a number')
    if (end - begin > LONGEST_TEXT)
      throw this.refused(
        `byte ${begin}`,
        `a text of at most ${LONGEST_TEXT} bytes`,
        `${end - begin}`,
      )
    return new TextDecoder().decode(await this.wire.bytes(begin, end))
  }

  /** Whole numbers of a repeated field, packed or one by one. */
  async wholes(field: WireField): Promise<readonly number[]> {
    if (field.wire === 0) return [field.value]
    const bytes = await this.packed(field, 1)
    const numbers: number[] = []
    for (let at = 0; at < bytes.length;) {
      const varint = readVarint(bytes, at)
      if (varint === null)
        throw this.wire.damaged(`byte ${field.begin + at}`, 'a number without an end')
      numbers.push(varint.value)
      at += varint.length
    }
    return numbers
  }

  /** Numbers of 4 bytes of a repeated field, packed or one by one; one alone as well. */
  async floats(field: WireField): Promise<readonly number[]> {
    const bytes = await this.packed(field, 4)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true))
  }

  private async packed({ begin, end, wire }: WireField, size: number): Promise<Uint8Array> {
    const length = end - begin
    const isOther = wire === 0 || (wire === 1 && size !== 8) || length % size !== 0
    if (isOther || length > size * MOST_NUMBERS)
      throw this.wire.damaged(`byte ${begin}`, 'a list that is none')
    return this.wire.bytes(begin, end)
  }
}
