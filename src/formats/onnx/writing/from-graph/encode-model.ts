import { joined, message, varint } from '../../../../files/protobuf/write-message'
import type { Field } from '../../../../files/protobuf/write-message'
import type { Side, Sides } from '../../../../graph/sides/side'
import { isOpen } from '../../../../graph/sides/side'
import type { RefillableFile } from '../../../format'
import { irVersionOf } from '../ir-version'
import { attributeMessage } from './written-attributes'
import type { WrittenAttribute } from './written-attributes'
import { dataTypes } from './onnx-writer'
import type { WireType } from './onnx-writer'

/** A node with the names of all that it reads and gives; an empty one stands for what is left out. */
export interface NamedNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, WrittenAttribute>>
}

export interface Port {
  readonly name: string
  readonly sides: Sides
  readonly dtype: WireType
}

/** A weight, whose numbers are put in later. */
export interface WeightRoom {
  readonly weight: string
  readonly shape: readonly number[]
}

export interface EncodedModel {
  readonly opset: number
  readonly name: string
  readonly nodes: readonly NamedNode[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly weights: readonly WeightRoom[]
  readonly metadata: ReadonlyMap<string, string>
}

/** What a file says it was made by: the importer tells its own files by it. */
export const PRODUCER = 'Compression Studio'

function sideMessage(side: Side): Uint8Array {
  if (typeof side === 'number') return message([[1, side]])
  const isOne = isOpen(side) && side.times === 1 && side.names.length === 1
  return message(isOne ? [[2, side.names[0] ?? '']] : [])
}

function portMessage({ dtype, name, sides }: Port): Uint8Array {
  const shape = message(sides.map((side): Field => [1, sideMessage(side)]))
  const tensor = message([
    [1, dataTypes[dtype]],
    [2, shape],
  ])
  return message([
    [1, name],
    [2, message([[1, tensor]])],
  ])
}

function nodeMessage({ attributes, inputs, name, op, outputs }: NamedNode): Uint8Array {
  return message([
    ...inputs.map((input): Field => [1, input]),
    ...outputs.map((output): Field => [2, output]),
    [3, name],
    [4, op],
    ...Object.entries(attributes).map(([key, value]): Field => [5, attributeMessage(key, value)]),
  ])
}

/** A tensor with its numbers. */
export function tensorMessage(
  shape: readonly number[],
  values: readonly number[],
  dtype: WireType,
): Uint8Array {
  return message([
    ...shape.map((side): Field => [1, side]),
    [2, dataTypes[dtype]],
    [9, rawOf(values, dtype)],
  ])
}

/** Row by row, little-endian. */
function rawOf(values: readonly number[], dtype: WireType): Uint8Array {
  switch (dtype) {
    case 'float32':
      return new Uint8Array(Float32Array.from(values).buffer)
    case 'int64':
      return new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer)
    case 'bool':
      return Uint8Array.from(values)
    default:
      return new Uint8Array(Int32Array.from(values).buffer)
  }
}

/** Bytes in front of those that come later, as many as `size`. */
function opened(number: number, size: number): Uint8Array[] {
  return [varint(number * 8 + 2), varint(size)]
}

/** The file, with rooms for the numbers of all weights. */
export function encodeModel(model: EncodedModel): RefillableFile {
  const before = joined([
    ...model.nodes.map((node) => message([[1, nodeMessage(node)]])),
    message([[2, model.name]]),
  ])
  const rooms = model.weights.map(({ shape, weight }) => {
    const size = 4 * shape.reduce((all, side) => all * side, 1)
    const head = message([
      ...shape.map((side): Field => [1, side]),
      [2, dataTypes.float32],
      [8, weight],
    ])
    const start = joined([head, ...opened(9, size)])
    const bytes = joined([...opened(5, start.length + size), start])
    return { bytes, place: { weight, type: 'F32', size } }
  })
  const behind = joined([
    ...model.inputs.map((port) => message([[11, portMessage(port)]])),
    ...model.outputs.map((port) => message([[12, portMessage(port)]])),
  ])
  const size = rooms.reduce(
    (sum, { bytes, place }) => sum + bytes.length + place.size,
    before.length + behind.length,
  )
  const head = joined([
    message([
      [1, irVersionOf(model.opset)],
      [2, PRODUCER],
    ]),
    ...opened(7, size),
    before,
  ])
  const tail = message([
    [8, message([[2, model.opset]])],
    ...[...model.metadata].map(([key, value]): Field => [
      14,
      message([
        [1, key],
        [2, value],
      ]),
    ]),
  ])
  return [head, ...rooms.flatMap(({ bytes, place }) => [bytes, place]), joined([behind, tail])]
}
