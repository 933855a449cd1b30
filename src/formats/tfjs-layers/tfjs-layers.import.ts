import { StudioError, isStudioError } from '../../core/errors'
import type { ErrorCode } from '../../core/errors'
import type { FileBundle } from '../../files/file-bundle'
import { cannotRun, noObstacles } from '../../core/model-summary'
import type { ModelNote } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Importer, OpenedLayer, OpenedModel, OpenedWeight } from '../format'
import { checkGraph } from './check-graph'
import { isObject } from '../tfjs-files/config-reader'
import { findModelJson, modelName, readModelJson } from '../tfjs-files/find-model-json'
import { weightNotes } from '../tfjs-files/model-notes'
import { flattenLayers } from './flatten-layers'
import type { FlatLayer } from './flatten-layers'
import { looseLayers } from './loose-layers'
import { matchWeights } from './match-weights'
import { parseManifest } from '../tfjs-files/parse-manifest'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { parseTopology } from './parse-topology'
import type { Json } from '../../files/read-json'
import { readShards } from '../tfjs-files/read-shards'
import type { Between } from '../../files/between'

/** TensorFlow.js layers models: a model.json and the weight files that its manifest names. */
export const tfjsLayersImporter: Importer = {
  id: 'tfjs-layers',
  match: (bundle) => Promise.resolve(bundle.some((file) => /\.json$/i.test(file.path))),
  open,
}

/**
 * Validates in the order of cost, so that nothing is parsed before its size is known, nothing is
 * allocated before its bytes are counted, and tfjs sees only what has passed: size, kind, JSON, manifest,
 * topology, graph, names and shapes of weights, byte counts, hashes, values.
 */
async function open(bundle: FileBundle, between: Between): Promise<OpenedModel> {
  const model = findModelJson(bundle)
  if (model === null)
    throw new StudioError('open/no-model-json', {
      files: bundle.map((file) => file.path).join(', '),
    })
  const file = model.path
  const root = await readModelJson(model)
  const groups = parseManifest(file, root)
  const entries = groups.flatMap((group) => group.entries)
  const { name, topology, layers, specs, renamed, notes, obstacles } = readLayers(
    file,
    root['modelTopology'],
    entries,
  )
  const weights = await readShards(model, groups, specs, bundle, between)
  const metadata = root['userDefinedMetadata']
  return {
    format: 'tfjs-layers',
    container: 'tfjs',
    name: modelName(model, name),
    file,
    topology,
    signature: null,
    layers,
    weights,
    metadata: isObject(metadata) ? metadata : null,
    notes: [...notes, ...fileNotes(root['format'], weights, renamed, entries)],
    obstacles,
  }
}

interface ReadLayers extends Pick<OpenedModel, 'name' | 'topology' | 'layers' | 'obstacles'> {
  readonly specs: ReadonlyMap<ManifestEntry, TensorSpec>
  readonly renamed: ReadonlyMap<string, string>
  readonly notes: readonly ModelNote[]
}

/** What only says that tfjs cannot compute something; the file itself is in order. */
const notComputed: ReadonlySet<ErrorCode> = new Set([
  'open/unknown-layer',
  'open/python-layer',
  'open/unsupported-setting',
])

/**
 * Reads the layers as tfjs will build them. Where it could not, they are read once more for their
 * weights alone, and the topology stays as it came.
 */
function readLayers(
  file: string,
  topology: Json | undefined,
  entries: readonly ManifestEntry[],
): ReadLayers {
  try {
    const parsed = parseTopology(file, topology)
    checkGraph(file, parsed.model)
    const layers = flattenLayers(parsed.model)
    const { specs, renamed } = matchWeights(file, layers, entries)
    return {
      name: parsed.model.name,
      topology: parsed.topology,
      layers: layers.map((layer) => openedLayer(layer)),
      specs,
      renamed,
      notes: parsed.notes,
      obstacles: noObstacles,
    }
  } catch (error) {
    if (!isStudioError(error) || !notComputed.has(error.code) || !isObject(topology)) throw error
    const { layers, specs } = looseLayers(topology, entries)
    return {
      name: 'model',
      topology,
      layers,
      specs,
      renamed: new Map(),
      notes: [],
      obstacles: cannotRun(error.toData()),
    }
  }
}

function openedLayer(layer: FlatLayer): OpenedLayer {
  const { name, className, kind, config, inputs, calls, slots } = layer
  return {
    name,
    className,
    kind,
    weightNames: slots.map((slot) => slot.fullName),
    config,
    inputs,
    calls,
  }
}

function fileNotes(
  format: unknown,
  weights: readonly OpenedWeight[],
  renamed: ReadonlyMap<string, string>,
  entries: readonly { readonly optimizer: boolean }[],
): ModelNote[] {
  const notes: ModelNote[] = []
  if (format === undefined) notes.push({ code: 'note/no-format-key', params: {} })
  notes.push(...weightNotes(weights))
  const [first] = renamed
  if (first !== undefined)
    notes.push({
      code: 'note/renamed-weights',
      params: { count: renamed.size, from: first[0], to: first[1] },
    })
  const skipped = entries.filter((entry) => entry.optimizer).length
  if (skipped > 0) notes.push({ code: 'note/optimizer-state', params: { count: skipped } })
  return notes
}
