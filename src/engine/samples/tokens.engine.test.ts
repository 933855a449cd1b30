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

/** The same as a frozen graph: four tokens -> rows of a table -> the first of them as logits. */
function wordsGraph(): File[] {
  const type = (name: string) => ({ type: name })
  const float = type('DT_FLOAT')
  const whole = type('DT_INT32')
  const sides = (...all: number[]) => ({ dim: all.map((size) => ({ size: String(size) })) })
  const constant = (name: string, dtype: string) => ({
    name,
    op: 'Const',
    attr: { dtype: type(dtype), value: { tensor: { dtype, tensorShape: {} } } },
  })
  const node = [
    { name: 'words', op: 'Placeholder', attr: { dtype: float, shape: { shape: sides(-1, 4) } } },
    constant('table', 'DT_FLOAT'),
    constant('axis', 'DT_INT32'),
    constant('form', 'DT_INT32'),
    constant('kernel', 'DT_FLOAT'),
    { name: 'tokens', op: 'Cast', input: ['words'], attr: { SrcT: float, DstT: whole } },
    {
      name: 'rows',
      op: 'GatherV2',
      input: ['table', 'tokens', 'axis'],
      attr: { Tparams: float, Tindices: whole, Taxis: whole, batch_dims: { i: '0' } },
    },
    { name: 'flat', op: 'Reshape', input: ['rows', 'form'], attr: { T: float, Tshape: whole } },
    {
      name: 'said',
      op: 'MatMul',
      input: ['flat', 'kernel'],
      attr: { T: float, transpose_a: { b: false }, transpose_b: { b: false } },
    },
  ]
  const entries = Array.from({ length: KNOWN }, (_, token) => [token % 2, 1 - (token % 2)]).flat()
  const kernel = Array.from({ length: 16 }, (_, at) => (at === 1 || at === 2 ? 9 : 0))
  const weights = [
    { name: 'table', shape: [KNOWN, 2], dtype: 'float32' },
    { name: 'kernel', shape: [8, 2], dtype: 'float32' },
    { name: 'axis', shape: [], dtype: 'int32' },
    { name: 'form', shape: [2], dtype: 'int32' },
  ]
  const port = (name: string, columns: number) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: sides(-1, columns),
  })
  const model = {
    format: 'graph-model',
    generatedBy: '2.4.0',
    signature: { inputs: { words: port('words', 4) }, outputs: { said: port('said', 2) } },
    modelTopology: { node, versions: { producer: 440 } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  }
  return [
    file('model.json', JSON.stringify(model)),
    new File([Float32Array.from([...entries, ...kernel]), Int32Array.of(0, -1, 8)], 'weights.bin'),
  ]
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

  it('of a graph are held to the table from which it takes rows', async () => {
    await drained(engine.current.model.open({ files: wordsGraph() }))
    const refused = (await errorOf(open([table({ 6: 50 })]))).toData()
    expect(sentence(refused)).toBe(
      'words.csv: row 7, column t0 is 50, and the embedding of the model has entries for 0 … 49 only.',
    )
    await open([table()])
    const { events } = await drained(engine.current.measure.original())
    const { correct, measured } = lastOf(events, 'accuracy')
    expect(correct).toBe(measured)
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
