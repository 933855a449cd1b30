import { joined, message, varint } from '../../../../files/protobuf/write-message'
import type { Field } from '../../../../files/protobuf/write-message'

/** An attribute of a node: AttributeProto without its name. */
export type WrittenAttribute = readonly Field[]

/** Numbers of AttributeProto.AttributeType. */
const [FLOAT, INT, STRING, FLOATS, INTS, STRINGS] = [1, 2, 3, 6, 7, 8] as const
/** Where a message says which of them it is. */
const TYPE = 20

export function whole(value: number): WrittenAttribute {
  return [
    [3, value],
    [TYPE, INT],
  ]
}

export function flag(value: boolean): WrittenAttribute {
  return whole(value ? 1 : 0)
}

export function real(value: number): WrittenAttribute {
  return [
    [2, { float: value }],
    [TYPE, FLOAT],
  ]
}

export function text(value: string): WrittenAttribute {
  return [
    [4, value],
    [TYPE, STRING],
  ]
}

export function wholes(values: readonly number[]): WrittenAttribute {
  const list = joined(values.map(varint))
  return [...(values.length === 0 ? [] : [[8, list] as const]), [TYPE, INTS]]
}

export function reals(values: readonly number[]): WrittenAttribute {
  const list = new Uint8Array(Float32Array.from(values).buffer)
  return [...(values.length === 0 ? [] : [[7, list] as const]), [TYPE, FLOATS]]
}

export function texts(values: readonly string[]): WrittenAttribute {
  return [...values.map((value) => [9, value] as const), [TYPE, STRINGS]]
}

export function attributeMessage(name: string, attribute: WrittenAttribute): Uint8Array {
  return message([[1, name], ...attribute])
}
