import type { GraphEdit } from '../../graph/edits'
import type { EditedParts, OpenedModel, OpenedWeight } from '../format'
import { isObject } from '../tfjs-files/config-reader'

type Entry = Readonly<Record<string, unknown>>

/** Writes edits into the nodes of a graph; all else in it stays as it came. */
export function editGraph({ before, edits, graph, weights }: EditedParts): OpenedModel {
  const topology = before.topology as Entry
  const { node: listed } = topology
  const nodes = Array.isArray(listed) ? (listed as unknown[]).filter(isEntry) : []
  const changes = new NodeChanges(before, edits)
  const changed = nodes
    .filter((node) => !changes.isGone(nameOf(node)))
    .map((node) => changes.node(node))
  const outputs = new Set(graph.outputs.map(nodeBehind))
  const idle = newlyIdle(nodes, changed, outputs)
  const isLeft = (name: string): boolean => !changes.isGone(name) && !idle.has(name)
  return {
    ...before,
    topology: {
      ...topology,
      node: [
        ...changed.filter((node) => isLeft(nameOf(node))),
        ...changes.sides.map(({ spec }) => constantNode(spec.name, spec.shape)),
      ],
    },
    layers: before.layers.filter(({ name }) => isLeft(name)),
    graph,
    weights: [...weights.filter(({ spec }) => isLeft(spec.name)), ...changes.sides],
  }
}

/** Edits by the nodes of the file that they change. */
class NodeChanges {
  /** New constants: the sides that reshapes go to. */
  readonly sides: readonly OpenedWeight[]
  private readonly gone: ReadonlySet<string>
  private readonly shapes = new Map<string, number[]>()
  /** What is read instead of a value that is gone. */
  private readonly successors = new Map<string, string>()
  /** By reshape the constant that says its sides. */
  private readonly sidesOf = new Map<string, string>()

  constructor({ graph, weights }: OpenedModel, edits: readonly GraphEdit[]) {
    const owners = new Map(graph.nodes.map(({ id, layer }) => [id, layer]))
    const names = new Set([...owners.values(), ...weights.map(({ spec }) => spec.name)])
    const removed = new Set<string>()
    const sides: OpenedWeight[] = []
    for (const edit of edits)
      switch (edit.kind) {
        case 'keep': {
          const whole = graph.parameters.get(edit.parameter)?.shape ?? []
          const shape = this.shapes.get(edit.parameter) ?? [...whole]
          shape[edit.axis] = edit.indices.length
          this.shapes.set(edit.parameter, shape)
          break
        }
        case 'bypass':
          this.successors.set(edit.to, edit.from)
          for (const id of edit.nodes) removed.add(owners.get(id) ?? id)
          break
        case 'reshape': {
          const owner = owners.get(edit.node) ?? edit.node
          let name = `${owner}/sides`
          while (names.has(name)) name += '_'
          names.add(name)
          this.sidesOf.set(owner, name)
          sides.push(sidesWeight(name, owner, edit.to))
        }
      }
    this.sides = sides
    this.gone = removed
  }

  isGone(name: string): boolean {
    return this.gone.has(name)
  }

  node(node: Entry): Entry {
    const name = nameOf(node)
    const shape = this.shapes.get(name)
    if (shape !== undefined) return withShape(node, shape)
    const { input } = node
    if (!Array.isArray(input)) return node
    const sides = this.sidesOf.get(name)
    return {
      ...node,
      input: input.flatMap((read: unknown, place): unknown[] => {
        if (typeof read !== 'string') return [read]
        // Nothing comes before a node any more because of one that is gone.
        if (read.startsWith('^') && this.isGone(read.slice(1))) return []
        return [sides !== undefined && place === 1 ? sides : this.instead(read)]
      }),
    }
  }

  /** `name:0` is the same as `name`; what stands in for a value may have gone as well. */
  private instead(read: string): string {
    const successor = this.successors.get(read.replace(/:0$/, ''))
    return successor === undefined ? read : this.instead(successor)
  }
}

/**
 * Nodes that were read, and that nobody reads any more. Without a signature what nothing reads is an output of the model.
 * @param outputs nodes that stay in any case
 */
function newlyIdle(
  before: readonly Entry[],
  after: readonly Entry[],
  outputs: ReadonlySet<string>,
): ReadonlySet<string> {
  const wereRead = readersIn(before)
  const readers = readersIn(after)
  const nodes = new Map(after.map((node) => [nameOf(node), node]))
  const idle = new Set<string>()
  const open = [...nodes.keys()].filter(
    (name) => wereRead.has(name) && !readers.has(name) && !outputs.has(name),
  )
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    idle.add(name)
    for (const read of readsOf(nodes.get(name) ?? {})) {
      const left = (readers.get(read) ?? 0) - 1
      readers.set(read, left)
      if (left === 0 && nodes.has(read) && !outputs.has(read)) open.push(read)
    }
  }
  return idle
}

/** How often each node is read. */
function readersIn(nodes: readonly Entry[]): Map<string, number> {
  const readers = new Map<string, number>()
  for (const read of nodes.flatMap(readsOf)) readers.set(read, (readers.get(read) ?? 0) + 1)
  return readers
}

function readsOf({ input }: Entry): string[] {
  if (!Array.isArray(input)) return []
  return (input as unknown[]).flatMap((read) =>
    typeof read === 'string' ? [nodeBehind(read)] : [],
  )
}

/** `^name` only says when, `name:1` which of several outputs. */
function nodeBehind(read: string): string {
  return read.replace(/^\^/, '').replace(/:\d+$/, '')
}

/** 0, the side of what comes in, is -1 for TensorFlow: it is the batch. */
function sidesWeight(name: string, layer: string, to: readonly number[]): OpenedWeight {
  const values = Int32Array.from(to, (side) => (side === 0 ? -1 : side))
  return {
    spec: {
      ...{ name, shape: [to.length], dtype: 'int32', role: 'other' },
      ...{ layerName: layer, layerKind: 'other', channel: { count: 1, inner: to.length } },
    },
    values,
    storedAs: 'int32',
    storedBytes: values.byteLength,
    zeros: 0,
    quantized: null,
  }
}

function constantNode(name: string, shape: readonly number[]): Entry {
  const tensorShape = { dim: shape.map((side) => ({ size: String(side) })) }
  return {
    name,
    op: 'Const',
    attr: { dtype: { type: 'DT_INT32' }, value: { tensor: { dtype: 'DT_INT32', tensorShape } } },
  }
}

/** The shape that a constant is said to have; stock TensorFlow.js goes by the manifest. */
function withShape(node: Entry, shape: readonly number[]): Entry {
  const { attr } = node
  const value = isEntry(attr) ? attr['value'] : undefined
  const tensor = isEntry(value) ? value['tensor'] : undefined
  if (!isEntry(attr) || !isEntry(value) || !isEntry(tensor)) return node
  const tensorShape = { dim: shape.map((side) => ({ size: String(side) })) }
  return { ...node, attr: { ...attr, value: { ...value, tensor: { ...tensor, tensorShape } } } }
}

function nameOf(node: unknown): string {
  return isEntry(node) && typeof node['name'] === 'string' ? node['name'] : ''
}

function isEntry(value: unknown): value is Entry {
  return isObject(value as never)
}
