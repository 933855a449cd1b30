import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, errorOf, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { caseRows, cells, lines } from '../../../testing/files/own-data-cases'
import { savedFiles } from '../../../testing/models/stock-model'
import type { ReadingChoices } from '../../data/reading/reading'

const engine = freshEngine()

/** Opens a model of one layer with these weights, so that right reading gives 100 %. */
async function openDense(
  kernel: number[][],
  bias: number[],
  activation: 'softmax' | 'sigmoid',
): Promise<void> {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: bias.length, inputShape: [kernel.length], activation })],
  })
  model.setWeights([tf.tensor2d(kernel), tf.tensor1d(bias)])
  const bundle = await savedFiles(tf, model)
  const files = await Promise.all(
    bundle.map(async (part) => file(part.path, await part.read(0, part.size))),
  )
  await drained(engine.current.model.open({ files }))
}

const attach = (text: string, choices: ReadingChoices = {}) =>
  drained(engine.current.data.open({ files: [file('t.csv', text)], choices, settings: null }))
const read = (text: string, choices: ReadingChoices = {}) =>
  drained(engine.current.data.read({ files: [file('t.csv', text)], choices }))

async function accuracy(): Promise<number> {
  const { events } = await drained(engine.current.measure.original())
  const { correct, measured } = lastOf(events, 'accuracy')
  return correct / measured
}

const { rows, classes } = caseRows()
const R = cells({ rows, classes }).map((row) => row.join(','))
const openThree = () =>
  openDense(
    [
      [5, 0, 0],
      [0, 5, 0],
      [0, 0, 5],
      [0, 0, 0],
    ],
    [0, 0, 0],
    'softmax',
  )
/** Says yes where the first of two numbers is above two. */
const openSigmoid = () => openDense([[4], [0]], [-8], 'sigmoid')
const yesRows = (names: readonly [string, string]): string =>
  lines(
    'a,b,label',
    Array.from(
      { length: 60 },
      (_, i) => `${0.3 + 3 * (i % 2) + i / 100},${i / 60},${names[i % 2] ?? ''}`,
    ),
  )

describe('labels that are numbers', () => {
  it('from 1 stand for outputs in their order', async () => {
    await openThree()
    const text = lines(
      'a,b,c,d,label',
      R.map((row, i) => `${row},${(classes[i] ?? 0) + 1}`),
    )
    const { result } = await attach(text)
    expect(result).toMatchObject({
      classNames: ['1', '2', '3'],
      settings: { task: 'classification' },
    })
    expect(await accuracy()).toBe(1)
  })

  it.each([
    ['-1', '1'],
    ['1', '2'],
    ['healthy', 'disease'],
    ['a', 'b'],
  ] as const)('or names of two classes for one output: %s, %s', async (no, yes) => {
    await openSigmoid()
    const { result } = await attach(yesRows([no, yes]))
    expect(result.settings.task).toBe('binary')
    expect(result.classOrders).toHaveLength(2)
    expect(await accuracy()).toBe(1)
    const swapped = result.classOrders[1]?.map ?? null
    await engine.current.data.configure({ ...result.settings, classMap: swapped })
    expect(await accuracy()).toBe(0)
  })

  it('of names that sort the wrong way are right once they are swapped', async () => {
    await openSigmoid()
    const { result } = await attach(yesRows(['zebra', 'ant']))
    expect(await accuracy()).toBe(0)
    const { map } = result.classOrders.find(({ id }) => id === 'swapped') ?? { map: null }
    await engine.current.data.configure({ ...result.settings, classMap: map })
    expect(await accuracy()).toBe(1)
  })
})

describe('labels of a table', () => {
  it('in one column for each class, True or False, beside rows that lack a value', async () => {
    await openThree()
    const text = lines(
      'is_a,is_b,is_c,a,b,c,d',
      R.map((row, i) => {
        const said = [0, 1, 2].map((place) => (classes[i] === place ? 'True' : 'False'))
        return `${said.join(',')},${i % 20 === 0 ? row.replace(/^[^,]+/, 'NA') : row}`
      }),
    )
    const { result } = await attach(text)
    expect(result).toMatchObject({ settings: { task: 'classification' }, own: { samples: 57 } })
    expect(await accuracy()).toBe(1)
  })

  it('are never a column beside what is called the label, which then would be an input', async () => {
    await openThree()
    const text = lines(
      'a,b,c,smoker,label',
      R.map((row, i) => {
        const cells = row.split(',').slice(0, 3)
        return `${cells.join(',')},${i % 2 === 0 ? 'yes' : 'no'},${classes[i] ?? 0}`
      }),
    )
    const refused = (await errorOf(attach(text))).toData()
    expect(refused).toEqual({
      code: 'data/table-texts',
      params: { file: 't.csv', expected: 4, found: 3, columns: 'smoker' },
    })
    expect((await read(text)).result.reading.problem).toEqual(refused)
  })
})

describe('reading without attaching', () => {
  it('says how a table was understood, and that the model fits', async () => {
    await openThree()
    const text = lines(
      ',a,b,c,d,label',
      R.map((row, i) => `${i},${row},${classes[i] ?? 0}`),
    )
    const { result, events } = await read(text)
    expect(result.misfit).toBeNull()
    expect(result.reading.problem).toBeNull()
    expect(events[0]).toMatchObject({ phase: 'reading' })
    expect((await errorOf(engine.current.data.sample({ index: 0 }))).code).toBe('engine/no-data')
  })

  it('needs no model, and says that attaching does', async () => {
    const text = lines(
      'id,a,b,c,d,label',
      R.map((row, i) => `${i + 7},${row},${classes[i] ?? 0}`),
    )
    const before = await read(text)
    expect(before.result.reading.controls.map(({ id }) => id)).toContain('labelColumns')
    expect(before.result.misfit).toEqual({ code: 'data/model-first', params: { files: 't' } })
    await openThree()
    expect((await read(text)).result.misfit).toBeNull()
    // Attached data says the same of itself.
    const { result } = await attach(text)
    expect(result.own?.reading).toEqual((await read(text)).result.reading)
  })

  it('says why the model does not fit: what it expects, what was found', async () => {
    await openThree()
    const text = lines(
      'a,b,c,d,label',
      R.map((row, i) => `${row},${i % 5}`),
    )
    const many = await read(text)
    expect(many.result.misfit).toEqual({
      code: 'data/labels-range',
      params: { dataset: 't', classes: 5, told: 3, found: 3 },
    })
    const narrow = await read(text, { tableLeftOut: ['a'] })
    expect(narrow.result.misfit).toEqual({
      code: 'data/shape-mismatch',
      params: { dataset: 't', expected: '4', found: '3' },
    })
    const quantities = await read(text, { labelsAre: ['quantities'] })
    expect(quantities.result.misfit).toMatchObject({ code: 'data/labels-columns' })
    const without = await read(text, { labelColumns: [], tableLeftOut: ['label'] })
    expect(without.result.misfit).toBeNull()
  })

  it('describes what cannot be read as guessed, and opening refuses it', async () => {
    await openThree()
    const ragged = 'a,b,c\n1,2,3\n4,5\n6,7,8\n'
    const { result } = await read(ragged)
    expect(result.reading.problem).toMatchObject({ code: 'data/table-ragged' })
    expect(result.misfit).toBeNull()
    expect((await errorOf(attach(ragged))).toData()).toEqual(result.reading.problem)
  })
})
