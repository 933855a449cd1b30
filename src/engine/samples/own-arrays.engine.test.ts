import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import {
  drained,
  exactFile,
  errorOf,
  file,
  filesOf,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import {
  npyBytes,
  regressionTable,
  shapePictures,
  shapesModel,
  zipOf,
} from '../../../testing/files/foreign-data'
import { shapeOutputs, shapePicture } from '../../../testing/files/shape-pictures'
import { savedFiles } from '../../../testing/models/stock-model'
import { withColor, withScale } from '../../data/preparation'

const engine = freshEngine()

const openShapes = () => drained(engine.current.model.open({ files: filesOf(shapesModel()) }))
const attach = (files: readonly File[]) =>
  drained(engine.current.data.open({ files, choices: {}, settings: null }))

describe('arrays and tables', () => {
  it('of bytes are pictures: an npz with labels by number', async () => {
    await openShapes()
    const count = 100
    const pixels = new Uint8Array(count * 44 * 52 * 3)
    const labels = new Int32Array(count)
    for (let index = 0; index < count; index++) {
      const { image, shape } = shapePicture(4, index)
      for (let place = 0; place < 44 * 52; place++)
        for (let channel = 0; channel < 3; channel++)
          pixels[(index * 44 * 52 + place) * 3 + channel] = image.data[4 * place + channel] ?? 0
      labels[index] = shapeOutputs.indexOf(shape)
    }
    const npz = zipOf(
      new Map([
        ['x_test.npy', npyBytes('|u1', [count, 44, 52, 3], pixels)],
        ['y_test.npy', npyBytes('<i4', [count], labels)],
      ]),
    )
    const { result } = await attach([file('forms.npz', npz)])
    expect(result.settings.task).toBe('classification')
    const { preparation } = result.settings
    if (preparation === null) throw new Error('no pictures')
    const trained = withScale(withColor(preparation, 'bgr'), 'signed')
    await engine.current.data.configure({ ...result.settings, preparation: trained })
    const { events } = await drained(engine.current.measure.original())
    const right = lastOf(events, 'accuracy')
    expect(right).toMatchObject({ total: 20, split: 'validation' })
    expect(right.correct).toBeGreaterThan(15)
  })

  it('of numbers are measured by their error', async () => {
    const linear = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [3], name: 'price' })],
    })
    linear.setWeights([tf.tensor2d([[2], [-3], [0.5]]), tf.tensor1d([1])])
    const bundle = await savedFiles(tf, linear)
    const files = await Promise.all(
      bundle.map(async (part) => file(part.path, await part.read(0, part.size))),
    )
    await drained(engine.current.model.open({ files }))
    const { result } = await attach([file('houses.csv', regressionTable(500))])
    expect(result).toMatchObject({ settings: { task: 'regression', preparation: null } })
    expect(result.own?.reading.preview).toMatchObject({
      columns: [
        { name: 'a', role: 'input' },
        { name: 'b', role: 'input' },
        { name: 'c', role: 'input' },
        { name: 'price', role: 'label' },
      ],
    })
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(2), focus: [], mode: 'settled' }),
    )
    const [mae, r2] = lastOf(events, 'scores').scores
    // The noise has a standard deviation of 0.1, so its mean is 0.08.
    expect(mae?.original).toBeCloseTo(0.08, 1)
    expect(r2?.original).toBeGreaterThan(0.99)
    expect(mae?.value).toBeGreaterThan(Number(mae?.original))
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: quantized(2), target: exactFile }),
    )
    expect(download.test).toMatchObject({ type: 'scores', split: 'test', total: 100 })
    expect(download.zippedBytes).toBe(download.zip.size)
  })

  it('whose labels cannot fit the outputs are refused with the reason', async () => {
    await openShapes()
    const pixels = Uint8Array.from({ length: 8 * 32 * 32 * 3 }, (_, i) => (i * i) % 251)
    const pair = (labels: readonly number[]) => [
      file('x.npy', npyBytes('|u1', [8, 32, 32, 3], pixels)),
      file('y.npy', npyBytes('<i4', [labels.length], labels)),
    ]
    const outside = await errorOf(attach(pair([0, 1, 2, 3, 4, 5, 0, 1])))
    expect(outside.toData()).toEqual({
      code: 'data/labels-range',
      params: { dataset: 'x', classes: 6, told: 5, found: 5 },
    })
    const short = await errorOf(attach(pair([0, 1, 2])))
    expect(short.toData()).toMatchObject({
      code: 'data/counts-differ',
      params: { sampleCount: 8, labelCount: 3 },
    })
    const seven = new Map(
      [...shapePictures(70).values()].map((bytes, index) => [
        `class ${index % 7}/${index}.png`,
        bytes,
      ]),
    )
    expect((await errorOf(attach([file('seven.zip', zipOf(seven))]))).toData()).toEqual({
      code: 'data/labels-range',
      params: { dataset: 'seven', classes: 7, told: 5, found: 'class 5' },
    })
    const rows = await errorOf(attach([file('t.csv', 'a,b\n1,2\n3,4\n5,6\n7,8\n')]))
    expect(rows.code).toBe('data/shape-mismatch')
  })
})
