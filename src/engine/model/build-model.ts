import { StudioError } from '../../core/errors'
import type { FormatId, Runtime } from '../../core/model-summary'
import type { OpenedModel } from '../../formats/format'
import { createGraphModel } from './graph-model'
import { createLayersModel } from './layers-model'
import { createProgramModel } from './program-model'
import { createOnnxRuntimeModel } from './onnx-runtime-model'
import type { InstantModel, RunnableModel } from './runnable-model'
import type { RuntimeTools } from './runtime-tools'

interface Builder<Build> {
  readonly build: Build
  /** It is built of layers, which say themselves what is learnt of them. */
  readonly hasLayers: boolean
  readonly runtime: Runtime
}

type Instant = (opened: OpenedModel) => Promise<InstantModel>
type Build = (opened: OpenedModel, tools: RuntimeTools) => Promise<RunnableModel>

/** What makes a model of each format run: the one table of formats outside their folders, since those load no tfjs. */
const builders: Readonly<Record<FormatId, Builder<Instant>>> = {
  'tfjs-layers': { build: createLayersModel, hasLayers: true, runtime: 'stock' },
  'tfjs-graph': { build: createGraphModel, hasLayers: false, runtime: 'stock' },
  keras: { build: createProgramModel, hasLayers: false, runtime: 'own' },
  onnx: { build: createProgramModel, hasLayers: false, runtime: 'own' },
  safetensors: { build: notANetwork, hasLayers: false, runtime: 'own' },
  pytorch: { build: notANetwork, hasLayers: false, runtime: 'own' },
}

/** Computes what no graph says, with the whole file. */
const onnxRuntime: Builder<Build> = {
  build: createOnnxRuntimeModel,
  hasLayers: false,
  runtime: 'onnxRuntime',
}

type Kind = Pick<OpenedModel, 'format' | 'refillable'>

function builderOf({ format, refillable }: Kind): Builder<Build> {
  return refillable === undefined ? builders[format] : onnxRuntime
}

/** Weights alone: their format has said already that nothing runs them. */
function notANetwork({ obstacles }: OpenedModel): Promise<never> {
  const { run } = obstacles
  return Promise.reject(run === null ? new RangeError('nothing to run') : StudioError.from(run))
}

/** Makes a model that runs, without trying it. */
export function buildModel(opened: OpenedModel, tools: RuntimeTools): Promise<RunnableModel> {
  return builderOf(opened).build(opened, tools)
}

/** The same for one that answers at once: nothing but TensorFlow.js is needed. */
export function buildInstant(opened: OpenedModel): Promise<InstantModel> {
  return builders[opened.format].build(opened)
}

export function hasLayers(opened: Kind): boolean {
  return builderOf(opened).hasLayers
}

/** What `buildModel` makes is computed by. */
export function runtimeOf(opened: Kind): Runtime {
  return builderOf(opened).runtime
}
