import * as tf from '@tensorflow/tfjs'
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { drained, exactFile, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { npyBytes } from '../../../testing/files/foreign-data'
import { numbers, T, text } from '../../../testing/files/graph-attributes'
import { graphBundle } from '../../../testing/files/graph-files'
import { graphTwin } from '../../../testing/files/graph-twin'
import type { TwinForm } from '../../../testing/files/graph-twin'
import { GraphWriter } from '../../../testing/files/graph-writer'
import { loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { twinned } from '../../../testing/models/twinned-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { createRandom } from '../../core/random'
import type { FileBundle } from '../../files/file-bundle'
import type { LayerSensitivity } from '../../search/sensitivity'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine()

const recipe = recipeWith({ quantize: { bits: 3 }, 'bias-correction': {} })

async function open(bundle: FileBundle, count: number): Promise<void> {
  const files = await Promise.all(
    bundle.map(async (part) => file(part.path, await part.read(0, part.size))),
  )
  await drained(engine.current.model.open({ files }))
  const random = createRandom(7)
  const values = Float32Array.from({ length: count * 84 }, () => 0.4 + 0.3 * random.normal())
  const data = file('x.npy', npyBytes('<f4', [count, 6, 7, 2], values))
  await drained(engine.current.data.open({ files: [data], choices: {}, settings: null }))
}

/** What the step says, and the files of the download. */
async function corrected() {
  const { events } = await drained(
    engine.current.recipe.preview({ recipe, focus: [], mode: 'dragging' }),
  )
  const { calibration, notes } = lastOf(events, 'weights')
  const { result } = await drained(engine.current.recipe.export({ recipe, target: exactFile }))
  const files = unzipSync(new Uint8Array(await result.zip.arrayBuffer()))
  return { calibration, notes, files }
}

type Downloaded = Readonly<Record<string, Uint8Array>>

async function stockGraph(files: Downloaded): Promise<tf.GraphModel> {
  const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as tf.io.ModelJSON
  const artifacts = await tf.io.getModelArtifactsForJSON(json, ([group]) => {
    const shard = files[group?.paths[0] ?? ''] ?? new Uint8Array()
    return Promise.resolve([group?.weights ?? [], shard.slice().buffer])
  })
  return tf.loadGraphModel(tf.io.fromMemory(artifacts))
}

const stockLayers = (files: Downloaded): Promise<tf.LayersModel> =>
  loadWithStock(
    tf,
    Object.entries(files).map(([path, bytes]) => ({ path, bytes })),
  )

const notes = ['bias', 'bias', 'movingMean', 'bias', 'bias']

describe('biases of a graph are corrected as those of the layers that it was converted from,', () => {
  it.each<[string, TwinForm, number]>([
    ['fused', 'fused', -1],
    ['its additions apart', 'apart', -1],
    ['frozen to one sample', 'fused', 1],
  ])('%s', async (_, form, batch) => {
    const model = twinned()
    await open(await savedFiles(tf, model), 96)
    const layers = await corrected()
    await open(graphBundle(graphTwin(model, form, batch)), 96)
    const graph = await corrected()
    expect(graph.calibration).toEqual(layers.calibration)
    expect(graph.calibration).toMatchObject({ state: 'known', samples: 53 })
    expect(graph.notes).toEqual(layers.notes)
    expect(graph.notes.map(({ note }) => note)).toEqual(notes)
    const [one, other] = [await stockGraph(graph.files), await stockLayers(layers.files)]
    const x = tf.randomUniform([8, 6, 7, 2], 0, 1, 'float32', 3)
    const inputs = batch === 1 ? tf.split(x, 8) : [x]
    const found = tf.concat(inputs.map((input) => one.predict(input) as tf.Tensor))
    const [wanted, whole] = [other.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor]
    expect(distance(answersOf([found]), answersOf([wanted]))).toBeLessThan(1e-5)
    // Three bits are not nothing.
    expect(distance(answersOf([found]), answersOf([whole]))).toBeGreaterThan(0.01)
  })

  it('from whole batches, where it takes no others', async () => {
    await open(graphBundle(graphTwin(twinned(), 'fused', 8)), 96)
    const graph = await corrected()
    expect(graph.calibration).toMatchObject({ state: 'known', samples: 48 })
    expect(graph.notes.map(({ note }) => note)).toEqual(notes)
  })

  it('but not where TensorFlow.js gives other outputs than its operators say', async () => {
    const net = new GraphWriter()
    // XNNPACK pads a window otherwise that is shorter than its stride along one axis alone.
    const picture = net.input('picture', [-1, 6, 7, 2])
    net.node('Conv2D', 'conv', [picture, net.weight('kernel', [1, 3, 2, 4])], {
      T,
      strides: numbers([1, 2, 2, 1]),
      padding: text('SAME'),
      data_format: text('NHWC'),
      dilations: numbers([1, 1, 1, 1]),
    })
    await open(graphBundle(net.files()), 96)
    for (let times = 0; times < 2; times++) {
      const graph = await corrected()
      expect(graph.calibration).toEqual({ state: 'missing', reason: 'answersOtherwise' })
      expect(graph.notes).toEqual([])
    }
  })
})

it('what layers of a graph bear is told by their inputs, as of the layers that it was converted from', async () => {
  const predicted = async (bundle: FileBundle) => {
    await open(bundle, 96)
    const left = new AbortController()
    const table = engine.current.sensitivity.table({ recipe: defaultRecipe }, left.signal)
    const layers: LayerSensitivity[] = []
    // Each is told by its inputs first, and only then tried.
    for await (const { layer } of table) {
      if (layer !== null) layers.push(layer)
      if (layers.length === 5) break
    }
    left.abort()
    return layers
  }
  const model = twinned()
  const layers = await predicted(await savedFiles(tf, model))
  const graph = await predicted(graphBundle(graphTwin(model, 'apart')))
  const facts = (all: readonly LayerSensitivity[]) =>
    all.map(({ basis, layer, weights }) => ({ basis, layer, weights }))
  expect(facts(graph)).toEqual(facts(layers))
  for (const { basis } of graph) expect(basis).toBe('inputs')
  graph.forEach(({ cells }, at) => {
    cells.forEach(({ error }, cell) => {
      expect(Math.abs(error - (layers[at]?.cells[cell]?.error ?? NaN))).toBeLessThan(1e-5)
    })
  })
})
