import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import {
  drained,
  exactFile,
  file,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { wildModels } from '../../../testing/models/wild-models'
import { memoryFile } from '../../files/file-bundle'
import { readZip } from '../../files/zip-archive'

const engine = freshEngine()

async function filesOf(model: tf.LayersModel, change: (json: string) => string = (json) => json) {
  const bundle = await savedFiles(tf, model)
  return Promise.all(
    bundle.map(async (part) => {
      const bytes = await part.read(0, part.size)
      if (!part.path.endsWith('.json')) return file(part.path, bytes)
      return file(part.path, change(new TextDecoder().decode(bytes)))
    }),
  )
}

const numbersOf = (result: tf.Tensor | tf.Tensor[]): number[] =>
  (Array.isArray(result) ? result : [result]).flatMap((output) => [...output.dataSync()])

describe.each(wildModels)('%s', (_, build, input) => {
  it('are opened, measured, compressed, and close to the original in stock TensorFlow.js', async () => {
    const model = build()
    model.setWeights(
      model
        .getWeights()
        .map((weight, seed) => tf.randomNormal(weight.shape, 0, 0.3, 'float32', seed + 1)),
    )
    const { result: summary } = await drained(
      engine.current.model.open({ files: await filesOf(model) }),
    )
    expect(summary.obstacles.run).toBeNull()
    expect(summary.totals.parameters).toBe(model.countParams())
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(8), focus: [], mode: 'settled' }),
    )
    const agreement = lastOf(events, 'agreement')
    expect(agreement.measured).toBe(agreement.total)
    expect(agreement.relativeError).toBeLessThan(0.3)
    const { result } = await drained(
      engine.current.recipe.export({ recipe: quantized(8), target: exactFile }),
    )
    const zip = memoryFile('d.zip', new Uint8Array(await result.zip.arrayBuffer()))
    const bundle = await readZip(zip, () => Promise.resolve())
    const parts = await Promise.all(
      bundle.map(async (part) => ({ path: part.path, bytes: await part.read(0, part.size) })),
    )
    const stock = await loadWithStock(tf, parts)
    const x = input()
    const wanted = numbersOf(model.predict(x))
    const found = numbersOf(stock.predict(x))
    expect(found).toHaveLength(wanted.length)
    found.forEach((value, index) => {
      expect(Math.abs(value - (wanted[index] ?? NaN))).toBeLessThan(0.1)
    })
    expect(found).not.toEqual(wanted)
  })
})

it('a GRU that resets after its product opens for its weights, and the page can say why', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.gru({ units: 4, inputShape: [5, 3], name: 'memory' }),
      tf.layers.dense({ units: 2 }),
    ],
  })
  const files = await filesOf(model, (json) =>
    json.replace('"reset_after":false', '"reset_after":true'),
  )
  const { result } = await drained(engine.current.model.open({ files }))
  expect(result.obstacles.run).toMatchObject({
    code: 'open/unsupported-setting',
    params: { layer: 'memory', setting: 'reset_after' },
  })
  expect(result.totals.parameters).toBe(model.countParams())
})
