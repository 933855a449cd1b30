import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { plainAdam, takeStep } from '../../../testing/engine/take-step'
import { onnxFiles, recordedNumbers } from '../../../testing/files/onnx-nets'
import { TrainingOptimizer } from '../../engine/training/optimizer'
import { TrainableProgram } from '../../engine/training/network/trainable-program'
import { openModel } from '../importers'

beforeAll(() => tf.setBackend('cpu'))

const STEPS = 15

it.each(['qdq-channels', 'qoperator', 'dynamic'])(
  'what rounds its values learns through the rounding, every weight of it: %s',
  async (name) => {
    const opened = await openModel(onnxFiles(name), () => Promise.resolve())
    const model = new TrainableProgram(opened)
    const [image] = await recordedNumbers(name, 'input')
    const inputs = [tf.tensor([...(image?.values ?? [])], [...(image?.shape ?? [])])]
    const labels = tf.oneHot(tf.tensor1d([0, 3, 5, 7, 9], 'int32'), 10)
    const before = new Map(
      [...model.trained].map(([key, value]) => [key, value.dataSync().slice()]),
    )
    const optimizer = new TrainingOptimizer(plainAdam, null)
    const losses: number[] = []
    for (let step = 0; step < STEPS; step++) {
      const loss = takeStep(model, optimizer, {
        ...{ inputs, learningRate: 0.03 },
        cost: (scores) => tf.losses.softmaxCrossEntropy(labels, scores).asScalar(),
      })
      losses.push(loss.dataSync()[0] ?? NaN)
      loss.dispose()
    }
    expect(model.squashing).toBe('softmax')
    expect(before.size).toBe(8)
    for (const [key, value] of model.trained) expect(value.dataSync()).not.toEqual(before.get(key))
    expect(losses.at(-1)).toBeLessThan(0.75 * (losses[0] ?? 0))
    tf.dispose([inputs, labels])
    model.dispose()
  },
)
