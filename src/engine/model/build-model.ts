import type { FormatId } from '../../core/model-summary'
import type { OpenedModel } from '../../formats/format'
import { createGraphModel } from './graph-model'
import { createLayersModel } from './layers-model'
import type { RunnableModel } from './runnable-model'

/** What makes a model of each format run: the one table of formats outside their folders, since those load no tfjs. */
const builders: Readonly<Record<FormatId, (opened: OpenedModel) => Promise<RunnableModel>>> = {
  'tfjs-layers': createLayersModel,
  'tfjs-graph': createGraphModel,
}

/** Makes a model that runs, without trying it. */
export function buildModel(opened: OpenedModel): Promise<RunnableModel> {
  return builders[opened.format](opened)
}
