import { readVarint } from '../../../files/protobuf/wire-message'
import { attributeFields, nameIn, nodeFields, tensorFields } from './graph-fields'
import type { WireNode } from './graph-fields'
import { bytesOf, fieldWire, messageWire, textOf } from './wire-fields'
import type { NewField, Wire, WirePart } from './wire-fields'

/** What becomes of a node; what is not named stays byte for byte. */
export interface NodeEdit {
  /** Of a node without one. */
  readonly name?: string
  readonly op?: string
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  /** Attributes that go, by name. */
  readonly drop?: readonly string[]
  readonly add?: readonly Wire[]
}

/** The content of a node that was edited. */
export function editedNode(
  { attributes, fields }: WireNode,
  { add = [], drop = [], inputs, name, op, outputs }: NodeEdit,
): Wire {
  const names = [...attributes.keys()]
  let at = 0
  const isReplaced = ({ number }: WirePart): boolean => {
    if (number === nodeFields.attribute) return drop.includes(names[at++] ?? '')
    return (
      (number === nodeFields.input && inputs !== undefined) ||
      (number === nodeFields.output && outputs !== undefined) ||
      (number === nodeFields.op && op !== undefined)
    )
  }
  return [
    ...(inputs ?? []).flatMap((name) => fieldWire(nodeFields.input, name)),
    ...(outputs ?? []).flatMap((name) => fieldWire(nodeFields.output, name)),
    ...(name === undefined ? [] : fieldWire(nodeFields.name, name)),
    ...(op === undefined ? [] : fieldWire(nodeFields.op, op)),
    ...fields.filter((field) => !isReplaced(field)).flatMap(({ whole }) => whole),
    ...add.flatMap((attribute) => fieldWire(nodeFields.attribute, attribute)),
  ]
}

/**
 * The name that a node gets before others are put in front of it: weights of graphs inside it are called after it, and if it has
 * no name, by its place among the nodes.
 * @returns undefined where nothing is called so
 */
export function nameOfPlace({ attributes, fields, op }: WireNode, at: number): string | undefined {
  const { graph, graphs } = attributeFields
  const holds = [...attributes.values()].flat()
  const isNamed = nameIn(fields, nodeFields.name) !== ''
  const hasGraphs = holds.some(({ number }) => number === graph || number === graphs)
  return hasGraphs && !isNamed ? `${op}_${at}` : undefined
}

/** The content of a new node. */
export function newNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Wire[] = [],
  domain = '',
): Wire {
  return messageWire(
    ...inputs.map((name): NewField => [nodeFields.input, name]),
    ...outputs.map((name): NewField => [nodeFields.output, name]),
    [nodeFields.op, op],
    ...attributes.map((attribute): NewField => [nodeFields.attribute, attribute]),
    ...(domain === '' ? [] : [[nodeFields.domain, domain] as const]),
  )
}

/** AttributeProto.AttributeType */
const [INT, STRING, TENSOR, INTS] = [2, 3, 4, 7] as const

export function wholeAttribute(name: string, value: number): Wire {
  const { name: key, type, whole } = attributeFields
  return messageWire([key, name], [whole, value], [type, INT])
}

export function wholesAttribute(name: string, values: readonly number[]): Wire {
  const { name: key, type, wholes } = attributeFields
  return messageWire([key, name], ...values.map((value): NewField => [wholes, value]), [type, INTS])
}

export function textAttribute(name: string, value: string): Wire {
  const { name: key, text, type } = attributeFields
  return messageWire([key, name], [text, value], [type, STRING])
}

/** A node that gives whole numbers of 64 bits: a list, or one alone. */
export function wholesNode(output: string, values: readonly number[] | number): Wire {
  const list = typeof values === 'number' ? [values] : values
  const dims = typeof values === 'number' ? [] : [list.length]
  const raw = new Uint8Array(BigInt64Array.from(list, BigInt).buffer)
  return constantNode(output, INT64, dims, raw)
}

/** A node that gives one number of float32. */
export function floatNode(output: string, value: number): Wire {
  return constantNode(output, FLOAT, [], new Uint8Array(Float32Array.of(value).buffer))
}

/** TensorProto.DataType */
const [FLOAT, INT64] = [1, 7] as const

/** A node that gives a tensor. @param type TensorProto.DataType */
export function constantNode(
  output: string,
  type: number,
  dims: readonly number[],
  raw: Uint8Array,
): Wire {
  const tensor = messageWire(
    ...dims.map((side): NewField => [tensorFields.dims, side]),
    [tensorFields.type, type],
    [tensorFields.raw, [raw]],
  )
  const attribute = messageWire(
    [attributeFields.name, 'value'],
    [attributeFields.tensor, tensor],
    [attributeFields.type, TENSOR],
  )
  return newNode('Constant', [], [output], [attribute])
}

type Attribute = readonly WirePart[]

/** null: it is not there. */
export function wholeIn(attribute: Attribute | undefined): number | null {
  return attribute?.find(({ number }) => number === attributeFields.whole)?.value ?? null
}

export function textIn(attribute: Attribute | undefined): string | null {
  const found = attribute?.find(({ number }) => number === attributeFields.text)
  return found === undefined ? null : textOf(found.content)
}

export function floatIn(attribute: Attribute | undefined): number | null {
  const found = attribute?.find(({ number }) => number === attributeFields.float)
  if (found === undefined) return null
  const bytes = bytesOf(found.content)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(0, true)
}

/** One after the other, or packed. */
export function wholesIn(attribute: Attribute | undefined): readonly number[] | null {
  if (attribute === undefined) return null
  return attribute
    .filter(({ number }) => number === attributeFields.wholes)
    .flatMap(({ content }) => {
      const numbers: number[] = []
      const bytes = bytesOf(content)
      for (let at = 0; at < bytes.length;) {
        const varint = readVarint(bytes, at)
        if (varint === null) throw new RangeError('no whole numbers')
        numbers.push(varint.value)
        at += varint.length
      }
      return numbers
    })
}
