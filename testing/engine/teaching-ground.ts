/** A teacher and a much smaller student for the same pictures. */
import * as tf from '@tensorflow/tfjs'
import type { Engine } from '../../src/engine/engine'
import { defaultDistillation } from '../../src/training/training-settings'
import type { DistillationSettings, TrainingSettings } from '../../src/training/training-settings'
import { drained, exactFile, file } from './drive-engine'
import { savedFiles } from '../models/stock-model'
import { attachBars, openBars, openBuilt, settingsWith, trainer } from './training-ground'

export async function filesOf(model: tf.LayersModel): Promise<File[]> {
  const bundle = await savedFiles(tf, model)
  model.dispose()
  return Promise.all(bundle.map(async (part) => file(part.path, await part.read(0, part.size))))
}

/** Much smaller than the bar model. */
export function smallModel(units = 3, side = 8, isOfBytes = false): tf.LayersModel {
  const inputShape = [side, side, 1]
  return tf.sequential({
    layers: [
      ...(isOfBytes ? [tf.layers.rescaling({ inputShape, scale: 1 / 255 })] : []),
      tf.layers.averagePooling2d({ inputShape, poolSize: side / 4 }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({
        units,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
      }),
    ],
  })
}

export function distilling(
  changes: Partial<DistillationSettings> = {},
  rest: Partial<TrainingSettings> = {},
): TrainingSettings {
  const distillation = { ...defaultDistillation, ...changes }
  return settingsWith({ epochs: 4, distillation, ...rest })
}

export function teachingGround(holder: { readonly current: Engine }) {
  const train = trainer(holder)
  return {
    /** The bar model after training, as files. */
    trainedBars: async (): Promise<File[]> => {
      await openBars(holder.current)
      const { result } = await train({ settings: settingsWith({ epochs: 8 }) })
      await holder.current.model.addTrained(result.trained)
      const { result: download } = await drained(
        holder.current.recipe.export({ recipe: result.recipe, target: exactFile }),
      )
      return [new File([download.zip], 'teacher.zip')]
    },
    openSmall: async (): Promise<void> => {
      await openBuilt(holder.current, smallModel())
      await attachBars(holder.current)
    },
  }
}
