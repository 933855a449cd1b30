import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../core/random'
import { elementCount } from '../../core/tensor-spec'
import type { OpenedModel } from '../../formats/format'
import { InferenceModel } from '../inference/inference-model'
import { InferencePass } from '../inference/inference-pass'
import { keepsLoads } from '../inference/keeps-loads'
import { planOf } from '../inference/plan'
import { throwIfCancelled } from '../work/pace'
import type { Toolbox } from '../work/toolbox'
import { answerDistance } from './answer-distance'
import { runtimeOf } from './build-model'
import type { BetweenLayers, InstantModel, RunnableModel } from './runnable-model'
import { weightBytes } from './weight-bytes'
import { sampleShape } from './sample-shape'

/** A model by the inference pass, and the module that it runs in. */
export interface QuickModel {
  readonly runnable: RunnableModel
  readonly kernels: Uint8Array<ArrayBuffer>
}

/**
 * Weights of a larger model are held by the pass a second time, beside activations that it keeps: ResNet-50 took twice the
 * memory while it was saved. It is measured as its file is.
 */
const MOST_BYTES = 48 * 2 ** 20

/** How far from what stock answers to a sample of noise a pass may be, as a share of the largest value of an output. */
const TOLERANCE = 1e-4

/**
 * The same model by the inference pass, which measures what moves under the slider; null where that does not run it
 * whole or answers otherwise, on other backends than WebAssembly, and where the memory for a second one is not there.
 * @param runnable the model as it is measured otherwise
 * @throws StudioError 'engine/cancelled'
 */
export async function quickModel(
  opened: OpenedModel,
  runnable: RunnableModel,
  { backend, environment, pace }: Pick<Toolbox, 'backend' | 'environment' | 'pace'>,
  signal: AbortSignal,
): Promise<QuickModel | null> {
  const bytes = weightBytes(opened)
  const most = Math.min(MOST_BYTES, environment.largeModelBytes)
  const isUsual = backend().info.backend === 'wasm' && bytes <= most
  if (!isUsual || runtimeOf(opened) === 'onnxRuntime') return null
  try {
    const kernels = await environment.trainingKernels()
    const model = await inferenceModel(opened, kernels, runnable)
    if (model === null) return null
    const inputs = noiseFor(runnable)
    try {
      const between = (): Promise<void> => pace.between(signal)
      const wanted = await answersOf(runnable, inputs, between)
      const found = await answersOf(model, inputs, between)
      const isAlike = wanted.every((own, at) => answerDistance(found[at] ?? [], own) <= TOLERANCE)
      return isAlike ? { runnable: model, kernels } : null
    } finally {
      tf.dispose(inputs)
    }
  } catch {
    throwIfCancelled(signal)
    // No vectors, no network or no memory: it is measured as it was before.
    return null
  }
}

/** One sample. What has a plan reads floats, of sides that are known. */
function noiseFor({ inputs }: RunnableModel): tf.Tensor[] {
  const random = createRandom(1)
  return inputs.map(({ shape }) => {
    const sides = sampleShape(shape, 1, 1)
    return tf.tensor(
      Float32Array.from({ length: elementCount(sides) }, () => random.normal()),
      sides,
    )
  })
}

async function answersOf(
  model: RunnableModel,
  inputs: readonly tf.Tensor[],
  between: BetweenLayers,
): Promise<Float32Array[]> {
  const outputs = await model.predictInSteps(inputs, between)
  try {
    return outputs.map((output) => output.dataSync<'float32'>())
  } finally {
    tf.dispose(outputs)
  }
}

/**
 * @param keptBytes of activations
 * @returns null where the graph has no plan
 * @throws Error where the module does not start or memory does not suffice
 */
export async function inferenceModel(
  opened: OpenedModel,
  kernels: Uint8Array<ArrayBuffer>,
  described: Pick<RunnableModel, 'inputs' | 'outputs' | 'outputShapes'>,
  keptBytes?: number,
): Promise<InstantModel | null> {
  const plan = planOf(opened.graph)
  if ('reason' in plan) return null
  const module = await WebAssembly.compile(kernels)
  return new InferenceModel(
    new InferencePass(module, plan, opened, keepsLoads(), keptBytes),
    described,
  )
}
