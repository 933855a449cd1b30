import { StudioError } from '../../core/errors'
import { cannotRun } from '../../core/model-summary'
import type { Obstacles } from '../../core/model-summary'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import type { Importer, OpenedModel } from '../format'
import { isObject } from '../tfjs-files/config-reader'
import {
  findModelJson,
  isGraphModel,
  modelName,
  readModelJson,
} from '../tfjs-files/find-model-json'
import { weightNotes } from '../tfjs-files/model-notes'
import { parseManifest } from '../tfjs-files/parse-manifest'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { readShards } from '../tfjs-files/read-shards'
import { assignWeights } from './assign-weights'
import { parseGraph } from './parse-graph'
import type { GraphNode } from './parse-graph'
import type { Between } from '../../files/between'

/** TensorFlow.js graph models: frozen graphs of TensorFlow, converted. */
export const tfjsGraphImporter: Importer = {
  id: 'tfjs-graph',
  match: async (bundle) => {
    try {
      const model = findModelJson(bundle)
      return model !== null && isGraphModel(await readModelJson(model))
    } catch {
      // What is wrong is said by the importer that opens it.
      return false
    }
  },
  open,
}

/** Constants are no parameters, and nothing says which layer they belong to. */
const frozen: Obstacles = {
  run: null,
  train: new StudioError('train/graph-model', {}).toData(),
  cut: new StudioError('structure/graph-model', {}).toData(),
}

async function open(bundle: FileBundle, between: Between): Promise<OpenedModel> {
  const model = findModelJson(bundle)
  if (model === null)
    throw new StudioError('open/no-model-json', {
      files: bundle.map((file) => file.path).join(', '),
    })
  const file = model.path
  const root = await readModelJson(model)
  const groups = parseManifest(file, root)
  const { nodes, notRunnable } = parseGraph(file, root['modelTopology'])
  const entries = groups.flatMap((group) => group.entries)
  checkConstants(model, nodes, entries)
  const { layers, specs } = assignWeights(nodes, entries)
  const weights = await readShards(model, groups, specs, bundle, between)
  const { modelTopology: topology, signature, userDefinedMetadata: metadata } = root
  if (!isObject(topology)) throw new RangeError('parsing the graph has checked this')
  return {
    format: 'tfjs-graph',
    container: 'tfjs',
    name: modelName(model, 'model'),
    file,
    topology,
    signature: isObject(signature) ? signature : null,
    layers,
    weights,
    metadata: isObject(metadata) ? metadata : null,
    notes: [{ code: 'note/graph-model', params: {} }, ...weightNotes(weights)],
    obstacles: notRunnable === null ? frozen : cannotRun(notRunnable),
  }
}

/**
 * Every weight must be a constant of the graph, and every constant a weight: tfjs reads values from the
 * manifest alone.
 */
function checkConstants(
  model: BundleFile,
  nodes: readonly GraphNode[],
  entries: readonly ManifestEntry[],
): void {
  const file = model.path
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
