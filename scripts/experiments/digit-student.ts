import * as tf from '@tensorflow/tfjs'
import { modelFiles } from '../samples/model-files.ts'

/** The student of Hinton et al. 2015, section 3: 784-800-800-10 without any regularization, not trained yet. */
export function digitStudent(seed: number): File[] {
  const he = (layer: number): ReturnType<typeof tf.initializers.heNormal> =>
    tf.initializers.heNormal({ seed: 10 * seed + layer })
  const dense = (units: number, at: number): tf.layers.Layer =>
    tf.layers.dense({ units, activation: 'relu', kernelInitializer: he(at), name: `dense${at}` })
  const model = tf.sequential({
    name: 'digit_student',
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1], name: 'flatten' }),
      dense(800, 1),
      dense(800, 2),
      tf.layers.dense({ units: 10, kernelInitializer: he(3), name: 'dense3' }),
    ],
  })
  const files = modelFiles(model, 'float32', 'scripts/experiments/digit-student.ts')
  model.dispose()
  return files.map(({ path, content }) => new File([content], path))
}
