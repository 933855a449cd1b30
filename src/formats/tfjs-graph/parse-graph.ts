import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { limits } from '../../files/limits'
import { checkName } from '../../files/read-json'
import type { Json, JsonObject } from '../../files/read-json'
import { fieldError, isObject, readerOf } from '../tfjs-files/config-reader'
import { parseOutput } from './file-node'
import type { FileNode } from './file-node'
import { operatorKind } from './operators'

export interface ParsedGraph {
  /** In an order in which every node comes after its inputs; as in the file where loops forbid that. */
  readonly nodes: readonly FileNode[]
  /** As in the file. */
  readonly listed: readonly FileNode[]
  /** The first node that tfjs cannot or must not run; null where all compute. */
  readonly notRunnable: StudioErrorData | null
}

/**
 * Parses the nodes of a frozen graph.
 * @throws StudioError 'open/field', 'open/duplicate-name', 'open/forbidden-name', 'open/too-many',
 * 'open/graph-missing-input', 'open/graph-cycle'
 */
export function parseGraph(file: string, topology: Json | undefined): ParsedGraph {
  const graph = readerOf(file, 'modelTopology', topology)
  const list = graph.array('node')
  if (list.length === 0) graph.fail('node', 'at least one node')
  if (list.length > limits.tensors)
    throw new StudioError('open/too-many', {
      file,
      field: 'modelTopology.node',
      found: list.length,
      limit: limits.tensors,
    })
  const places = new Map<string, string>()
  const nodes = list.map((item, index) => parseNode(file, index, item, places))
  checkInputs(file, nodes)
  const notRunnable = firstObstacle(file, nodes, graph.object)
  return {
    nodes: notRunnable?.code === 'open/graph-control-flow' ? nodes : inOrder(file, nodes),
    listed: nodes,
    notRunnable,
  }
}

function parseNode(file: string, index: number, item: Json, places: Map<string, string>): FileNode {
  const field = `modelTopology.node[${index}]`
  const json = readerOf(file, field, item)
  const name = json.string('name')
  if (name === '') json.fail('name', 'a name')
  checkName(file, json.path('name'), name)
  const first = places.get(name)
  if (first !== undefined)
    throw new StudioError('open/duplicate-name', { file, field, name, first })
  places.set(name, field)
  const inputs = json.has('input') ? json.array('input') : []
  const names = inputs.map((input, place) => {
    if (typeof input !== 'string' || input === '')
      throw fieldError(file, `${field}.input[${place}]`, 'the name of a node', input)
    return input
  })
  const attributes = json.object['attr'] ?? {}
  if (!isObject(attributes)) return json.fail('attr', 'an object')
  return {
    name,
    op: json.string('op'),
    // `^name` only says when.
    inputs: names.filter((input) => !input.startsWith('^')).map(parseOutput),
    after: names.filter((input) => input.startsWith('^')).map((input) => input.slice(1)),
    attributes,
  }
}

function checkInputs(file: string, nodes: readonly FileNode[]): void {
  const names = new Set(nodes.map(({ name }) => name))
  for (const { name, inputs } of nodes)
    for (const { node: input } of inputs)
      if (!names.has(input))
        throw new StudioError('open/graph-missing-input', { file, layer: name, input })
}

function firstObstacle(
  file: string,
  nodes: readonly FileNode[],
  graph: JsonObject,
): StudioErrorData | null {
  for (const { name: node, op } of nodes) {
    const kind = operatorKind(op)
    if (kind === 'controlFlow')
      return new StudioError('open/graph-control-flow', { file, node, op }).toData()
    if (kind === 'unknown')
      return new StudioError('open/graph-unknown-operator', { file, node, op }).toData()
  }
  const { library } = graph
  const functions = isObject(library) ? library['function'] : undefined
  return Array.isArray(functions) && functions.length > 0
    ? new StudioError('open/graph-control-flow', {
        file,
        node: 'library',
        op: 'function',
      }).toData()
    : null
}

/** Kahn 1962: takes nodes whose inputs are done; what is left lies on a cycle. */
function inOrder(file: string, nodes: readonly FileNode[]): FileNode[] {
  const readers = new Map<string, FileNode[]>()
  const waiting = new Map<string, number>()
  for (const node of nodes) {
    waiting.set(node.name, node.inputs.length)
    for (const { node: input } of node.inputs) {
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [node])
      else known.push(node)
    }
  }
  const ready = nodes.filter(({ inputs }) => inputs.length === 0)
  for (let at = 0; at < ready.length; at++)
    for (const reader of readers.get(ready[at]?.name ?? '') ?? []) {
      const left = (waiting.get(reader.name) ?? 0) - 1
      waiting.set(reader.name, left)
      if (left === 0) ready.push(reader)
    }
  if (ready.length === nodes.length) return ready
  throw new StudioError('open/graph-cycle', { file, cycle: cycleOf(nodes, waiting) })
}

function cycleOf(nodes: readonly FileNode[], waiting: ReadonlyMap<string, number>): string {
  const stuck = new Map(
    nodes.filter(({ name }) => (waiting.get(name) ?? 0) > 0).map((node) => [node.name, node]),
  )
  const path: string[] = []
  let [at = ''] = stuck.keys()
  while (!path.includes(at)) {
    path.push(at)
    at = stuck.get(at)?.inputs.find(({ node }) => stuck.has(node))?.node ?? ''
  }
  return [...path.slice(path.indexOf(at)).reverse(), path[path.length - 1] ?? at]
    .slice(0, 8)
    .join(' -> ')
}
