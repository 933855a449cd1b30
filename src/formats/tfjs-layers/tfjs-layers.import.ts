import { StudioError, isStudioError } from '../../core/errors'
import type { ErrorCode, StudioErrorData } from '../../core/errors'
import { cannotRun, noObstacles } from '../../core/model-summary'
import type { ModelNote } from '../../core/model-summary'
import type { ModelGraph } from '../../graph/graph'
import { strangeOperator } from '../../graph/unrunnable'
import type { ModelFormat, OpenedWeight } from '../format'
import { checkGraph } from './check-graph'
import { editTopology } from './edit-topology'
import { isObject } from '../tfjs-files/config-reader'
import { bareGraph, byName } from '../tfjs-files/bare-graph'
import { weightNotes } from '../tfjs-files/model-notes'
import { flattenLayers } from './flatten-layers'
import { looseLayers } from './loose-layers'
import { lowerLayers } from './lowering/lower-layers'
import { matchWeights } from './match-weights'
import { openedLayer } from './opened-layer'
import type { ConvertedLayers, OtherMeaning } from './other-meaning'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { parseTopology } from './parse-topology'
import { supplySettings } from './supplied-settings'
import type { Json, JsonObject } from '../../files/read-json'
import { findTfjsFiles, isGraphModel, recognisedTfjs } from '../tfjs-files/tfjs-files'
import type { ReadModelJson } from '../tfjs-files/tfjs-files'

/**
 * TensorFlow.js layers models: a model.json and the weight files that its manifest names.
 * @param otherMeaning of layers that stock TensorFlow.js does not compute
 */
export const tfjsLayers = (otherMeaning: OtherMeaning): ModelFormat => ({
  id: 'tfjs-layers',
  recognise: async (drop) => {
    const found = await findTfjsFiles(drop)
    if (found === null || isGraphModel(found)) return null
    // The stock converter writes null for a file of Keras that held weights alone.
    const bare = found.bare || found.root['modelTopology'] === null
    return recognisedTfjs('tfjs-layers', found, bare ? readBare : readModel(otherMeaning))
  },
  edit: editTopology,
})

/** A manifest without layers: what its weights belong to is told by their names alone. */
function readBare(
  file: string,
  _topology: Json | undefined,
  entries: readonly ManifestEntry[],
): ReadModelJson {
  const { layers, specs } = looseLayers(undefined, entries)
  return {
    name: 'weights',
    topology: {},
    signature: null,
    understood: (weights) => ({ graph: bareGraph(layers, specs), layers, weights }),
    specs,
    notes: weightNotes,
    obstacles: () => cannotRun(new StudioError('open/no-topology', { file }).toData()),
  }
}

function readModel(otherMeaning: OtherMeaning) {
  return (
    file: string,
    topology: Json | undefined,
    entries: readonly ManifestEntry[],
    root: JsonObject,
  ): ReadModelJson => {
    const { notes, renamed, ...parts } = readLayers(file, topology, entries, otherMeaning)
    return {
      ...parts,
      signature: null,
      notes: (weights) => [...notes, ...fileNotes(root['format'], weights, renamed, entries)],
    }
  }
}

interface ReadLayers extends Pick<
  ReadModelJson,
  'format' | 'name' | 'topology' | 'understood' | 'obstacles' | 'specs' | 'alsoAs'
> {
  readonly renamed: ReadonlyMap<string, string>
  readonly notes: readonly ModelNote[]
}

/** What only says that tfjs cannot compute something; the file itself is in order. */
const notComputed: ReadonlySet<ErrorCode> = new Set([
  'open/unknown-layer',
  'open/python-layer',
  'open/tensorflow-function',
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
  otherMeaning: OtherMeaning,
): ReadLayers {
  try {
    const parsed = parseTopology(file, topology)
    const { notes } = parsed
    supplySettings(parsed.model, entries, notes)
    checkGraph(file, parsed.model)
    const layers = flattenLayers(parsed.model)
    const { specs, renamed } = matchWeights(file, layers, entries)
    const graph = lowerLayers(parsed.model, byName(specs))
    return {
      name: parsed.model.name,
      topology: parsed.topology,
      alsoAs: ['keras', 'kerasH5', 'kerasWeights'],
      understood: (weights) => ({
        ...{ graph, weights },
        layers: layers.map((layer) => openedLayer(layer)),
      }),
      specs,
      renamed,
      notes,
      obstacles: () => ({ ...noObstacles, train: obstacleToTraining(graph) }),
    }
  } catch (error) {
    if (!isStudioError(error) || !notComputed.has(error.code) || !isObject(topology)) throw error
    const converted = meantOtherwise(() => otherMeaning(file, topology, entries, error))
    if (converted !== null && !isStudioError(converted)) {
      const { graph, layers: rows, obstacles, ...parts } = converted
      return {
        ...parts,
        format: 'keras',
        topology: {},
        understood: (weights) => ({ graph, layers: rows, weights }),
        obstacles: () => obstacles,
      }
    }
    const { layers, specs } = looseLayers(topology, entries)
    return {
      name: 'model',
      topology,
      understood: (weights) => ({ graph: bareGraph(layers, specs), layers, weights }),
      specs,
      renamed: new Map(),
      notes: [],
      obstacles: () => cannotRun((converted ?? error).toData()),
    }
  }
}

/** @returns what keeps it from running where that is one of its layers; null: all that is known is what TensorFlow.js says */
function meantOtherwise(read: () => ConvertedLayers | null): ConvertedLayers | StudioError | null {
  try {
    return read()
  } catch (error) {
    if (!isStudioError(error)) throw error
    return notComputed.has(error.code) ? error : null
  }
}

/**
 * What TensorFlow.js builds and no operator says exactly is what it makes of masks that are added, or read in a model that
 * runs at each step: it gives samples the masks of others, or steps those of the one before.
 */
function obstacleToTraining(graph: ModelGraph): StudioErrorData | null {
  const layer = strangeOperator(graph)
  return layer === null ? null : new StudioError('train/mixed-masks', { layer }).toData()
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
