import { isStudioError, StudioError } from '../../../core/errors'
import type { JsonObject } from '../../../files/read-json'
import type { OpenedModel } from '../../format'
import { isObject } from '../../tfjs-files/config-reader'
import { byName } from '../../tfjs-files/bare-graph'
import { flattenLayers } from '../../tfjs-layers/flatten-layers'
import type { FlatLayer } from '../../tfjs-layers/flatten-layers'
import { lowerLayers } from '../../tfjs-layers/lowering/lower-layers'
import { parseTopology } from '../../tfjs-layers/parse-topology'
import type { TopologyModel } from '../../tfjs-layers/topology'
import { firstDifference } from '../as-stock-layers'
import { kerasMeaning } from '../lowering/meaning'
import type { KerasVersion } from '../lowering/middles'
import { normalizedConfig } from '../normalize-config'
import { hasTwins } from '../read-keras-model'
import { kerasDialect } from '../repair'
import { kerasSpelling } from '../spelling'
import { kerasOrder } from './layer-order'
import { describedLayers, isAsItCame, majorOf, writtenConfig } from './written-config'

/** Layers as a file will describe them. */
export interface PlannedFile {
  readonly config: JsonObject
  readonly major: 2 | 3
  readonly model: TopologyModel
  readonly rows: readonly FlatLayer[]
}

/**
 * What a file says of a whole model. What Keras makes of it is written in operators, as of any file that is opened, and has
 * to be the graph of the model.
 * @throws StudioError 'export/unsupported'
 */
export function plannedFile(model: OpenedModel, kind: 'keras' | 'h5' | 'weights'): PlannedFile {
  const known = plans.get(model) ?? new Map<string, PlannedFile | StudioError>()
  plans.set(model, known)
  let plan = known.get(kind)
  if (plan === undefined) {
    try {
      plan = planOf(model, kind)
    } catch (error) {
      if (!isStudioError(error)) throw error
      plan = error
    }
    known.set(kind, plan)
  }
  if (plan instanceof StudioError) throw plan
  return plan
}

/** Who opens a file that is written today. */
const readBy: Readonly<Record<2 | 3, KerasVersion>> = {
  2: { major: 2, minor: null },
  3: { major: 3, minor: 15 },
}

/** Asked for whenever a slider rests; nothing in it depends on the numbers of weights. */
const plans = new WeakMap<OpenedModel, Map<string, PlannedFile | StudioError>>()

function planOf(model: OpenedModel, kind: 'keras' | 'h5' | 'weights'): PlannedFile {
  const { file, graph, weights } = model
  const described = describedLayers(model)
  if (described === null || model.obstacles.run !== null)
    throw unsupported(kind, 'nothing says which layers it has')
  const major = majorOf(described, kind)
  try {
    const first = read(file, described.config, described.major)
    const told = kind === 'weights' ? described.config : writtenConfig(described, kind, first.model)
    const config = ordered(told, first.model)
    const planned = read(file, config, major)
    // Whoever loads weights alone has the layers.
    if (kind === 'weights') return { config, major, model: planned.model, rows: planned.rows }
    const isNamed = first.impliedMasks.size > 0 && !isAsItCame(described, kind)
    const taken = isNamed ? takenName(first) : null
    if (taken !== null)
      throw unsupported(kind, `Keras 3 gives the name "${taken}" to what computes a mask`)
    const { byPath, impliedMasks, model: parsed, rows } = planned
    const unsaid: string[] = []
    const meaning = kerasMeaning(readBy[major], byPath, impliedMasks, ({ layer }) =>
      unsaid.push(layer),
    )
    const specs = byName(new Map(weights.map((weight) => [weight, weight.spec])))
    const difference = firstDifference(graph, lowerLayers(parsed, specs, meaning))
    const [other = difference] = unsaid
    if (other !== null)
      throw unsupported(kind, `Keras ${major} computes layer "${other}" otherwise`)
    return { config, major, model: parsed, rows }
  } catch (error) {
    if (!isStudioError(error) || error.code === 'export/unsupported') throw error
    const { layer, field } = error.params
    throw unsupported(kind, `Keras ${major} has no such layer as "${layer ?? field ?? file}"`)
  }
}

/** @param kind what the file was to be */
export function unsupported(kind: string, reason: string): StudioError {
  return new StudioError('export/unsupported', { format: `Keras (.${kind})`, reason })
}

/** Of what masks are computed by, which a `.keras` file of Keras 3 itself lists under other names. */
const maskNames: ReadonlySet<string> = new Set([
  ...['not_equal', 'any', 'all', 'expand_dims', 'zeros_like', 'ones_like', 'logical_or'],
  ...['logical_and', 'concatenate', 'broadcast_to'],
])

function takenName({ model }: ReturnType<typeof read>): string | null {
  return model.layers.find(({ name }) => maskNames.has(name))?.name ?? null
}

function read(file: string, config: JsonObject, major: 2 | 3) {
  const { config: plain, impliedMasks } = normalizedConfig(config)
  const described = { ...plain, keras_version: `${major}.0.0` }
  const { model } = parseTopology(file, described, kerasDialect)
  const byPath = hasTwins(model)
  return { model, byPath, impliedMasks, rows: flattenLayers(model, kerasSpelling(byPath)) }
}

/** Layers stand in the order in which Keras will have them, since it counts by that. */
function ordered(config: JsonObject, model: TopologyModel): JsonObject {
  const places = new Map(kerasOrder(model).map((name, index) => [name, index]))
  const inner = config['config']
  if (!isObject(inner)) return config
  const { layers } = inner
  if (!Array.isArray(layers)) return config
  const models = new Map(model.layers.map((layer) => [layer.name, layer.model]))
  const entries = layers.filter((entry) => isObject(entry))
  // What only computes masks is read as no layer, and stays where it is.
  if (entries.some((entry) => !models.has(nameOf(entry)) && entry['class_name'] !== 'InputLayer'))
    return config
  const own = entries.flatMap((entry) => {
    const name = nameOf(entry)
    const held = models.get(name) ?? null
    const isModel = held !== null && isModelEntry(entry)
    // What nothing reads is no part of the model that Keras builds.
    const place = places.get(name) ?? (entry === entries[0] && model.sequential ? -1 : undefined)
    return place === undefined ? [] : [{ place, entry: isModel ? ordered(entry, held) : entry }]
  })
  const sorted = own.toSorted((one, other) => one.place - other.place).map(({ entry }) => entry)
  return { ...config, config: { ...inner, layers: sorted } }
}

function isModelEntry({ config }: JsonObject): boolean {
  return isObject(config) && 'layers' in config
}

function nameOf({ config, name }: JsonObject): string {
  const inner = isObject(config) ? config['name'] : null
  return typeof inner === 'string' ? inner : typeof name === 'string' ? name : ''
}
