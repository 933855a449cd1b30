import * as tf from '@tensorflow/tfjs'
import type { Shape } from '../../graph/values'
import { openSidesFor } from '../../graph/open-sides'
import { StudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import { NodeFailure } from '../../core/node-failure'
import { shapeText } from '../../core/shape-text'
import { elementCount } from '../../core/tensor-spec'
import type { OpenedModel } from '../../formats/format'
import type { EngineInfo } from '../../protocol/engine-messages'
import { checkTensorBytes } from '../backend/gpu-watch'
import type { BackendWatch } from '../backend/gpu-watch'
import { kernelGapOf } from './build-fault'
import { buildModel } from './build-model'
import type { BetweenLayers, RunnableModel } from './runnable-model'
import type { RuntimeTools } from './runtime-tools'
import { rowsFault } from './sample-rows'
import { sampleShape } from './sample-shape'

/** No memory of WebAssembly and no array of a script is larger. */
const MOST_BYTES = 2 ** 32

export interface ProofTools {
  readonly info: Pick<EngineInfo, 'backend' | 'maxTensorBytes'>
  readonly watch: BackendWatch
  readonly environment: RuntimeTools
  /** Told once the shapes are known, so that it can say how long a layer should take. */
  readonly between: (built: RunnableModel) => BetweenLayers
}

/**
 * Builds a validated model and runs it once on zeros, so that what tfjs cannot do shows now.
 * @throws StudioError 'open/no-kernel', 'open/build-failed', 'open/forward-failed', 'open/forward-stopped',
 * 'open/forward-non-finite', 'open/other-rows', 'open/needs-memory', 'engine/tensor-too-large', 'engine/out-of-memory', or the fault of the device; nothing stays behind
 */
export async function createProvenModel(
  opened: OpenedModel,
  tools: ProofTools,
): Promise<RunnableModel> {
  checkWeightSizes(opened, tools.info)
  const model = await buildModel(opened, tools.environment)
  try {
    for (const [layer, shape] of model.outputShapes)
      checkTensorBytes(tools.info.backend, tools.info.maxTensorBytes, layer, leastBytes(shape))
    if ([...model.outputShapes.values()].some((shape) => leastBytes(shape) > MOST_BYTES))
      throw memoryFault(model, opened.file, null)
    await runOnZeros(model, opened, tools.between(model))
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

/** Bytes of a value in the first run: a first side that is known is no batch of one. */
function leastBytes(shape: Shape): number {
  return (shape[0] ?? 1) * outputBytes(shape)
}

async function runOnZeros(
  model: RunnableModel,
  { file, graph }: OpenedModel,
  between: BetweenLayers,
): Promise<void> {
  // A model that leaves none open runs once.
  const sides = openSidesFor(graph)
  for (const [attempt, side] of sides.entries()) {
    try {
      await forward(model, file, side, between)
      return
    } catch (error) {
      const isLast = attempt === sides.length - 1
      if (error instanceof StudioError) {
        // The runtime of ONNX does not tell a picture that is too small from anything else.
        if (isLast || error.code !== 'open/onnx-refused') throw error
        continue
      }
      if (memoryFaultOf(error) !== null) throw memoryFault(model, file, error)
      const gap = kernelGapOf(file, error)
      if (gap !== null) throw gap
      if (isLast) throw failureOf(model, file, side, error)
    }
  }
}

/** The largest value that is known before it runs says most of what is too much. */
function memoryFault({ outputShapes }: RunnableModel, file: string, cause: unknown): StudioError {
  const known = [...outputShapes].map(([layer, shape]) => ({ layer, bytes: leastBytes(shape) }))
  const [largest] = known.toSorted((a, b) => b.bytes - a.bytes)
  return largest === undefined
    ? new StudioError('engine/out-of-memory', {}, { cause })
    : new StudioError('open/needs-memory', { file, ...largest }, { cause })
}

/** The words of TensorFlow.js are of its code; they stay with the error for whoever looks at that. */
function failureOf(
  { inputs }: RunnableModel,
  file: string,
  openSide: number,
  cause: unknown,
): StudioError {
  if (cause instanceof NodeFailure)
    return new StudioError(
      'open/forward-failed',
      { file, layer: cause.layer, found: cause.shapes },
      { cause },
    )
  const found = inputs.map(({ shape }) => `[${shapeText(sampleShape(shape, 1, openSide))}]`)
  return new StudioError('open/forward-stopped', { file, found: found.join(', ') }, { cause })
}

/** Where an axis that is no batch comes first, such as steps before sequences: only a run shows its rows. */
function unknownRows(
  { frozenBatch, outputs: [port] }: RunnableModel,
  file: string,
  first: tf.Tensor | undefined,
): StudioError | null {
  if (frozenBatch === null || first === undefined || first.shape[0] === 1) return null
  return rowsFault(file, frozenBatch, { name: port?.name ?? '', shape: first.shape })
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
    const fault = unknownRows(model, file, outputs[0])
    if (fault !== null) throw fault
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
