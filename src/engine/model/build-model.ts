import { StudioError } from '../../core/errors'
import type { FormatId, Runtime } from '../../core/model-summary'
import type { OpenedModel } from '../../formats/format'
import { createGraphModel } from './graph-model'
import { createLayersModel } from './layers-model'
import { createProgramModel } from './program-model'
import type { RunnableModel } from './runnable-model'

interface Builder {
  readonly build: (opened: OpenedModel) => Promise<RunnableModel>
  /** It is built of layers, which say themselves what is learnt of them. */
  readonly hasLayers: boolean
  readonly runtime: Runtime
}

/** What makes a model of each format run: the one table of formats outside their folders, since those load no tfjs. */
const builders: Readonly<Record<FormatId, Builder>> = {
  'tfjs-layers': { build: createLayersModel, hasLayers: true, runtime: 'stock' },
  'tfjs-graph': { build: createGraphModel, hasLayers: false, runtime: 'stock' },
  keras: { build: createProgramModel, hasLayers: false, runtime: 'own' },
  onnx: { build: createProgramModel, hasLayers: false, runtime: 'own' },
  safetensors: { build: notANetwork, hasLayers: false, runtime: 'own' },
  pytorch: { build: notANetwork, hasLayers: false, runtime: 'own' },
}

/** Weights alone: their format has said already that nothing runs them. */
function notANetwork({ obstacles }: OpenedModel): Promise<never> {
  const { run } = obstacles
  return Promise.reject(run === null ? new RangeError('nothing to run') : StudioError.from(run))
}

/** Makes a model that runs, without trying it. */
export function buildModel(opened: OpenedModel): Promise<RunnableModel> {
  return builders[opened.format].build(opened)
}

export function hasLayers({ format }: Pick<OpenedModel, 'format'>): boolean {
  return builders[format].hasLayers
}

/** What `buildModel` makes is computed by. */
export function runtimeOf({ format }: Pick<OpenedModel, 'format'>): Runtime {
  return builders[format].runtime
}
