import type { FormatId } from '../../core/model-summary'
import type { OpenedModel } from '../../formats/format'
import { createGraphModel } from './graph-model'
import { createLayersModel } from './layers-model'
import type { RunnableModel } from './runnable-model'

interface Builder {
  readonly build: (opened: OpenedModel) => Promise<RunnableModel>
  /** Layers of TensorFlow.js train themselves; everything else trains by its graph. */
  readonly trainsAsLayers: boolean
}

/** What makes a model of each format run: the one table of formats outside their folders, since those load no tfjs. */
const builders: Readonly<Record<FormatId, Builder>> = {
  'tfjs-layers': { build: createLayersModel, trainsAsLayers: true },
  'tfjs-graph': { build: createGraphModel, trainsAsLayers: false },
}

/** Makes a model that runs, without trying it. */
export function buildModel(opened: OpenedModel): Promise<RunnableModel> {
  return builders[opened.format].build(opened)
}

export function trainsAsLayers({ format }: Pick<OpenedModel, 'format'>): boolean {
  return builders[format].trainsAsLayers
}
