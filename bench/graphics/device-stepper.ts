/** Steps of a run on the graphics device, as the engine makes them. */
import * as tf from '@tensorflow/tfjs'
import { objectiveFor } from '../../src/engine/training/network/objective.ts'
import { TrainableProgram } from '../../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../../src/engine/training/optimizer.ts'
import { Stepper } from '../../src/engine/training/stepper.ts'
import { prepareDeviceKernels } from '../../src/engine/webgpu-kernels/prepare-device-kernels.ts'
import { plainAdam } from '../../testing/engine/take-step.ts'
import { openedOf } from './device-learner.ts'
import { lengthsOf } from './lengths-of.ts'

export interface DeviceStepper {
  /** One step of a run. @param isRead whether it is waited for; the loss of one that is not is let go of unread */
  readonly step: (isRead: boolean) => Promise<void>
  readonly dispose: () => void
}

/** @param id of a network of classes, as `learners` name it */
export async function deviceStepper(id: string, batch: number): Promise<DeviceStepper> {
  const opened = await openedOf(id)
  const { classes, sides } = lengthsOf(opened.graph)
  const model = new TrainableProgram(opened)
  const optimizer = new TrainingOptimizer(plainAdam, null)
  const labels = Int32Array.from({ length: batch }, (_, at) => at % classes)
  const objective = objectiveFor(
    { task: 'classification', columns: classes, labels },
    ...([model.squashing, 0, id] as const),
  )
  const stepper = new Stepper({
    ...{ model, objective, teacher: null, hint: null, hooks: [], kernels: prepareDeviceKernels() },
    ...{ optimizer, decayed: new Set<string>(), clipNorm: null, setup: asWhole, crew: asWhole },
  })
  const x = tf.randomUniform([batch, ...sides], 0, 1, 'float32', 1)
  const samples = Uint32Array.from({ length: batch }, (_, sample) => sample)
  const drawn = { samples, piece: () => ({ inputs: [x.clone()], samples }), rows: asWhole }
  let seed = 0
  return {
    step: async (isRead) => {
      const result = await stepper.step(drawn, [{ from: 0, to: batch }], {
        ...{ learningRate: 1e-3, seed: seed++, isRead, limitMs: Infinity },
        before: () => Promise.resolve(),
        alone: (work) => work(),
      })
      if ('unread' in result) result.unread.dispose()
    },
    dispose: () => {
      x.dispose()
      stepper.dispose()
      optimizer.dispose()
      model.dispose()
    },
  }
}

/** Batches go through the network as wholes here. */
function asWhole(): never {
  throw new RangeError('a batch in pieces')
}
