import { isStudioError } from '../core/errors'
import type { FormatId } from '../core/model-summary'
import type { Json } from '../files/read-json'
import type { OpenedModel } from './format'
import { shownReads } from './tfjs-graph/shown-reads'
import { layerReads } from './tfjs-layers/layer-reads'

type Reads = ReadonlyMap<string, readonly string[]>

const readers: Readonly<Record<FormatId, (model: OpenedModel, topology: Json) => Reads>> = {
  'tfjs-layers': ({ file }, topology) => layerReads(file, topology),
  'tfjs-graph': ({ file, layers }, topology) =>
    shownReads(file, topology, new Set(layers.map(({ name }) => name))),
}

/** Whose values each layer reads, in all its calls; empty where nothing but the weights is known. */
export function layerLinks(model: OpenedModel): Reads {
  try {
    // What a model was parsed from; parsing repairs what it is given.
    return readers[model.format](model, structuredClone(model.topology) as Json)
  } catch (error) {
    if (isStudioError(error)) return new Map()
    throw error
  }
}
