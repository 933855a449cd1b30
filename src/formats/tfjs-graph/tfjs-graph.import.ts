import { StudioError } from '../../core/errors'
import { cannotRun } from '../../core/model-summary'
import type { Json, JsonObject } from '../../files/read-json'
import { directWeights } from '../../graph/direct-weights'
import { obstacleToTraining } from '../../graph/training-obstacle'
import type { ModelFormat, OpenedWeight } from '../format'
import { byName } from '../tfjs-files/bare-graph'
import { isObject } from '../tfjs-files/config-reader'
import { weightNotes } from '../tfjs-files/model-notes'
import { constantEntry } from '../tfjs-files/packed/decoding-writer'
import { FoldedNodes } from '../tfjs-files/packed/folded-nodes'
import { Folding } from '../tfjs-files/packed/folding'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { findTfjsFiles, isGraphModel, recognisedTfjs } from '../tfjs-files/tfjs-files'
import type { ReadModelJson } from '../tfjs-files/tfjs-files'
import { editGraph } from './edit-graph'
import { assignWeights } from './assign-weights'
import type { FileNode } from './file-node'
import { portsOf } from './graph-ports'
import { lowerGraph, told } from './lowering/lower-graph'
import { parseGraph } from './parse-graph'
import type { ParsedGraph } from './parse-graph'

/** TensorFlow.js graph models: frozen graphs of TensorFlow, converted. */
export const tfjsGraph: ModelFormat = {
  id: 'tfjs-graph',
  recognise: async (drop) => {
    const found = await findTfjsFiles(drop)
    return found === null || !isGraphModel(found)
      ? null
      : recognisedTfjs('tfjs-graph', found, readGraph)
  },
  edit: editGraph,
}

function readGraph(
  file: string,
  topology: Json | undefined,
  entries: readonly ManifestEntry[],
  { signature }: JsonObject,
): ReadModelJson {
  const graph = parseGraph(file, topology)
  const { nodes, notRunnable } = graph
  checkConstants(file, nodes, entries)
  const { specs } = assignWeights(nodes, entries, new Map())
  const folding = notRunnable === null ? foldingOf(graph, signature, entries) : null
  const said = isObject(signature) ? signature : null
  if (!isObject(topology)) throw new RangeError('parsing the graph has checked this')
  return {
    name: 'model',
    topology,
    signature: said,
    ...(folding === null
      ? {}
      : { folding, foldedTopology: () => foldedTopology(topology, folding) }),
    understood: (read) => {
      const values = told(read)
      const folded = folding === null ? graph : foldedGraph(graph, folding)
      // How a kernel is turned on its way stands among the weights.
      const { layers, specs: known } = assignWeights(
        folded.nodes,
        read.map(({ spec }) => spec),
        values,
      )
      const own = byName(known)
      const weights = read.map((weight) => meant(weight, own.get(weight.spec.name)))
      const lowered = lowerGraph({ graph: folded, signature: said, specs: own, layers, values })
      return { graph: directWeights(lowered), layers, weights }
    },
    specs,
    notes: (weights) => [{ code: 'note/graph-model', params: {} }, ...weightNotes(weights)],
    obstacles: (found) =>
      notRunnable === null
        ? { run: null, train: obstacleToTraining(found), cut: null }
        : cannotRun(notRunnable),
  }
}

/** What decodes weights when the graph runs is put together with them again; null where nothing does. */
function foldingOf(
  { listed }: ParsedGraph,
  signature: Json | undefined,
  entries: readonly ManifestEntry[],
): Folding | null {
  const { inputs, outputs } = portsOf(listed, isObject(signature) ? signature : null)
  const kept = new Set([...inputs.map(({ value }) => value), ...outputs.map(({ node }) => node)])
  return new Folding(listed, kept, entries)
}

function foldedGraph(graph: ParsedGraph, folding: Folding): ParsedGraph {
  const { folded } = folding
  if (folded.size === 0) return graph
  const nodes = new FoldedNodes(folded)
  const constant = (node: FileNode): FileNode => ({ ...node, op: 'Const', inputs: [] })
  return {
    ...graph,
    nodes: nodes.of(graph.nodes, constant),
    listed: nodes.of(graph.listed, constant),
  }
}

function foldedTopology(topology: JsonObject, { folded, shapeOf }: Folding): object {
  const { node } = topology
  if (folded.size === 0 || !Array.isArray(node)) return topology
  const constant = (_: object, weight: string): object =>
    constantEntry(weight, shapeOf(weight), 'float32')
  const nodes: readonly object[] = node.filter(isObject)
  return { ...topology, node: new FoldedNodes(folded).of(nodes, constant) }
}

/** A weight under what it is for. */
function meant(weight: OpenedWeight, spec = weight.spec): OpenedWeight {
  const { held } = weight
  if (held?.kind !== 'codes') return { ...weight, spec }
  return { ...weight, spec, held: { ...held, tensor: { ...held.tensor, spec } } }
}

/**
 * Every weight must be a constant of the graph, and every constant a weight: tfjs reads values from the
 * manifest alone.
 */
function checkConstants(
  file: string,
  nodes: readonly FileNode[],
  entries: readonly ManifestEntry[],
): void {
  const constants = new Set(nodes.filter(({ op }) => op === 'Const').map(({ name }) => name))
  const given = new Set(entries.map(({ name }) => name))
  for (const { name, field } of entries)
    if (!constants.has(name))
      throw new StudioError('open/surplus-weight', {
        file,
        field,
        tensor: name,
        missing:
          [...constants]
            .filter((other) => !given.has(other))
            .slice(0, 5)
            .join(', ') || 'none',
      })
  for (const name of constants)
    if (!given.has(name))
      throw new StudioError('open/missing-weight', { file, layer: name, tensor: name })
}
