import type { GraphInput } from '../../graph/graph'
import type { Shape } from '../../graph/values'
import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { dtypeOf } from './lowering/node-attributes'
import { parseOutput } from './file-node'
import type { FileNode, NodeOutput } from './file-node'

export interface GraphPorts {
  readonly inputs: readonly GraphInput[]
  readonly outputs: readonly NodeOutput[]
}

/**
 * What is given to a graph and taken from it, in the order of tfjs: as its signature says, else every placeholder and
 * every node that nothing comes after.
 * @param nodes in the order of the file
 */
export function portsOf(nodes: readonly FileNode[], signature: JsonObject | null): GraphPorts {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const said = (side: string): [NodeOutput, JsonObject][] =>
    entriesOf(signature?.[side]).filter(([{ node }]) => byName.has(node))
  const inputs = new Map(
    said('inputs')
      .filter(([{ node }]) => byName.get(node)?.op !== 'Const')
      .map(([{ node }, entry]) => [node, inputOf(byName.get(node), entry)]),
  )
  if (entriesOf(signature?.['inputs']).length === 0)
    for (const node of nodes)
      if (node.op.startsWith('Placeholder')) inputs.set(node.name, inputOf(node, {}))
  return {
    inputs: [...inputs.values()],
    outputs:
      entriesOf(signature?.['outputs']).length > 0
        ? said('outputs').map(([output]) => output)
        : endsOf(nodes),
  }
}

/** Each value once: tfjs keeps one name for it. */
function entriesOf(side: Json | undefined): [NodeOutput, JsonObject][] {
  const entries = new Map<string, [NodeOutput, JsonObject]>()
  for (const entry of Object.values(isObject(side) ? side : {})) {
    const name = isObject(entry) ? entry['name'] : undefined
    if (!isObject(entry) || typeof name !== 'string' || entries.has(name)) continue
    entries.set(name, [parseOutput(name), entry])
  }
  return [...entries.values()]
}

function endsOf(nodes: readonly FileNode[]): NodeOutput[] {
  const read = new Set(
    nodes.flatMap(({ after, inputs }) => [...after, ...inputs.map(({ node }) => node)]),
  )
  return nodes.filter(({ name }) => !read.has(name)).map(({ name }) => ({ node: name, output: 0 }))
}

/** What its placeholder says; the signature where that says nothing. */
function inputOf(node: FileNode | undefined, entry: JsonObject): GraphInput {
  const { dtype, shape } = node?.attributes ?? {}
  const own = isObject(shape) ? shape['shape'] : undefined
  return {
    value: node?.name ?? '',
    shape: shapeOf(own ?? entry['tensorShape']),
    // tfjs is fed float32 where nothing is said.
    dtype: dtypeOf((isObject(dtype) ? dtype['type'] : undefined) ?? entry['dtype']) ?? 'float32',
  }
}

/** -1 and 0 stand for sides that are open. */
function shapeOf(shape: Json | undefined): Shape | null {
  if (!isObject(shape) || shape['unknownRank'] === true) return null
  const dim = shape['dim'] ?? []
  if (!Array.isArray(dim)) return null
  return dim.map((side) => {
    const size = Number(isObject(side) ? side['size'] : undefined)
    return Number.isSafeInteger(size) && size > 0 ? size : null
  })
}
