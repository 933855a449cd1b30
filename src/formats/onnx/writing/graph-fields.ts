import { fieldsOf, fieldWire, textOf } from './wire-fields'
import type { Wire, WirePart } from './wire-fields'

/** Numbers of fields of ModelProto that are looked at. */
export const modelFields = { irVersion: 1, graph: 7, opset: 8, functions: 25 } as const
/** Of GraphProto. */
export const graphFields = { node: 1, initializer: 5, input: 11, output: 12 } as const
/** Of NodeProto. */
export const nodeFields = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 } as const
/** Of TensorProto. */
export const tensorFields = { dims: 1, type: 2, name: 8, raw: 9 } as const
/** Of AttributeProto, and the numbers of its types. */
export const attributeFields = {
  ...({ name: 1, float: 2, whole: 3, text: 4, tensor: 5, graph: 6, type: 20 } as const),
  ...({ floats: 7, wholes: 8, graphs: 11 } as const),
}

/** A NodeProto, taken apart. */
export interface WireNode {
  readonly op: string
  /** Empty for the operators of ONNX itself. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, readonly WirePart[]>
  readonly fields: readonly WirePart[]
}

export function nodeOf(content: Wire): WireNode {
  const fields = fieldsOf(content)
  const texts = (number: number): string[] =>
    fields.filter((field) => field.number === number).map((field) => textOf(field.content))
  const attributes = new Map<string, readonly WirePart[]>()
  for (const { number, content: held } of fields)
    if (number === nodeFields.attribute) {
      const parts = fieldsOf(held)
      attributes.set(nameIn(parts, attributeFields.name), parts)
    }
  const domain = nameIn(fields, nodeFields.domain)
  return {
    op: nameIn(fields, nodeFields.op),
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs: texts(nodeFields.input),
    outputs: texts(nodeFields.output),
    attributes,
    fields,
  }
}

/** The text of a field; empty where there is none. */
export function nameIn(fields: readonly WirePart[], number: number): string {
  const found = fields.findLast((field) => field.number === number)
  return found === undefined ? '' : textOf(found.content)
}

/**
 * A graph with what `change` makes of it, and of each graph inside its nodes before.
 * @param change gives the same wire where nothing is changed
 */
export function changedGraphs(graph: Wire, change: (graph: Wire) => Wire): Wire {
  const inner = rewritten(graph, (field) =>
    field.number === graphFields.node ? changedNode(field, change) : null,
  )
  return change(inner)
}

function changedNode(node: WirePart, change: (graph: Wire) => Wire): Wire | null {
  const content = rewritten(node.content, (field) => {
    if (field.number !== nodeFields.attribute) return null
    const attribute = rewritten(field.content, (part) => {
      if (part.number !== attributeFields.graph && part.number !== attributeFields.graphs)
        return null
      const graph = changedGraphs(part.content, change)
      return graph === part.content ? null : fieldWire(part.number, graph)
    })
    return attribute === field.content ? null : fieldWire(field.number, attribute)
  })
  return content === node.content ? null : fieldWire(node.number, content)
}

/** A message with some of its fields replaced; the same wire where none is. */
export function rewritten(message: Wire, rewrite: (field: WirePart) => Wire | null): Wire {
  const fields = fieldsOf(message)
  const found = fields.map((field) => rewrite(field))
  if (found.every((content) => content === null)) return message
  return fields.flatMap(({ whole }, at) => found[at] ?? whole)
}
