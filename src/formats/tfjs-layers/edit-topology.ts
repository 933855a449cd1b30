import type { GraphEdit } from '../../graph/edits'
import { filterCounts } from '../../graph/filter-counts'
import type { ModelGraph } from '../../graph/graph'
import { makersOf } from '../../graph/makers-of'
import type { JsonObject } from '../../files/read-json'
import type { EditedParts, OpenedLayer, OpenedModel } from '../format'
import { isObject } from '../tfjs-files/config-reader'
import { modelClasses } from './layer-catalog'

type Entry = Readonly<Record<string, unknown>>

/** What a layer's settings call the number of its channels. */
const COUNTS = ['filters', 'units', 'output_dim'] as const

/** Writes edits into the layers of a topology; all else in it stays as it came. */
export function editTopology({ before, edits, graph, weights }: EditedParts): OpenedModel {
  const changes = new TopologyChanges(before.graph, edits)
  const layers = before.layers.flatMap((layer): OpenedLayer[] =>
    changes.isGone(layer.name)
      ? []
      : [
          {
            ...layer,
            config: changes.config(layer.config, layer.name),
            inputs: layer.inputs.map((name) => changes.instead(name)),
          },
        ],
  )
  return {
    ...before,
    topology: outermost(before.topology as Entry, changes),
    layers,
    graph,
    weights,
  }
}

/** The description of a model as Keras has it, `{class_name, config}`, after the same edits. */
export function editedDescription(
  graph: ModelGraph,
  edits: readonly GraphEdit[],
  description: JsonObject,
): JsonObject {
  return outermost(description, new TopologyChanges(graph, edits)) as JsonObject
}

/** Edits by the layers that they change, under their flattened names. */
class TopologyChanges {
  private readonly gone: ReadonlySet<string>
  private readonly counts: ReadonlyMap<string, number>
  /** By layer the sides that it gives, without the batch. */
  private readonly sides: ReadonlyMap<string, readonly number[]>
  /** Whose output stands in for that of a layer that goes. */
  private readonly successors: ReadonlyMap<string, string>

  constructor(graph: ModelGraph, edits: readonly GraphEdit[]) {
    const removed = new Set(edits.flatMap((edit) => (edit.kind === 'bypass' ? edit.nodes : [])))
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
    this.counts = filterCounts(graph, edits)
    this.gone = new Set([...removed].map((id) => nodes.get(id)?.layer ?? id))
    this.sides = new Map(
      edits.flatMap((edit): [string, readonly number[]][] =>
        edit.kind === 'reshape' ? [[nodes.get(edit.node)?.layer ?? '', edit.to.slice(1)]] : [],
      ),
    )
    const makers = makersOf(graph)
    this.successors = new Map(
      edits.flatMap((edit): [string, string][] =>
        edit.kind === 'bypass' ? [[makers.get(edit.to) ?? '', makers.get(edit.from) ?? '']] : [],
      ),
    )
  }

  isGone(layer: string): boolean {
    return this.gone.has(layer)
  }

  /** The layer to read where this one was read; what stands in for it may have gone as well. */
  instead(layer: string): string {
    const successor = this.successors.get(layer)
    return successor === undefined ? layer : this.instead(successor)
  }

  config(config: Entry, layer: string): Entry {
    const { layer: held } = config
    const count = this.counts.get(layer)
    const sides = this.sides.get(layer)
    if (sides !== undefined && 'target_shape' in config)
      return { ...config, target_shape: [...sides] }
    if (count === undefined) return config
    const key = COUNTS.find((candidate) => candidate in config)
    if (key !== undefined) return { ...config, [key]: count }
    return isEntry(held) && isEntry(held['config'])
      ? { ...config, layer: { ...held, config: this.config(held['config'], layer) } }
      : config
  }
}

/** Some writers put the model into `model_config`. */
function outermost(topology: Entry, changes: TopologyChanges): Entry {
  const { model_config: wrapped } = topology
  return isEntry(wrapped)
    ? { ...topology, model_config: model(wrapped, '', changes) }
    : model(topology, '', changes)
}

function model(entry: Entry, prefix: string, changes: TopologyChanges): Entry {
  const { config } = entry
  if (!isEntry(config) || !Array.isArray(config['layers'])) return entry
  const layers = config['layers']
    .filter((layer: unknown) => !changes.isGone(prefix + nameOf(layer)))
    .map((layer: unknown) => layerOf(layer, prefix, changes))
  return { ...entry, config: { ...config, layers } }
}

function layerOf(entry: unknown, prefix: string, changes: TopologyChanges): unknown {
  if (!isEntry(entry) || !isEntry(entry['config'])) return entry
  const name = prefix + nameOf(entry)
  const { inbound_nodes: calls } = entry
  // Keras 3 builds layers for the shapes that it finds here; without them it finds out by calling.
  const { build_config: _, ...plain } = entry
  const connected = Array.isArray(calls)
    ? { ...plain, inbound_nodes: rewired(calls, prefix, changes) }
    : plain
  const { config } = entry
  const { layer: held } = config
  if (isModel(entry)) return model(connected, `${name}/`, changes)
  return isEntry(held) && isModel(held)
    ? { ...connected, config: { ...config, layer: model(held, `${name}/`, changes) } }
    : { ...connected, config: changes.config(config, name) }
}

/** Each call lists [name, call, tensor, {}] of what it reads; in files of Keras 3 such places hide in arguments. */
function rewired(calls: readonly unknown[], prefix: string, changes: TopologyChanges): unknown[] {
  const instead = (ref: unknown): unknown => {
    if (!Array.isArray(ref) || typeof ref[0] !== 'string') return ref
    const [name, ...rest] = ref as [string, ...unknown[]]
    return [changes.instead(prefix + name).slice(prefix.length), ...rest]
  }
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside)
    if (!isEntry(value)) return value
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
      key,
      key === 'keras_history' ? instead(item) : inside(item),
    ])
    return Object.fromEntries(entries)
  }
  return calls.map((refs: unknown) => (Array.isArray(refs) ? refs.map(instead) : inside(refs)))
}

function nameOf(entry: unknown): string {
  if (!isEntry(entry)) return ''
  const { config, name } = entry
  const inner = isEntry(config) ? config['name'] : undefined
  return typeof inner === 'string' ? inner : typeof name === 'string' ? name : ''
}

function isModel({ class_name: name }: Entry): boolean {
  return typeof name === 'string' && modelClasses.has(name)
}

function isEntry(value: unknown): value is Entry {
  return isObject(value as never)
}
