/** A network that learns on the graphics device, and steps of it. */
import * as tf from '@tensorflow/tfjs'
import { isCompressible } from '../../src/core/tensor-spec.ts'
import { TrainableProgram } from '../../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../../src/engine/training/optimizer.ts'
import { withinKernels } from '../../src/engine/training/pieces/within-kernels.ts'
import { prepareDeviceKernels } from '../../src/engine/webgpu-kernels/prepare-device-kernels.ts'
import type { OpenedModel } from '../../src/formats/format.ts'
import { openNet } from '../../testing/engine/open-net.ts'
import { plainAdam, takeStep } from '../../testing/engine/take-step.ts'
import { buildDsres } from '../dsres-model.ts'
import { learnedCodes } from './learned-codes.ts'
import { lengthsOf } from './lengths-of.ts'
import { loaded, nets } from '../yardstick/nets.ts'

/** Names of networks with the batch that they are trained with. */
export const learners: readonly { readonly id: string; readonly batch: number }[] = [
  ...nets.flatMap(({ id, trained }) => (trained === null ? [] : [{ id, batch: trained }])),
  { id: 'dsres', batch: 128 },
]

export interface DeviceLearner {
  /** One update by Adam. @returns the loss, which the caller disposes */
  readonly step: () => tf.Scalar
  readonly dispose: () => void
}

/** @param coded whether kernels pass through codes with learned ranges */
export async function deviceLearner(
  id: string,
  batch: number,
  coded = false,
): Promise<DeviceLearner> {
  const opened = await openedOf(id)
  const model = new TrainableProgram(opened)
  const optimizer = new TrainingOptimizer(plainAdam, null)
  const { classes, sides } = lengthsOf(opened.graph)
  const x = tf.randomUniform([batch, ...sides], 0, 1, 'float32', 1)
  const y = tf.tidy(() => {
    const labels = tf.range(0, batch, 1, 'int32').mod(tf.scalar(classes, 'int32'))
    return tf.oneHot(labels.cast('int32'), classes)
  })
  const kernels = prepareDeviceKernels()
  const kept = opened.weights.flatMap(({ spec, values }) =>
    coded && isCompressible(spec) && values instanceof Float32Array
      ? [{ name: spec.name, codes: learnedCodes(spec, values) }]
      : [],
  )
  for (const { name, codes } of kept) model.transform(name, codes.through)
  return {
    step: () =>
      withinKernels(kernels, () => {
        const loss = takeStep(model, optimizer, {
          ...{ inputs: [x], learningRate: 1e-3 },
          cost: (scores) => tf.losses.softmaxCrossEntropy(y, scores).asScalar(),
        })
        for (const { name, codes } of kept) {
          const variable = model.all.get(name)
          if (variable === undefined) continue
          const clipped = codes.clipped(variable)
          variable.assign(clipped)
          clipped.dispose()
        }
        return loss
      }),
    dispose: () => {
      tf.dispose([x, y])
      for (const { codes } of kept) codes.dispose()
      optimizer.dispose()
      model.dispose()
    },
  }
}

/** The loss of a step, read from the device. */
export async function lossOf(loss: tf.Scalar): Promise<number> {
  const [value = NaN] = await loss.data<'float32'>()
  loss.dispose()
  return value
}

export async function openedOf(id: string): Promise<OpenedModel> {
  if (id === 'dsres') return openNet(buildDsres())
  const { opened, stock } = await loaded(id)
  stock.dispose()
  return opened
}
