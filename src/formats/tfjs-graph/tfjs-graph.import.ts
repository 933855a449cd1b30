import { StudioError } from '../../core/errors'
import { cannotRun } from '../../core/model-summary'
import type { Json, JsonObject } from '../../files/read-json'
import { directWeights } from '../../graph/direct-weights'
import { obstacleToTraining } from '../../graph/training-obstacle'
import type { ModelFormat } from '../format'
import { byName } from '../tfjs-files/bare-graph'
import { isObject } from '../tfjs-files/config-reader'
import { weightNotes } from '../tfjs-files/model-notes'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { findTfjsFiles, isGraphModel, recognisedTfjs } from '../tfjs-files/tfjs-files'
import type { ReadModelJson } from '../tfjs-files/tfjs-files'
import { editGraph } from './edit-graph'
import { assignWeights } from './assign-weights'
import type { FileNode } from './file-node'
import { lowerGraph, told } from './lowering/lower-graph'
import { parseGraph } from './parse-graph'

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
  const said = isObject(signature) ? signature : null
  if (!isObject(topology)) throw new RangeError('parsing the graph has checked this')
  return {
    name: 'model',
    topology,
    signature: said,
    understood: (read) => {
      const values = told(read)
      // How a kernel is turned on its way stands among the weights.
      const { layers, specs: known } = assignWeights(nodes, entries, values)
      const own = byName(known)
      const weights = read.map((weight) => ({
        ...weight,
        spec: own.get(weight.spec.name) ?? weight.spec,
      }))
      const lowered = lowerGraph({ graph, signature: said, specs: own, layers, values })
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
