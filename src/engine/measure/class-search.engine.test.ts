import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { encode } from 'fast-png'
import { drained, errorOf, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { zipOf } from '../../../testing/files/foreign-data'
import { savedFiles } from '../../../testing/models/stock-model'

const engine = freshEngine()

const CLASSES = 12
const numbers = Array.from({ length: CLASSES }, (_, place) => String(place))
/** As Keras and torchvision sort folders. */
const asTexts = numbers.toSorted()

/** Opens a model whose output says which of its inputs is the largest, the outputs in an order of their own. */
async function openLargest(outputs: readonly number[], picture: boolean): Promise<void> {
  const kernel = tf.tidy(() =>
    tf.oneHot(
      tf.tensor1d(
        numbers.map((_, input) => outputs.indexOf(input)),
        'int32',
      ),
      outputs.length,
    ),
  )
  const model = tf.sequential({
    layers: [
      ...(picture ? [tf.layers.flatten({ inputShape: [3, 4, 1] })] : []),
      tf.layers.dense({ units: outputs.length, inputShape: [CLASSES], activation: 'softmax' }),
    ],
  })
  model.setWeights([tf.mul(kernel, 8), tf.zeros([outputs.length])])
  const files = await Promise.all(
    (await savedFiles(tf, model)).map(async (part) =>
      file(part.path, await part.read(0, part.size)),
    ),
  )
  await drained(engine.current.model.open({ files }))
}

/** Ten pictures of each class: one light pixel at its place. */
function pictures(nameOf: (place: number) => string): File {
  const files = new Map<string, Uint8Array>()
  for (let place = 0; place < CLASSES; place++)
    for (let copy = 0; copy < 10; copy++) {
      const data = new Uint8Array(CLASSES).fill(copy)
      data[place] = 200 + copy
      files.set(`${nameOf(place)}/${copy}.png`, encode({ width: 4, height: 3, data, channels: 1 }))
    }
  return file('pictures.zip', zipOf(files))
}

function table(nameOf: (place: number) => string): File {
  const rows = Array.from({ length: 240 }, (_, row) => {
    const place = row % CLASSES
    const cells = numbers.map((_, at) => (at === place ? 2 + row / 1000 : 0.5))
    return [...cells, nameOf(place)].join(',')
  })
  return file('t.csv', [[...numbers.map((n) => `x${n}`), 'label'].join(','), ...rows].join('\n'))
}

async function attach(data: File) {
  const { result } = await drained(
    engine.current.data.open({ files: [data], choices: {}, settings: null }),
  )
  return result
}

async function accuracy(): Promise<number> {
  const { correct, measured } = lastOf(
    (await drained(engine.current.measure.original())).events,
    'accuracy',
  )
  return correct / measured
}

/** The order of the best trial, and how often it was right. */
async function searched(named: readonly number[] | null = null) {
  const { events } = await drained(engine.current.data.tryPreparations({ named }))
  const orders = events.flatMap(({ preparation, orders: tried }) =>
    tried.map((order) => ({ preparation, ...order })),
  )
  const best = orders.reduce((a, b) => (b.correct / b.measured > a.correct / a.measured ? b : a))
  return { events, orders, best }
}

describe('the order of classes is searched', () => {
  it('over numbers of folders that a model has sorted as texts', async () => {
    await openLargest(asTexts.map(Number), true)
    const { settings } = await attach(pictures(String))
    expect(await accuracy()).toBeLessThan(0.4)
    const { best, events } = await searched()
    expect(best.id).toBe('text')
    expect(best.correct).toBe(best.measured)
    expect(events.length).toBeGreaterThan(5)
    await engine.current.data.configure({ ...settings, ...best, classMap: best.map })
    expect(await accuracy()).toBe(1)
  })

  it('over a table, whose numbers are shown as they are: one pass for every order', async () => {
    await openLargest(asTexts.map(Number), false)
    const { settings } = await attach(table(String))
    const { best, events } = await searched()
    expect(events).toHaveLength(1)
    expect(events[0]?.preparation).toBeNull()
    expect(best).toMatchObject({ id: 'text', preparation: null })
    await engine.current.data.configure({ ...settings, classMap: best.map })
    expect(await accuracy()).toBe(1)
  })

  it('over classes from 1, of which a model keeps the first output for the background', async () => {
    await openLargest([-1, ...numbers.map(Number)], false)
    await attach(table((place) => `c${String(place).padStart(2, '0')}`))
    expect(await accuracy()).toBe(0)
    const { best } = await searched()
    expect(best.id).toBe('shifted')
    expect(best.correct).toBe(best.measured)
  })

  it('over the names of the outputs, some of them unknown: what has no output is not counted', async () => {
    await openLargest(asTexts.map(Number), false)
    await attach(table((place) => `class ${'abcdefghijkl'[place] ?? ''}`))
    const named = numbers.map((name, place) => (place < 6 ? asTexts.indexOf(name) : -1))
    const { orders, best } = await searched(named)
    expect(best).toMatchObject({ id: 'names', map: named })
    expect(best.correct).toBe(best.measured)
    const whole = orders.find(({ id }) => id === 'position')
    expect(best.measured).toBeGreaterThan(0)
    expect(best.measured).toBeLessThan(whole?.measured ?? 0)
  })

  it('and the order in use stands first, whatever it is', async () => {
    await openLargest(numbers.map(Number), false)
    const { settings } = await attach(table(String))
    const odd = numbers.map((_, place) => (place + 5) % CLASSES)
    await engine.current.data.configure({ ...settings, classMap: odd })
    const { orders, best } = await searched()
    expect(orders[0]).toMatchObject({ id: 'present', map: odd, correct: 0 })
    expect(best.id).toBe('value')
  })

  it('not where nothing is labelled', async () => {
    await openLargest(numbers.map(Number), false)
    const { settings } = await attach(table(String))
    await engine.current.data.configure({ ...settings, task: 'unlabelled' })
    expect((await errorOf(searched())).code).toBe('engine/no-data')
  })
})
