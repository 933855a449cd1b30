import type { OpenedModel } from '../../formats/format'
import { InferenceModel } from '../inference/inference-model'
import { InferencePass } from '../inference/inference-pass'
import { keepsLoads } from '../inference/keeps-loads'
import { planOf } from '../inference/plan'
import type { Toolbox } from '../work/toolbox'
import { runtimeOf } from './build-model'
import type { InstantModel, RunnableModel } from './runnable-model'

/** A model by the inference pass, and the module that it runs in. */
export interface QuickModel {
  readonly runnable: RunnableModel
  readonly kernels: Uint8Array<ArrayBuffer>
}

/**
 * The same model by the inference pass, which measures what moves under the slider; null where that does not run it
 * whole, on other backends than WebAssembly, and where the memory for a second one is not there.
 * @param runnable the model as it is measured otherwise
 */
export async function quickModel(
  opened: OpenedModel,
  runnable: RunnableModel,
  { backend, environment }: Pick<Toolbox, 'backend' | 'environment'>,
): Promise<QuickModel | null> {
  const bytes = opened.weights.reduce((sum, { values }) => sum + values.byteLength, 0)
  const isUsual = backend().info.backend === 'wasm' && bytes <= environment.largeModelBytes
  if (!isUsual || runtimeOf(opened) === 'onnxRuntime') return null
  try {
    const kernels = await environment.trainingKernels()
    const model = await inferenceModel(opened, kernels, runnable)
    return model === null ? null : { runnable: model, kernels }
  } catch {
    // No vectors, no network or no memory: it is measured as it was before.
    return null
  }
}

/**
 * @returns null where the graph has no plan
 * @throws Error where the module does not start or memory does not suffice
 */
export async function inferenceModel(
  opened: OpenedModel,
  kernels: Uint8Array<ArrayBuffer>,
  described: Pick<RunnableModel, 'inputs' | 'outputs' | 'outputShapes'>,
): Promise<InstantModel | null> {
  const plan = planOf(opened.graph)
  if ('reason' in plan) return null
  const module = await WebAssembly.compile(kernels)
  return new InferenceModel(new InferencePass(module, plan, opened, keepsLoads()), described)
}
