import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, errorOf, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { npyBytes, zipOf } from '../../../testing/files/foreign-data'
import { filesOfModel } from '../../../testing/files/picture-pairs'
import { chineseSentence, sentence } from '../../../testing/files/refusals'

const engine = freshEngine()
const KNOWN = 50

/** Says yes where the first of four tokens is odd. */
async function openWords(): Promise<void> {
  const model = tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: KNOWN, outputDim: 2, inputLength: 4 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  })
  const entries = Array.from({ length: KNOWN }, (_, token) => [token % 2, 1 - (token % 2)])
  const kernel = Array.from({ length: 8 }, (_, at) =>
    at === 0 ? [0, 9] : at === 1 ? [9, 0] : [0, 0],
  )
  model.setWeights([tf.tensor2d(entries), tf.tensor2d(kernel), tf.zeros([2])])
  await drained(engine.current.model.open({ files: await filesOfModel(model) }))
}

const firstOf = (row: number): number => (row * 13 + 5) % KNOWN
const rows = (change: Record<number, number> = {}): number[][] =>
  Array.from({ length: 40 }, (_, at) => [
    change[at] ?? firstOf(at),
    (at * 7) % KNOWN,
    (at * 3) % KNOWN,
    (at * 11) % KNOWN,
  ])
const table = (change?: Record<number, number>): File =>
  file(
    'words.csv',
    `t0,t1,t2,t3,label\n${rows(change)
      .map((row, at) => [...row, firstOf(at) % 2].join())
      .join('\n')}\n`,
  )
const open = (files: readonly File[]) =>
  drained(engine.current.data.open({ files, choices: {}, settings: null }))

describe('tokens', () => {
  it('that the embedding knows are measured', async () => {
    await openWords()
    await open([table()])
    const { events } = await drained(engine.current.measure.original())
    const { correct, measured } = lastOf(events, 'accuracy')
    expect(correct).toBe(measured)
  })

  it.each([
    [50, 12],
    [90, 3],
    [-1, 39],
  ])('%i is refused before anything runs, where it stands', async (token, row) => {
    await openWords()
    const files = [table({ [row]: token })]
    const error = (await errorOf(open(files))).toData()
    expect(sentence(error)).toBe(
      `words.csv: row ${row + 1}, column t0 is ${token}, and the embedding of the model has entries for 0 … 49 only.`,
    )
    expect(chineseSentence(error)).toBe(
      `words.csv：第 ${row + 1} 行、第 t0 列为 ${token}，而模型的嵌入层只有 0 … 49 的条目。`,
    )
    const { result } = await drained(engine.current.data.read({ files, choices: {} }))
    expect(result.misfit).toEqual(error)
  })

  it('of an array are named by row and column', async () => {
    await openWords()
    const tokens = rows({ 7: 51 }).flat()
    const npz = zipOf(
      new Map([
        ['x.npy', npyBytes('<i4', [40, 4], tokens)],
        [
          'y.npy',
          npyBytes(
            '<i4',
            [40],
            rows().map((_, at) => firstOf(at) % 2),
          ),
        ],
      ]),
    )
    expect(sentence((await errorOf(open([file('d.npz', npz)]))).toData())).toBe(
      'x.npy: row 8, column 1 is 51, and the embedding of the model has entries for 0 … 49 only.',
    )
  })
})
