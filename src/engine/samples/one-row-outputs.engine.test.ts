import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import {
  drained,
  file,
  filesOf,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { npyBytes, regressionTable, zipOf } from '../../../testing/files/foreign-data'
import { casePictures, upTo } from '../../../testing/files/picture-cases'
import { settingsWith, trainer } from '../../../testing/engine/training-ground'
import { filesOfModel } from '../../../testing/files/picture-pairs'

const engine = freshEngine()
const train = trainer(engine)

const SIDE = 8
const CELL = 2

/** One where a pixel is of the block of a class. */
const isBlock = (label: number, at: number): number => {
  const [y, x] = [Math.floor(at / SIDE), at % SIDE]
  const across = SIDE / CELL
  return Math.floor(y / CELL) === Math.floor(label / across) &&
    Math.floor(x / CELL) === label % across
    ? 4
    : 0
}

/** A model whose output `k` answers to the block of class `k`, in a shape of its own. */
async function blocks(outputs: number, shape: readonly number[], activation: 'softmax' | 'linear') {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [SIDE, SIDE, 1] }),
      tf.layers.dense({ units: outputs, activation }),
      tf.layers.reshape({ targetShape: [...shape] }),
    ],
  })
  const kernel = upTo(SIDE * SIDE).map((at) => upTo(outputs).map((label) => isBlock(label, at)))
  model.setWeights([tf.tensor2d(kernel), tf.zeros([outputs])])
  await drained(engine.current.model.open({ files: await filesOfModel(model) }))
}

const folders = (count: number): File =>
  file(
    'blocks.zip',
    zipOf(
      casePictures(upTo(count).map((at) => [`${'abcd'[at % 4] ?? ''}/${at}.png`, at % 4] as const)),
    ),
  )

describe('outputs whose numbers stand along one side are rows', () => {
  it.each([
    [[1, 1, 4], 'softmax'],
    [[4, 1, 1], 'softmax'],
    [[1, 4], 'linear'],
    [[4, 1], 'linear'],
    [[1, 4, 1, 1], 'linear'],
  ] as const)('of classes: %j', async (shape, activation) => {
    await blocks(4, shape, activation)
    const { result } = await drained(
      engine.current.data.open({ files: [folders(24)], choices: {}, settings: null }),
    )
    expect(result).toMatchObject({
      classNames: ['a', 'b', 'c', 'd'],
      settings: { task: 'classification' },
    })
    const { events } = await drained(engine.current.measure.original())
    expect(lastOf(events, 'accuracy')).toMatchObject({ correct: 12, measured: 12 })
    const { events: after } = await drained(
      engine.current.recipe.preview({ recipe: quantized(8), focus: [], mode: 'settled' }),
    )
    expect(lastOf(after, 'accuracy')).toMatchObject({ correct: 12, originalCorrect: 12 })
  })

  it('of classes in an npz, by one-hot rows in one pixel', async () => {
    await blocks(4, [1, 1, 4], 'softmax')
    const labels = upTo(24).map((at) => at % 4)
    const pixels = labels.flatMap((label, at) =>
      upTo(SIDE * SIDE).map((place) => (isBlock(label, place) > 0 ? 255 : (at * place) % 30)),
    )
    const npz = zipOf(
      new Map([
        ['x.npy', npyBytes('|u1', [24, SIDE, SIDE, 1], pixels)],
        [
          'y.npy',
          npyBytes(
            '<f4',
            [24, 1, 1, 4],
            labels.flatMap((label) => upTo(4).map((k) => (k === label ? 1 : 0))),
          ),
        ],
      ]),
    )
    const { result } = await drained(
      engine.current.data.open({ files: [file('d.npz', npz)], choices: {}, settings: null }),
    )
    expect(result.settings.task).toBe('classification')
    const { events } = await drained(engine.current.measure.original())
    expect(lastOf(events, 'accuracy')).toMatchObject({ correct: 12, measured: 12 })
  })

  it('of one quantity in one pixel', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 1, inputShape: [3] }),
        tf.layers.reshape({ targetShape: [1, 1, 1] }),
      ],
    })
    model.setWeights([tf.tensor2d([[2], [-3], [0.5]]), tf.tensor1d([1])])
    await drained(engine.current.model.open({ files: await filesOfModel(model) }))
    const { result } = await drained(
      engine.current.data.open({
        files: [file('houses.csv', regressionTable(200))],
        choices: {},
        settings: null,
      }),
    )
    expect(result.settings.task).toBe('regression')
    const { events } = await drained(engine.current.measure.original())
    expect(lastOf(events, 'scores').scores[1]?.value).toBeGreaterThan(0.99)
  })

  it.each([[[1, 1, 4]], [[4, 1, 1]]] as const)('of classes, and trained: %j', async (shape) => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [SIDE, SIDE, 1] }),
        tf.layers.dense({ units: 4, kernelInitializer: 'zeros' }),
        tf.layers.reshape({ targetShape: [...shape] }),
      ],
    })
    await drained(engine.current.model.open({ files: await filesOfModel(model) }))
    await drained(engine.current.data.open({ files: [folders(80)], choices: {}, settings: null }))
    const { result } = await train({ settings: settingsWith({ epochs: 6, learningRate: 0.05 }) })
    if (result.measure.type !== 'accuracy') throw new Error('no accuracy')
    expect(result.measure.correct).toBe(result.measure.total)
  })
})

it('loose pictures of one class each are measured as those of a zip', async () => {
  await blocks(4, [1, 1, 4], 'softmax')
  const files = filesOf(
    casePictures(upTo(16).map((at) => [`${'abcd'[at % 4] ?? ''}_${at}.png`, at % 4] as const)),
  )
  await drained(engine.current.data.open({ files, choices: {}, settings: null }))
  const { events } = await drained(engine.current.measure.original())
  expect(lastOf(events, 'accuracy').correct).toBe(8)
})
