import { StudioError, isStudioError } from '../../core/errors'
import type { ErrorCode } from '../../core/errors'
import { baseName } from '../../core/file-bundle'
import type { BundleFile, FileBundle } from '../../core/file-bundle'
import type { ModelNote } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Checkpoint, Importer, OpenedLayer, OpenedModel, OpenedWeight } from '../format'
import { checkGraph } from './check-graph'
import { checkShardHashes } from './check-shard-hashes'
import { isObject } from './config-reader'
import { findModelJson, readModelJson } from './find-model-json'
import { flattenLayers } from './flatten-layers'
import type { FlatLayer } from './flatten-layers'
import { looseLayers } from './loose-layers'
import { matchWeights } from './match-weights'
import { pairShards } from './pair-shards'
import { parseManifest } from './parse-manifest'
import type { ManifestEntry } from './parse-manifest'
import { parseTopology } from './parse-topology'
import type { Json } from '../read-json'
import { checkByteCounts, readWeights } from './read-weights'

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
async function open(bundle: FileBundle, checkpoint: Checkpoint): Promise<OpenedModel> {
  const model = findModelJson(bundle)
  if (model === null)
    throw new StudioError('open/no-model-json', {
      files: bundle.map((file) => file.path).join(', '),
    })
  const file = model.path
  const root = await readModelJson(model)
  const groups = parseManifest(file, root)
  const entries = groups.flatMap((group) => group.entries)
  const { name, topology, layers, specs, renamed, notes, notRunnable } = readLayers(
    file,
    root['modelTopology'],
    entries,
  )
  const files = findShards(
    model,
    groups.flatMap((group) => group.paths),
    bundle,
  )
  await checkByteCounts(groups, files)
  await checkShardHashes(model, files, bundle, checkpoint)
  const weights = await readWeights(groups, files, specs, checkpoint)
  const metadata = root['userDefinedMetadata']
  return {
    format: 'tfjs-layers',
    name: modelName(model, name),
    file,
    topology,
    layers,
    weights,
    metadata: isObject(metadata) ? metadata : null,
    notes: [...notes, ...fileNotes(root['format'], weights, renamed, entries)],
    notRunnable,
  }
}

interface ReadLayers extends Pick<OpenedModel, 'name' | 'topology' | 'layers' | 'notRunnable'> {
  readonly specs: ReadonlyMap<ManifestEntry, TensorSpec>
  readonly renamed: ReadonlyMap<string, string>
  readonly notes: readonly ModelNote[]
}

/** What only says that tfjs cannot compute something; the file itself is in order. */
const cannotRun: ReadonlySet<ErrorCode> = new Set([
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
      notRunnable: null,
    }
  } catch (error) {
    if (!isStudioError(error) || !cannotRun.has(error.code) || !isObject(topology)) throw error
    const { layers, specs } = looseLayers(topology, entries)
    return {
      name: 'model',
      topology,
      layers,
      specs,
      renamed: new Map(),
      notes: [],
      notRunnable: error.toData(),
    }
  }
}

/** The manifest paths a model asks for, for collecting files that arrive in several goes. */
export async function shardPaths(model: BundleFile): Promise<string[]> {
  const groups = parseManifest(model.path, await readModelJson(model))
  return groups.flatMap((group) => group.paths)
}

function findShards(
  model: BundleFile,
  paths: readonly string[],
  bundle: FileBundle,
): ReadonlyMap<string, BundleFile> {
  const { found, missing } = pairShards(model, paths, bundle)
  if (missing.length > 0)
    throw new StudioError('open/missing-shards', {
      file: model.path,
      missing: missing.join(', '),
      received: found.size,
      total: paths.length,
    })
  return found
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

/** A folder or file name says more than `model` or `sequential_1`. */
function modelName(model: BundleFile, topologyName: string): string {
  const own = baseName(model.path).replace(/\.json$/i, '')
  if (own.toLowerCase() !== 'model') return own
  const folder = model.path.split('/').at(-2)
  return folder !== undefined && folder !== '' ? folder : topologyName
}

function fileNotes(
  format: unknown,
  weights: readonly OpenedWeight[],
  renamed: ReadonlyMap<string, string>,
  entries: readonly { readonly optimizer: boolean }[],
): ModelNote[] {
  const notes: ModelNote[] = []
  if (format === undefined) notes.push({ code: 'note/no-format-key', params: {} })
  const quantized = weights.filter((weight) => /^(?:uint|float16)/.test(weight.storedAs))
  if (quantized.length > 0)
    notes.push({
      code: 'note/quantized-weights',
      params: {
        count: quantized.length,
        total: weights.length,
        dtypes: [...new Set(quantized.map((weight) => weight.storedAs))].sort().join(', '),
      },
    })
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
