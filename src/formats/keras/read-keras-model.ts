import { StudioError, isStudioError } from '../../core/errors'
import type { ErrorCode } from '../../core/errors'
import { cannotRun, noObstacles } from '../../core/model-summary'
import type { ModelNote } from '../../core/model-summary'
import type { Json, JsonObject } from '../../files/read-json'
import { unrunnable } from '../../graph/unrunnable'
import { isObject } from '../tfjs-files/config-reader'
import { byName } from '../tfjs-files/bare-graph'
import { graphDownload } from '../tfjs-files/graph-download'
import { checkGraph } from '../tfjs-layers/check-graph'
import { flattenLayers } from '../tfjs-layers/flatten-layers'
import { openedLayer } from '../tfjs-layers/opened-layer'
import { lowerLayers } from '../tfjs-layers/lowering/lower-layers'
import { parseTopology } from '../tfjs-layers/parse-topology'
import type { TopologyModel } from '../tfjs-layers/topology'
import { asStockLayers } from './as-stock-layers'
import { readBare } from './bare-weights'
import type { ReadKeras } from './bare-weights'
import { halfPrecision } from './half-precision'
import { kerasCatalog } from './keras-catalog'
import { kerasMeaning } from './lowering/meaning'
import { versionFrom } from './lowering/middles'
import type { KerasVersion } from './lowering/middles'
import type { Unsaid } from './lowering/meaning'
import { matchedWeights } from './matched-weights'
import { withLayersForOperations } from './operations/operations-as-layers'
import { portNames } from './named-ports'
import { normalizedConfig } from './normalize-config'
import type { NormalizedConfig } from './normalize-config'
import type { OpenKeras } from './open-keras'
import { kerasDialect } from './repair'
import { kerasSpelling } from './spelling'
import { unsaidSetting } from './unsaid-setting'

/** A file, as far as it is read here. */
type ReadFile = Pick<
  OpenKeras,
  'file' | 'writer' | 'version' | 'config' | 'guessed' | 'weights' | 'weightsOf'
>

/** What only says that nothing here computes a layer; the file itself is in order. */
const notComputed: ReadonlySet<ErrorCode> = new Set([
  'open/unknown-layer',
  'open/keras-layer',
  'open/python-layer',
  'open/tensorflow-function',
  'open/unsupported-setting',
])

/**
 * Reads the layers of a whole model as Keras computes them. Where nothing here does, they are read for their weights.
 * @param config as the file has it
 * @throws StudioError 'open/...' naming file, place, expected and found
 */
export function readKerasModel(file: ReadFile, config: JsonObject): ReadKeras {
  const normalized = normalizedConfig(config)
  const notes = unwrappedNotes(normalized)
  const version = versionFrom(file.writer === 'keras-3' ? 3 : 2, file.version)
  try {
    return whole(file, normalized, version, [...notes, ...namedOutputs(config)])
  } catch (error) {
    if (!isStudioError(error)) throw error
    if (!notComputed.has(error.code)) throw inWordsOfKeras(error, file)
    const bare = readBare(file)
    const obstacles = cannotRun(named(error, normalized.config).toData())
    return { ...bare, name: nameOf(normalized.config), notes, obstacles }
  }
}

function whole(
  file: ReadFile,
  { config, impliedMasks }: NormalizedConfig,
  version: KerasVersion,
  notes: readonly ModelNote[],
): ReadKeras {
  const described = { ...config, keras_version: `${version.major}.0.0` }
  const { model } = parseTopology(file.file, described, kerasDialect)
  checkGraph(file.file, model, kerasCatalog)
  const byPath = hasTwins(model)
  const rows = flattenLayers(model, kerasSpelling(byPath))
  const specs = matchedWeights(file, rows)
  const unsaid: Unsaid[] = []
  const meaning = kerasMeaning(version, byPath, impliedMasks, (found) => unsaid.push(found))
  const graph = lowerLayers(model, byName(specs), meaning)
  const [first] = unsaid
  if (first !== undefined) throw unsaidSetting(file.file, rows, first)
  const [strange] = unrunnable(graph)
  if (strange !== undefined) {
    const row = graph.layers.find(({ name }) => name === strange.layer)
    throw new StudioError('open/keras-layer', {
      ...{
        file: file.file,
        layer: row?.name ?? strange.id,
        className: row?.className ?? strange.op,
      },
    })
  }
  const stock = asStockLayers(file.file, withLayersForOperations(described), {
    graph,
    specs: byName(specs),
  })
  const { missing } = stock
  const written = missing === null ? null : graphDownload(file.file, graph, [...specs.values()])
  return {
    name: model.name,
    topology: stock.topology,
    layers: rows.map((layer) => openedLayer(layer)),
    graph,
    specs,
    notes: [
      { code: 'note/own-runtime', params: { version: file.version ?? version.major } },
      ...halfPrecision(config),
      ...notes,
      ...stock.notes,
      ...(missing === null || written === null ? [] : [written.note ?? asGraph(missing)]),
    ],
    obstacles: { ...noObstacles, cut: written?.obstacle ?? null },
  }
}

/** @param missing the layer that TensorFlow.js lacks */
function asGraph(missing: string): ModelNote {
  return { code: 'note/as-graph-model', params: { what: missing } }
}

/** Whether models in the model call layers alike, so that their weights need longer names. */
export function hasTwins(model: TopologyModel): boolean {
  const names = flattenLayers(model, kerasSpelling(false)).flatMap(({ slots }) =>
    slots.map(({ fullName }) => fullName),
  )
  return new Set(names).size < names.length
}

function namedOutputs(config: JsonObject): ModelNote[] {
  const names = portNames(config, 'output_layers')
  return names === null ? [] : [{ code: 'note/named-outputs', params: { names: names.join(', ') } }]
}

/** TensorFlow.js has no part in what is not known here; a function of TensorFlow is called by its name. */
function named(error: StudioError, config: JsonObject): StudioError {
  const { file = '', layer = '', className = '' } = error.params
  if (error.code === 'open/tensorflow-function') {
    const called = functionIn(config, String(layer)) ?? className
    return new StudioError(error.code, { file, layer, className: called })
  }
  if (error.code !== 'open/unknown-layer') return error
  return new StudioError('open/keras-layer', { file, layer, className })
}

function functionIn(value: Json, layer: string): string | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = functionIn(item, layer)
      if (found !== null) return found
    }
    return null
  }
  if (!isObject(value)) return null
  const { config } = value
  if (!isObject(config)) return functionIn(Object.values(value), layer)
  const { function: called, layers, name } = config
  if (name === layer && typeof called === 'string') return `tf.${called}`
  return functionIn(layers ?? null, layer)
}

/** Where a field stands in a file of Keras, which has none of the names of a model.json. */
function inWordsOfKeras(error: StudioError, { file, writer }: ReadFile): StudioError {
  const { field = '', ...rest } = error.params
  if (error.code !== 'open/field') return error
  if (/\.batch_input_shape$/.test(String(field)) && rest['found'] === 'nothing')
    return new StudioError('open/keras-unbuilt', { file })
  const place = /\.h(?:df)?5$/i.test(file) ? 'model_config' : 'config.json'
  const shape = writer === 'keras-3' ? 'batch_shape' : 'batch_input_shape'
  return new StudioError('open/field', {
    file,
    field: String(field)
      .replace(/^modelTopology/, place)
      .replace('batch_input_shape', shape),
    expected: rest['expected'] ?? '',
    found: rest['found'] ?? '',
  })
}

function unwrappedNotes(config: NormalizedConfig): ModelNote[] {
  const { unwrapped, unwrappedLayers, keepingZeros } = config
  if (unwrappedLayers === 0) return []
  return [
    {
      code: 'note/unwrapped-layers',
      params: { count: unwrappedLayers, names: unwrapped.join(', ') },
    },
    ...(keepingZeros === 0
      ? []
      : [{ code: 'note/kept-zeros', params: { count: keepingZeros } } as const]),
  ]
}

function nameOf({ config }: JsonObject): string {
  const name =
    typeof config === 'object' && config !== null && 'name' in config ? config['name'] : null
  return typeof name === 'string' ? name : 'model'
}
