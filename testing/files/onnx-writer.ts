/** Writes the few messages of ONNX that tests need, right or wrong: https://protobuf.dev/programming-guides/encoding/ */
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { textBytes } from './layers-files'

/** A field by its number: a whole number, a text, or the bytes of a message. */
export type Field = readonly [number, number | string | Uint8Array]

export function message(...fields: readonly Field[]): Uint8Array {
  return joined(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8), varint(value)]
      const bytes = typeof value === 'string' ? textBytes(value) : value
      return [varint(number * 8 + 2), varint(bytes.length), bytes]
    }),
  )
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let left = BigInt.asUintN(64, BigInt(value))
  do {
    const rest = left >> 7n
    bytes.push(Number(left & 127n) | (rest > 0n ? 128 : 0))
    left = rest
  } while (left > 0n)
  return Uint8Array.from(bytes)
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** A TensorProto of float32. */
export function floatTensor(name: string, dims: readonly number[], ...more: Field[]): Uint8Array {
  const count = dims.reduce((all, side) => all * side, 1)
  const bytes = new Uint8Array(new Float32Array(Math.max(0, Math.min(64, count))).fill(0.5).buffer)
  const data: Field[] = more.length > 0 ? more : [[9, bytes]]
  return message(...dims.map((side): Field => [1, side]), [2, 1], [8, name], ...data)
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
): Uint8Array {
  return message(
    ...inputs.map((input): Field => [1, input]),
    ...outputs.map((output): Field => [2, output]),
    [4, op],
  )
}

/** @param to TensorProto.DataType */
export function castNode(input: string, output: string, to: number): Uint8Array {
  const attribute = message([1, 'to'], [3, to], [20, 2])
  return message([1, input], [2, output], [4, 'Cast'], [5, attribute])
}

/** A ValueInfoProto of float32 with so many sides. */
export function port(name: string, sides: readonly number[]): Uint8Array {
  const shape = message(...sides.map((side): Field => [1, message([1, side])]))
  return message([1, name], [2, message([1, message([1, 1], [2, shape])])])
}

/** A model of one product, with further fields of its graph. */
export function onnxModel(...fields: readonly Field[]): Uint8Array {
  return message([1, 8], [2, 'onnx-writer'], [8, message([2, 17])], [7, message(...fields)])
}

export const product: readonly Field[] = [
  [1, node('MatMul', ['x', 'w'], ['y'])],
  [5, floatTensor('w', [2, 3])],
  [11, port('x', [0, 2])],
  [12, port('y', [0, 3])],
]

export function onnxFile(bytes: Uint8Array, name = 'net.onnx'): FileBundle {
  return [memoryFile(name, bytes)]
}
