import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { plainAdam, takeStep } from '../../../testing/engine/take-step'
import { onnxFiles, recordedNumbers } from '../../../testing/files/onnx-nets'
import { TrainingOptimizer } from '../../engine/training/optimizer'
import { TrainableProgram } from '../../engine/training/network/trainable-program'
import { memoryFile } from '../../files/file-bundle'
import { writeModel } from '../exporters'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'

beforeAll(() => tf.setBackend('cpu'))

const STEPS = 15

const go = (): Promise<void> => Promise.resolve()

/** What TensorFlow.js is given of a model, opened again. */
async function downloaded(name: string): Promise<OpenedModel> {
  const opened = await openModel(onnxFiles(name), go)
  const { files } = await writeModel(
    opened,
    opened.weights,
    { container: 'tfjs', precision: 'exact' },
    go,
  )
  return openModel(
    files.map(({ path, bytes }) => memoryFile(path, bytes)),
    go,
  )
}

it.each([
  ['qdq-channels', 'as it is'],
  ['qoperator', 'as it is'],
  ['dynamic', 'as it is'],
  ['qdq-channels', 'downloaded for TensorFlow.js'],
  ['dynamic', 'downloaded for TensorFlow.js'],
] as const)(
  'what rounds its values learns through the rounding, every weight of it: %s, %s',
  async (name, how) => {
    const opened = await (how === 'as it is' ? openModel(onnxFiles(name), go) : downloaded(name))
    expect(opened.obstacles.train).toBeNull()
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
