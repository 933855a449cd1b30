import type {
  ByteRange,
  WireField,
  WireFile,
  WireMessage,
} from '../../../files/protobuf/wire-message'
import { varint } from '../../../files/protobuf/write-message'
import type { OnnxTensor } from '../onnx-model'
import { EXTERNAL, LOCATION, RAW, typedFields } from '../read-tensor'
import { sizeOf } from '../tensor-bytes'

/** A piece of a file that is written: bytes of the old one, bytes of its own, or the numbers of a tensor. */
export type FilePart =
  | ({ readonly kind: 'kept' } & ByteRange)
  | { readonly kind: 'made'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'numbers'; readonly tensor: OnnxTensor; readonly size: number }

/**
 * A file of ONNX with places for other numbers of some of its tensors, row-major and little-endian in their own types. All
 * else stays byte for byte, whatever it is: nodes, names, metadata, functions, fields that nobody here knows. Only the lengths of what
 * holds a changed tensor are written anew, and only where they differ.
 * @param tensors of this file; those whose numbers are in fields of their own or in another file get them as `raw_data`
 * @throws StudioError 'open/onnx-damaged', 'open/not-read'
 */
export async function partsWithNumbers(
  file: WireFile,
  tensors: readonly OnnxTensor[],
): Promise<readonly FilePart[]> {
  const inOrder = tensors.toSorted((one, other) => one.message.begin - other.message.begin)
  const { parts } = await new PartsOf(inOrder).message(file.whole())
  return parts
}

export function partSize(part: FilePart): number {
  if (part.kind === 'kept') return part.end - part.begin
  return part.kind === 'made' ? part.bytes.length : part.size
}

interface Written {
  readonly parts: readonly FilePart[]
  readonly size: number
}

/** Goes through a file once; whatever holds a tensor is told by its range alone. */
class PartsOf {
  private next = 0

  /** @param tensors in the order of the file */
  constructor(private readonly tensors: readonly OnnxTensor[]) {}

  async message(message: WireMessage): Promise<Written> {
    const parts = new Parts()
    let head = message.range.begin
    for await (const field of message.fields()) {
      const tensor = this.tensors[this.next]
      const isChanged = tensor !== undefined && field.wire === 2 && holds(field, tensor.message)
      if (isChanged) parts.field(head, field, await this.inner(message.inner(field), tensor))
      else parts.keep(head, field.end)
      head = field.end
    }
    return parts
  }

  private inner(message: WireMessage, tensor: OnnxTensor): Promise<Written> {
    const { begin, end } = message.range
    if (begin !== tensor.message.begin || end !== tensor.message.end) return this.message(message)
    this.next++
    return tensorParts(message, tensor)
  }
}

async function tensorParts(message: WireMessage, tensor: OnnxTensor): Promise<Written> {
  const isExternal = tensor.data.kind === 'external'
  const size = sizeOf(tensor)
  const parts = new Parts()
  let head = message.range.begin
  let isWritten = false
  for await (const field of message.fields()) {
    const { number } = field
    const isElsewhere = isExternal && (number === EXTERNAL || number === LOCATION)
    if (number !== RAW && !typedFields.has(number) && !isElsewhere) parts.keep(head, field.end)
    else if (!isWritten) {
      const numbers = { parts: [{ kind: 'numbers', tensor, size } as const], size }
      if (number === RAW) parts.field(head, field, numbers)
      else parts.newField(RAW, numbers)
      isWritten = true
    }
    head = field.end
  }
  return parts
}

function holds(outer: ByteRange, inner: ByteRange): boolean {
  return outer.begin <= inner.begin && inner.end <= outer.end
}

class Parts implements Written {
  readonly parts: FilePart[] = []
  size = 0

  keep(begin: number, end: number): void {
    if (begin === end) return
    this.size += end - begin
    const last = this.parts.at(-1)
    if (last?.kind !== 'kept' || last.end !== begin) this.parts.push({ kind: 'kept', begin, end })
    else this.parts[this.parts.length - 1] = { kind: 'kept', begin: last.begin, end }
  }

  /** A field with something else in it; its tag and length stay as they are where they still hold. */
  field(head: number, { begin, end, number }: WireField, written: Written): void {
    if (written.size !== end - begin) {
      this.newField(number, written)
      return
    }
    this.keep(head, begin)
    this.add(written)
  }

  newField(number: number, written: Written): void {
    const bytes = Uint8Array.from([...varint(number * 8 + 2), ...varint(written.size)])
    this.parts.push({ kind: 'made', bytes })
    this.size += bytes.length
    this.add(written)
  }

  private add({ parts }: Written): void {
    for (const part of parts) {
      if (part.kind === 'kept') this.keep(part.begin, part.end)
      else {
        this.parts.push(part)
        this.size += partSize(part)
      }
    }
  }
}
