import {
  changedGraphs,
  graphFields,
  modelFields,
  nodeOf,
  rewritten,
  tensorFields,
} from './graph-fields'
import type { WireNode } from './graph-fields'
import { editedNode, nameOfPlace, wholeIn } from './edited-node'
import { LOWEST_OPSET, opsetChanges } from './opset-changes'
import type { OpsetChange, RaiseTools } from './opset-changes'
import { fieldsOf, fieldWire } from './wire-fields'
import type { Wire, WirePart } from './wire-fields'

/** The newest version of the operators that files are raised to. */
const HIGHEST_OPSET = 25

/** How far a file can be raised, and what is in the way of more. */
export interface Ceiling {
  readonly opset: number
  /** The first operator that says nothing in a newer version that means the same; null: none does. */
  readonly operator: string | null
}

/** Looks how far the operators of a file can be raised without changing what it computes. */
export function ceilingOf(file: Wire, opset: number): Ceiling {
  const fields = fieldsOf(file)
  // Functions bring versions of their own.
  const hasFunctions = fields.some(({ number }) => number === modelFields.functions)
  if (opset < LOWEST_OPSET || hasFunctions)
    return { opset, operator: hasFunctions ? 'functions' : `opset ${opset}` }
  const tools = { name: (wanted: string) => wanted, isFloat32: isFloat32(file) }
  let ceiling: Ceiling = { opset: Math.max(opset, HIGHEST_OPSET), operator: null }
  for (const graph of graphsIn(fields))
    changedGraphs(graph, (inner) => {
      for (const { content, number } of fieldsOf(inner)) {
        if (number !== graphFields.node) continue
        const node = nodeOf(content)
        const stop = changesOf(node, opset, HIGHEST_OPSET).find(
          ({ raise }) => raise(node, tools) === null,
        )
        if (stop !== undefined && stop.since <= ceiling.opset)
          ceiling = { opset: stop.since - 1, operator: node.op }
      }
      return inner
    })
  return ceiling
}

function graphsIn(fields: ReturnType<typeof fieldsOf>): readonly Wire[] {
  return fields.flatMap(({ content, number }) => (number === modelFields.graph ? [content] : []))
}

function changesOf({ domain, op }: WireNode, from: number, to: number): readonly OpsetChange[] {
  if (domain !== '') return []
  return opsetChanges.filter(({ ops, since }) => since > from && since <= to && ops.includes(op))
}

/**
 * A graph in a newer version of the operators, with all graphs in it.
 * @param file that the graph is of
 * @param name gives names that no value has
 * @throws RangeError beyond its ceiling
 */
export function raisedGraph(
  graph: Wire,
  file: Wire,
  [from, to]: readonly [number, number],
  name: RaiseTools['name'],
): Wire {
  const tools = { name, isFloat32: isFloat32(file) }
  return changedGraphs(graph, (inner) => {
    let at = 0
    return rewritten(inner, (field) => {
      if (field.number !== graphFields.node) return null
      const content = withName(field.content, at++)
      const nodes = raisedNode(content, [from, to], tools)
      if (nodes === null) return content === field.content ? null : fieldWire(field.number, content)
      return nodes.flatMap((one) => fieldWire(graphFields.node, one))
    })
  })
}

/** Nodes that are put in front of it give it another place. */
function withName(content: Wire, at: number): Wire {
  const node = nodeOf(content)
  const name = nameOfPlace(node, at)
  return name === undefined ? content : editedNode(node, { name })
}

/** @returns null where nothing about it has changed */
function raisedNode(
  content: Wire,
  [from, to]: readonly [number, number],
  tools: RaiseTools,
): readonly Wire[] | null {
  const first = nodeOf(content)
  const { op } = first
  const changes = changesOf(first, from, to)
  if (changes.length === 0) return null
  let [before, own]: [Wire[], Wire] = [[], content]
  let after: Wire[] = []
  for (const { raise } of changes) {
    const node = nodeOf(own)
    const raised = raise(node, tools)
    if (raised === null) throw new RangeError(`${op} cannot be raised`)
    const at = raised.findIndex((one) => nodeOf(one).op === op || raised.length === 1)
    before = [...before, ...raised.slice(0, at)]
    own = raised[at] ?? own
    after = [...raised.slice(at + 1), ...after]
  }
  return [...before, own, ...after]
}

/** TensorProto.DataType of other real numbers. */
const otherFloats: ReadonlySet<number> = new Set([10, 11, 16])

/** Whether a file holds, takes and makes real numbers of 32 bits alone. */
function isFloat32(file: Wire): boolean {
  let isAlone = true
  for (const graph of graphsIn(fieldsOf(file)))
    changedGraphs(graph, (inner) => {
      isAlone &&= !fieldsOf(inner).some((field) => otherFloats.has(floatsOf(field)))
      return inner
    })
  return isAlone
}

/** The type of a tensor, of an input, or of what a cast makes; 0 of all else. */
function floatsOf({ content, number }: WirePart): number {
  if (number === graphFields.node) {
    const { attributes, op } = nodeOf(content)
    return op === 'Cast' ? (wholeIn(attributes.get('to')) ?? 0) : 0
  }
  if (number === graphFields.initializer) return numberIn(content, tensorFields.type)
  if (number !== graphFields.input) return 0
  const [type] = fieldsOf(content).filter((field) => field.number === 2)
  const [tensor] = fieldsOf(type?.content ?? []).filter((field) => field.number === 1)
  return numberIn(tensor?.content ?? [], 1)
}

function numberIn(content: Wire, number: number): number {
  return fieldsOf(content).findLast((field) => field.number === number)?.value ?? 0
}
