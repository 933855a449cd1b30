import { editedNode } from '../onnx/writing/edited-node'
import { graphFields, nameIn, nodeOf, rewritten, tensorFields } from '../onnx/writing/graph-fields'
import type { WireNode } from '../onnx/writing/graph-fields'
import { fieldsOf, fieldWire } from '../onnx/writing/wire-fields'
import type { Wire, WirePart } from '../onnx/writing/wire-fields'

/** An input or an output of a graph. */
export interface Port {
  readonly name: string
  readonly field: WirePart
}

/** Of ValueInfoProto, and the field of GraphProto in which values between nodes have theirs. */
const [NAME, VALUE_INFO] = [1, 13] as const

/**
 * The first input that is given, or the first output.
 * @throws RangeError where there is none
 */
export function firstPort(fields: readonly WirePart[], side: 'input' | 'output'): Port {
  // Files of old have all their weights among the inputs.
  const held = new Set(
    fields
      .filter(({ number }) => number === graphFields.initializer)
      .map(({ content }) => nameIn(fieldsOf(content), tensorFields.name)),
  )
  for (const field of fields) {
    if (field.number !== graphFields[side]) continue
    const name = nameIn(fieldsOf(field.content), NAME)
    if (!held.has(name)) return { name, field }
  }
  throw new RangeError(`a graph without an ${side}`)
}

/** The node that gives a value. */
export function makerOf(fields: readonly WirePart[], value: string): WireNode | null {
  for (const { content, number } of fields) {
    if (number !== graphFields.node) continue
    const node = nodeOf(content)
    if (node.outputs.includes(value)) return node
  }
  return null
}

/** The names of all values of a graph, and new ones. */
export function valueNames(fields: readonly WirePart[]) {
  const taken = new Set<string>()
  for (const { content, number } of fields)
    if (number === graphFields.node) {
      const { inputs, outputs } = nodeOf(content)
      for (const name of [...inputs, ...outputs]) taken.add(name)
    } else if (number === graphFields.input || number === graphFields.output)
      taken.add(nameIn(fieldsOf(content), NAME))
  return {
    has: (name: string): boolean => taken.has(name),
    fresh: (wanted: string): string => {
      let own = wanted
      while (taken.has(own)) own += '_'
      taken.add(own)
      return own
    },
  }
}

/** A graph in which a value has another name. */
export function renamedValue(graph: Wire, from: string, to: string): Wire {
  const other = (names: readonly string[]): string[] =>
    names.map((name) => (name === from ? to : name))
  return rewritten(graph, ({ content, number }) => {
    if (number === graphFields.node) {
      const node = nodeOf(content)
      const isIn = node.inputs.includes(from) || node.outputs.includes(from)
      const edit = { inputs: other(node.inputs), outputs: other(node.outputs) }
      return isIn ? fieldWire(number, editedNode(node, edit)) : null
    }
    if (![graphFields.input, graphFields.output, VALUE_INFO].some((one) => one === number))
      return null
    if (nameIn(fieldsOf(content), NAME) !== from) return null
    const port = rewritten(content, (field) => (field.number === NAME ? fieldWire(NAME, to) : null))
    return fieldWire(number, port)
  })
}
