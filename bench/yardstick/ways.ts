/** Ways to compute the same forward pass, and a step of training. Each leaves nothing behind. */
import * as tf from '@tensorflow/tfjs'
import { nodeEnvironment } from '../../src/engine/host/node-environment.ts'
import { readKernelModule } from '../../src/engine/host/wasm-in-node.ts'
import { InferenceModel } from '../../src/engine/inference/inference-model.ts'
import { InferencePass } from '../../src/engine/inference/inference-pass.ts'
import { keepsLoads } from '../../src/engine/inference/keeps-loads.ts'
import { planOf } from '../../src/engine/inference/plan.ts'
import { Program } from '../../src/engine/program/program.ts'
import { TrainableProgram } from '../../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../../src/engine/training/optimizer.ts'
import { withinKernels } from '../../src/engine/training/pieces/within-kernels.ts'
import type { PreparedKernels } from '../../src/engine/wasm-kernels/prepare-training-kernels.ts'
import type { OpenedModel } from '../../src/formats/format.ts'
import { shapesOf } from '../../src/graph/shapes-of.ts'
import { onnxFileOf } from '../../testing/engine/onnx-written.ts'
import { plainAdam, takeStep } from '../../testing/engine/take-step.ts'

export interface Way {
  readonly name: string
  /** One pass or step, outputs read back. @returns the first output */
  readonly run: () => Promise<Float32Array>
  readonly end: () => Promise<void>
}

function read(outputs: readonly tf.Tensor[]): Float32Array {
  const values = Float32Array.from(outputs[0]?.dataSync() ?? [])
  tf.dispose([...outputs])
  return values
}

export function byStock(model: tf.LayersModel, x: tf.Tensor): Way {
  const [batchSize = 1] = x.shape
  return {
    name: 'stock',
    run: () => Promise.resolve(read([model.predict(x, { batchSize })].flat())),
    end: () => {
      model.dispose()
      return Promise.resolve()
    },
  }
}

export function byProgram(opened: OpenedModel, x: tf.Tensor): Way {
  const program = new Program(opened)
  return {
    name: 'program',
    run: () => Promise.resolve(read(program.predict([x]))),
    end: () => {
      program.dispose()
      return Promise.resolve()
    },
  }
}

/** null where the graph has no plan. */
export function byInference(opened: OpenedModel, x: tf.Tensor): Way | null {
  const plan = planOf(opened.graph)
  if ('reason' in plan) {
    console.error(`no inference pass: ${plan.reason}`)
    return null
  }
  const described = new Program(opened)
  const module = new WebAssembly.Module(readKernelModule())
  const model = new InferenceModel(new InferencePass(module, plan, opened, keepsLoads()), described)
  described.dispose()
  return {
    name: 'inference',
    run: () => Promise.resolve(read(model.predict([x]))),
    end: () => Promise.resolve(),
  }
}

/** On one thread; its compiler optimizes the graph as it likes. */
export async function byOnnxRuntime(opened: OpenedModel, x: tf.Tensor): Promise<Way> {
  const runtime = await nodeEnvironment().loadOnnxRuntime()
  const session = await runtime.InferenceSession.create(onnxFileOf(opened), {
    executionProviders: ['wasm'],
  })
  const [input = ''] = session.inputNames
  const [output = ''] = session.outputNames
  const values = Float32Array.from(x.dataSync())
  return {
    name: 'onnxruntimeWeb',
    run: async () => {
      const given = new runtime.Tensor('float32', values, x.shape)
      const found = await session.run({ [input]: given })
      return found[output]?.data as Float32Array
    },
    end: () => session.release(),
  }
}

/** A step of Adam on a batch, its loss read back. */
export function byTraining(opened: OpenedModel, x: tf.Tensor, kernels: PreparedKernels): Way {
  const [batch = 1] = x.shape
  const { host } = kernels
  if (host === undefined) throw new Error(kernels.reason)
  const optimizer = new TrainingOptimizer(plainAdam, host)
  const model = new TrainableProgram(opened)
  const [output = ''] = opened.graph.outputs
  const classes = shapesOf(opened.graph).get(output)?.at(-1) ?? 1
  const labels = tf.range(0, batch, 1, 'int32').mod(tf.scalar(classes, 'int32'))
  const y = tf.oneHot(labels.cast('int32'), classes)
  return {
    name: 'training',
    run: () =>
      Promise.resolve(
        withinKernels(kernels, () =>
          read([
            takeStep(model, optimizer, {
              ...{ inputs: [x], learningRate: 1e-3 },
              cost: (scores) => tf.losses.softmaxCrossEntropy(y, scores).asScalar(),
            }),
          ]),
        ),
      ),
    end: () => {
      tf.dispose([labels, y])
      optimizer.dispose()
      model.dispose()
      return Promise.resolve()
    },
  }
}
