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
import { shapePictures, shapesModel, zipOf } from '../../../testing/files/foreign-data'
import { shapeOutputs, shapePicture } from '../../../testing/files/shape-pictures'
import { loadWithStock } from '../../../testing/models/stock-model'
import { memoryFile } from '../../files/file-bundle'
import { matchClasses } from '../../data/match-classes'
import { scaleOf, withColor, withScale } from '../../data/preparation'
import type { Preparation } from '../../data/preparation'
import { prepareImage } from '../../data/resize-image'
import { readZip } from '../../files/zip-archive'

const engine = freshEngine()

const openShapes = () => drained(engine.current.model.open({ files: filesOf(shapesModel()) }))
const attach = (files: readonly File[]) =>
  drained(engine.current.data.open({ files, choices: {}, settings: null }))

async function measured() {
  return lastOf((await drained(engine.current.measure.original())).events, 'accuracy')
}

/** As the model was trained to be shown pictures. */
function trained(preparation: Preparation | null): Preparation {
  if (preparation === null) throw new Error('no picture')
  return withScale(withColor(preparation, 'bgr'), 'signed')
}

describe('pictures in a zip for a model of another size and class order', () => {
  it('are found to be shown wrongly, set right, measured, compressed and downloaded', async () => {
    await openShapes()
    const pictures = shapePictures(400)
    const { result } = await attach([file('forms.zip', zipOf(pictures))])
    expect(result).toMatchObject({
      id: 'forms',
      classNames: [...shapeOutputs].sort(),
      tasks: ['classification', 'unlabelled'],
      own: {
        format: 'images',
        samples: 400,
        broken: { count: 0 },
        duplicates: { count: 0, contradictions: 0 },
      },
    })
    expect(result.splits).toEqual([
      { name: 'train', count: 220 },
      { name: 'calibration', count: 20 },
      { name: 'validation', count: 80 },
      { name: 'test', count: 80 },
    ])
    const plain = await measured()
    expect(plain.correct / plain.measured).toBeLessThan(0.4)

    const classMap = matchClasses(result.classNames, shapeOutputs).map
    const ordered = await engine.current.data.configure({ ...result.settings, classMap })
    // Classes are in the order of names; the order that the files had is no better under any preparation.
    const { events: trials } = await drained(engine.current.data.tryPreparations({ named: null }))
    const tried = trials.flatMap(({ preparation, orders }) =>
      orders.map((order) => ({ preparation, ...order })),
    )
    const { preparation, map } = tried.reduce((a, b) => (b.correct > a.correct ? b : a))
    if (preparation === null) throw new Error('no picture')
    expect([scaleOf(preparation), preparation.color, map]).toEqual(['signed', 'bgr', classMap])
    expect(trials).toHaveLength(trials[0]?.total ?? 0)
    expect(tried.every(({ measured }) => measured === 80)).toBe(true)

    await engine.current.data.configure({ ...ordered.settings, preparation })
    const right = await measured()
    expect(right.correct / right.measured).toBeGreaterThan(0.85)
    expect(right.confusion?.reduce((sum, count) => sum + count, 0)).toBe(right.measured)
    const diagonal = (right.confusion ?? []).filter((_, cell) => cell % 6 === 0)
    expect(diagonal.reduce((sum, count) => sum + count, 0)).toBe(right.correct)

    const recipe = quantized(6)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe, target: exactFile }),
    )
    const { validation, test } = download
    if (validation?.type !== 'accuracy' || test?.type !== 'accuracy') throw new Error('no accuracy')
    expect(test.measured).toBe(80)
    const bundle = await readZip(
      memoryFile('d.zip', new Uint8Array(await download.zip.arrayBuffer())),
      () => Promise.resolve(),
    )
    const parts = await Promise.all(
      bundle.map(async (part) => ({ path: part.path, bytes: await part.read(0, part.size) })),
    )
    const report = parts.find(({ path }) => path === 'report.json')
    expect(JSON.parse(new TextDecoder().decode(report?.bytes))).toMatchObject({
      data: {
        name: 'forms',
        hash: result.own?.hash,
        settings: { task: 'classification', classMap, preparation },
      },
      accuracy: [
        { split: 'validation', samples: 80 },
        { split: 'test', correct: test.correct },
      ],
    })

    // Stock TensorFlow.js, shown the same bytes, is as often right on every picture there is.
    const stock = await loadWithStock(tf, parts)
    const all = Array.from({ length: 400 }, (_, index) => shapePicture(9, index))
    const rows = all.map(({ image }) =>
      Float32Array.from(prepareImage(image, preparation), (byte) => (byte / 255 - 0.5) / 0.5),
    )
    const answers = tf.tidy(() =>
      (
        stock.predict(
          tf.tensor4d(Float32Array.from(rows.flatMap((row) => [...row])), [400, 32, 32, 3]),
        ) as tf.Tensor
      )
        .argMax(1)
        .dataSync(),
    )
    const correct = all.filter(({ shape }, index) => shapeOutputs[answers[index] ?? -1] === shape)
    expect(correct.length / 400).toBeGreaterThan(0.85)
  })

  it('that are broken or there twice are counted, named and left out', async () => {
    await openShapes()
    const pictures = shapePictures(60)
    const [first] = pictures.values()
    const again = new Map([
      ...pictures,
      ['disc/broken.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])],
      ['ring/copy.png', first ?? new Uint8Array()],
    ] as const)
    const { result, events } = await attach([file('forms.zip', zipOf(again))])
    expect(result.own).toMatchObject({
      samples: 61,
      broken: {
        count: 1,
        examples: [{ code: 'data/image-broken', params: { file: 'forms/disc/broken.png' } }],
      },
      duplicates: { count: 1, contradictions: 1 },
      reading: {
        account: { read: 61, leftOut: [{ reason: 'broken', count: 1, examples: ['broken.png'] }] },
      },
    })
    expect(events.map(({ phase }) => phase)).toContain('decoding')
    const total = result.splits.reduce((sum, { count }) => sum + count, 0)
    expect(total).toBe(60)
  })

  it('without labels are measured by agreement on their validation split', async () => {
    await openShapes()
    const flat = new Map(
      [...shapePictures(60).values()].map((bytes, index) => [`${index}.png`, bytes]),
    )
    const { result } = await attach(filesOf(flat))
    expect(result.tasks).toEqual(['unlabelled'])
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(2), focus: [], mode: 'settled' }),
    )
    expect(lastOf(events, 'agreement')).toMatchObject({ data: { split: 'validation' }, total: 12 })
  })

  it('show a sample as the model sees it', async () => {
    await openShapes()
    const { result } = await attach([file('forms.zip', zipOf(shapePictures(60)))])
    const before = tf.memory().numTensors
    const sample = await engine.current.data.sample({ index: 3 })
    expect(sample).toMatchObject({
      index: 3,
      count: 10,
      inputs: [{ picture: { height: 32, width: 32 } }],
    })
    expect(shapeOutputs).toContain(sample.label)
    expect(sample.inputs[0]?.range[0]).toBeGreaterThanOrEqual(0)
    expect(sample.inputs[0]?.range[1]).toBeLessThanOrEqual(1)
    await engine.current.data.configure({
      ...result.settings,
      preparation: trained(result.settings.preparation),
    })
    const signed = await engine.current.data.sample({ index: 3 })
    expect(signed.name).toBe(sample.name)
    expect(signed.inputs[0]?.range[0]).toBeLessThan(0)
    // Blue first: the first channel of one is the last of the other.
    expect(signed.inputs[0]?.picture?.rgba[0]).toBe(sample.inputs[0]?.picture?.rgba[2])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('can be cancelled, and what was attached stays', async () => {
    await openShapes()
    const { result } = await attach([file('forms.zip', zipOf(shapePictures(60)))])
    const abort = new AbortController()
    const stream = engine.current.data.open(
      {
        files: [file('more.zip', zipOf(shapePictures(300, 10)))],
        choices: {},
        settings: null,
      },
      abort.signal,
    )
    await stream.next()
    abort.abort()
    expect((await errorOf(drained(stream))).code).toBe('engine/cancelled')
    expect((await engine.current.data.configure(result.settings)).id).toBe('forms')
  })
})
