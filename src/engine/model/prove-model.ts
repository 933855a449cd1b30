import * as tf from '@tensorflow/tfjs'
import type { Shape } from '../../graph/values'
import { StudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import { elementCount } from '../../core/tensor-spec'
import type { OpenedModel } from '../../formats/format'
import type { EngineInfo } from '../../protocol/engine-messages'
import { checkTensorBytes } from '../backend/gpu-watch'
import type { BackendWatch } from '../backend/gpu-watch'
import { kernelGapOf } from './build-fault'
import { buildModel } from './build-model'
import type { BetweenLayers, RunnableModel } from './runnable-model'
import type { RuntimeTools } from './runtime-tools'
import { sampleShape } from './sample-shape'

/** Tried in turn for sides that the file leaves open; a model with much pooling needs the larger. */
const OPEN_SIDES = [16, 32, 64, 128, 256] as const

export interface ProofTools {
  readonly info: Pick<EngineInfo, 'backend' | 'maxTensorBytes'>
  readonly watch: BackendWatch
  readonly environment: RuntimeTools
  /** Told once the shapes are known, so that it can say how long a layer should take. */
  readonly between: (built: RunnableModel) => BetweenLayers
}

/**
 * Builds a validated model and runs it once on zeros, so that what tfjs cannot do shows now.
 * @throws StudioError 'open/no-kernel', 'open/build-failed', 'open/forward-failed', 'open/forward-non-finite',
 * 'engine/tensor-too-large', 'engine/out-of-memory', or the fault of the device; nothing stays behind
 */
export async function createProvenModel(
  opened: OpenedModel,
  tools: ProofTools,
): Promise<RunnableModel> {
  checkWeightSizes(opened, tools.info)
  const model = await buildModel(opened, tools.environment)
  try {
    for (const [layer, shape] of model.outputShapes)
      checkTensorBytes(tools.info.backend, tools.info.maxTensorBytes, layer, outputBytes(shape))
    await runOnZeros(model, opened.file, tools.between(model))
    await tools.watch.settle()
    return model
  } catch (error) {
    model.dispose()
    throw error
  }
}

function checkWeightSizes(opened: OpenedModel, { backend, maxTensorBytes }: ProofTools['info']) {
  for (const { spec, values } of opened.weights)
    checkTensorBytes(backend, maxTensorBytes, spec.name, 4 * values.length)
}

/** Bytes for one sample, open sides counted as 1. */
export function outputBytes(shape: Shape): number {
  return 4 * elementCount(shape.slice(1).map((side) => side ?? 1))
}

async function runOnZeros(
  model: RunnableModel,
  file: string,
  between: BetweenLayers,
): Promise<void> {
  const open = model.inputs.some(({ shape }) => shape.slice(1).includes(null))
  const sides = open ? OPEN_SIDES : OPEN_SIDES.slice(0, 1)
  for (const [attempt, side] of sides.entries()) {
    try {
      await forward(model, file, side, between)
      return
    } catch (error) {
      if (error instanceof StudioError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      if (memoryFaultOf(error) !== null)
        throw new StudioError('engine/out-of-memory', { needed: reason }, { cause: error })
      const gap = kernelGapOf(file, error)
      if (gap !== null) throw gap
      if (attempt === sides.length - 1)
        throw new StudioError('open/forward-failed', { file, reason }, { cause: error })
    }
  }
}

async function forward(
  model: RunnableModel,
  file: string,
  openSide: number,
  between: BetweenLayers,
): Promise<void> {
  const inputs = model.inputs.map(({ shape, dtype }) =>
    tf.zeros(sampleShape(shape, 1, openSide), dtype === 'int32' ? 'int32' : 'float32'),
  )
  let outputs: tf.Tensor[] = []
  try {
    outputs = await model.predictInSteps(inputs, between)
    for (const [index, output] of outputs.entries()) {
      const values = await output.data()
      if (values.some((value) => !Number.isFinite(value)))
        throw new StudioError('open/forward-non-finite', {
          file,
          output: model.outputs[index]?.name ?? String(index),
        })
    }
  } finally {
    tf.dispose([inputs, outputs])
  }
}
