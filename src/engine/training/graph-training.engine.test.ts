import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  drained,
  errorOf,
  exactFile,
  file,
  freshEngine,
} from '../../../testing/engine/drive-engine'
import { eagerClock } from '../../../testing/engine/small-environment'
import { halfOfAll } from '../../../testing/engine/cut-ground'
import { distilling, smallModel } from '../../../testing/engine/teaching-ground'
import {
  accuracyOf,
  attachBars,
  bitsOf,
  floats,
  ofType,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { T, texts, whole } from '../../../testing/files/graph-attributes'
import { graphTwin } from '../../../testing/files/graph-twin'
import { GraphWriter } from '../../../testing/files/graph-writer'
import { inOneByte } from '../../../testing/files/graph-files'
import type { GraphFiles } from '../../../testing/files/graph-files'
import { opaqueGraph } from '../../../testing/files/opaque-graph'
import { bars, foldedBars } from '../../../testing/models/bar-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { readZip } from '../../files/zip-archive'
import { memoryFile } from '../../files/file-bundle'
import type { Recipe } from '../../techniques/recipe'

const engine = freshEngine(eagerClock())
const train = trainer(engine)

function dropped({ json, shards }: GraphFiles): File[] {
  return [
    file('model.json', JSON.stringify(json)),
    ...[...shards].map(([name, bytes]) => file(name, bytes)),
  ]
}

/** Opens the graph with pictures of bars. */
async function openGraph(files: GraphFiles, count = 400): Promise<void> {
  await drained(engine.current.model.open({ files: dropped(files) }))
  await attachBars(engine.current, count)
}

let graph: GraphFiles
beforeAll(async () => {
  await tf.setBackend('cpu')
  graph = graphTwin(foldedBars(), 'fused')
})

/** What stock TensorFlow.js answers with downloaded files, for pictures of bars. */
async function stockAnswers(recipe: Recipe, pixels: tf.Tensor): Promise<number[]> {
  const { result } = await drained(engine.current.recipe.export({ recipe, target: exactFile }))
  const zip = memoryFile('x.zip', new Uint8Array(await result.zip.arrayBuffer()))
  const archive = await readZip(zip, () => Promise.resolve())
  const bytesOf = async (path: string): Promise<Uint8Array> => {
    const entry = archive.find((one) => one.path === path)
    return entry === undefined ? new Uint8Array() : entry.read(0, entry.size)
  }
  const json = JSON.parse(new TextDecoder().decode(await bytesOf('model.json'))) as tf.io.ModelJSON
  expect(json.format).toBe('graph-model')
  const artifacts = await tf.io.getModelArtifactsForJSON(json, async (groups) => {
    const [path = ''] = groups.flatMap(({ paths }) => paths)
    const shard = await bytesOf(path)
    return [groups.flatMap(({ weights }) => weights), shard.slice().buffer]
  })
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts))
  const answers = tf.tidy(() => [...(model.predict(pixels) as tf.Tensor).dataSync()])
  model.dispose()
  return answers
}

/** The files of the graph after training. */
async function trainedGraph(): Promise<File[]> {
  await openGraph(graph)
  const { result } = await train({ settings: settingsWith({ epochs: 6 }) })
  await engine.current.model.addTrained(result.trained)
  const { result: download } = await drained(
    engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
  )
  return [new File([download.zip], 'trained.zip')]
}

describe('a graph model', () => {
  it('learns back what few bits and zeros have cost, and is what it was measured as', async () => {
    const files = await trainedGraph()
    await drained(engine.current.model.open({ files }))
    await attachBars(engine.current)
    const recipe = recipeWith({
      prune: { value: 0.6 },
      quantize: { bits: 3, granularity: 'perTensor' },
    })
    const { events, result } = await train({ recipe, settings: settingsWith({ epochs: 8 }) })
    const validations = ofType(events, 'validation')
    const [before] = validations
    if (before === undefined) throw new Error('no validation')
    expect(accuracyOf(result)).toBeGreaterThan(accuracyOf(before) + 0.1)
    expect(validations.at(-1)?.sparsity).toBeCloseTo(0.6, 1)
    const [second, third] = await Promise.all(
      validations.slice(2, 4).map(({ trained }) => floats(trained.weights)),
    )
    const zeros = [...(second ?? [])].flatMap((weight, at) => (weight === 0 ? [at] : []))
    expect(zeros.length).toBeGreaterThan(100)
    expect(zeros.every((at) => third?.[at] === 0)).toBe(true)
    expect(ofType(events, 'started')).toMatchObject([
      { statistics: 'none', kernels: { fast: true } },
    ])
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.validation).toEqual(result.measure)
  })

  it('that lost filters learns on without them', async () => {
    const files = await trainedGraph()
    await drained(engine.current.model.open({ files }))
    const { result: cut } = await drained(
      engine.current.structure.cut({
        recipe: recipeWith({}),
        target: halfOfAll,
        blocks: [],
        start: 'kept',
      }),
    )
    const { result: smaller } = await drained(
      engine.current.model.open({
        files: cut.files.map(({ path, blob }) => new File([blob], path)),
      }),
    )
    expect(smaller.totals.macs).toBeLessThan(0.7 * (cut.plan.whole.macs ?? 0))
    await attachBars(engine.current)
    const { events, result } = await train({ settings: settingsWith({ epochs: 5 }) })
    const [before] = ofType(events, 'validation').map(accuracyOf)
    expect(accuracyOf(result)).toBeGreaterThan((before ?? NaN) + 0.1)
  })

  it('of codes of one byte learns as well', async () => {
    await openGraph(inOneByte(graph))
    const { result } = await train({ settings: settingsWith({ epochs: 6 }) })
    expect(accuracyOf(result)).toBeGreaterThan(0.85)
  })

  it.each([
    ['as they are', {}, {}],
    ['in few bits', { prune: { value: 0.5 }, quantize: { bits: 3 } }, {}],
    ['with activations of few bits', {}, { quantization: { activationBits: 5 } }],
  ] as const)(
    'takes the steps of the layers that it was made of: weights %s',
    async (_, steps, how) => {
      const settings = settingsWith({ epochs: 2, ...how })
      const recipe = recipeWith(steps)
      await openGraph(graph)
      const own = await train({ recipe, settings })
      await openBuilt(engine.current, foldedBars())
      await attachBars(engine.current)
      const layers = await train({ recipe, settings })
      const [found, wanted] = [own, layers].map(({ events }) =>
        ofType(events, 'progress').map(({ loss }) => loss),
      )
      expect(wanted?.length).toBeGreaterThan(10)
      wanted?.forEach((loss, at) => {
        expect(Math.abs(loss - (found?.[at] ?? NaN))).toBeLessThan(1e-3)
      })
      expect(ofType(own.events, 'validation').map(accuracyOf)).toEqual(
        ofType(layers.events, 'validation').map(accuracyOf),
      )
    },
  )

  it('repeats itself bit for bit, also after a break and frozen to a batch', async () => {
    await openGraph(graphTwin(foldedBars(), 'fused', 8), 200)
    const settings = settingsWith({ epochs: 2, quantization: { activationBits: 6 } })
    const whole = await train({ settings })
    expect(ofType(whole.events, 'validation').at(-1)?.simulated).toMatchObject({ bits: 6 })
    const checkpoint = ofType(whole.events, 'checkpoint').find(({ epoch }) => epoch === 1)
    const rest = await train({ settings, resume: checkpoint?.file ?? null })
    expect(await bitsOf(rest.result)).toEqual(await bitsOf(whole.result))
  })

  it('teaches with hints, a graph and the layers that it was made of alike', async () => {
    const files = await trainedGraph()
    const losses: number[][] = []
    for (const open of [
      () => openGraph(graphTwin(foldedBars(7), 'fused')),
      () => openBuilt(engine.current, foldedBars(7)).then(() => attachBars(engine.current)),
    ]) {
      await open()
      const { result: teacher } = await drained(engine.current.teacher.open({ files }))
      expect(teacher.features.map(({ name }) => name)).toContain('wide')
      const hint = { studentLayer: 'wide', teacherLayer: 'wide', weight: 1 }
      const settings = distilling({ teacher: teacher.id, hint, alpha: 0 }, { epochs: 2 })
      const before = tf.memory().numTensors
      const { events } = await train({ settings })
      expect(tf.memory().numTensors).toBe(before)
      losses.push(ofType(events, 'progress').map(({ loss }) => loss))
    }
    const [found = [], wanted = []] = losses
    wanted.forEach((loss, at) => {
      expect(Math.abs(loss - (found[at] ?? NaN))).toBeLessThan(1e-3)
    })
    expect(wanted.at(-1)).toBeLessThan(0.8 * (wanted[0] ?? 0))
  })

  it.each([4, 12])(
    'frozen to a batch of eight teaches, and is taught, in batches of %i as if it were not',
    async (batchSize) => {
      const losses: number[][] = []
      for (const frozen of [8, -1]) {
        await openGraph(graphTwin(foldedBars(7), 'fused', frozen), 120)
        const { result: teacher } = await drained(
          engine.current.teacher.open({ files: dropped(graphTwin(foldedBars(), 'fused', frozen)) }),
        )
        const hint = { studentLayer: 'wide', teacherLayer: 'wide', weight: 1 }
        const settings = distilling({ teacher: teacher.id, hint }, { epochs: 1, batchSize })
        const before = tf.memory().numTensors
        const { events } = await train({ settings })
        expect(tf.memory().numTensors).toBe(before)
        losses.push(ofType(events, 'progress').map(({ loss }) => loss))
      }
      const [found = [], wanted = []] = losses
      expect(wanted.length).toBeGreaterThan(2)
      wanted.forEach((loss, at) => {
        expect(Math.abs(loss - (found[at] ?? NaN))).toBeLessThan(1e-3)
      })
    },
  )

  it('teaches layers', async () => {
    await openBuilt(engine.current, smallModel())
    await attachBars(engine.current)
    const { result: teacher } = await drained(
      engine.current.teacher.open({ files: dropped(graph) }),
    )
    const settings = distilling({ teacher: teacher.id, alpha: 0 }, { epochs: 2 })
    const steps = ofType((await train({ settings })).events, 'progress').map(({ loss }) => loss)
    expect(steps.at(-1)).toBeLessThan(steps[0] ?? 0)
  })

  const otherwise: Readonly<Record<string, () => Promise<unknown>>> = {
    graph: () => {
      const net = new GraphWriter()
      const x = net.input('x', [-1, 8, 8, 1])
      const row = net.node('Reshape', 'row', [x, net.wholes('sides', [-1, 64])], { T })
      // WebAssembly adds the last bias to all numbers of all samples but the first.
      const fused = { transpose_b: { b: true }, fused_ops: texts(['BiasAdd']), num_args: whole(1) }
      const read = [row, net.weight('kernel', [3, 64]), net.weight('bias', [3], [0, 40, 0])]
      net.node('Softmax', 'y', [net.node('_FusedMatMul', 'scores', read, { T, ...fused })], { T })
      return openGraph(net.files())
    },
    layers: async () => {
      // XNNPACK loses its way where a window is shorter than its stride.
      const window = { kernelSize: [1, 2], strides: 3, padding: 'same' as const }
      const kernelInitializer = tf.initializers.constant({ value: 2 })
      const layers = [
        tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelInitializer, ...window }),
        tf.layers.flatten(),
        // Drawn by chance it may hear nothing of that.
        tf.layers.dense({
          ...{ units: 3, activation: 'softmax' },
          kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
        }),
      ]
      await openBuilt(engine.current, tf.sequential({ layers }))
      await attachBars(engine.current)
    },
  }
  it.each(Object.entries(otherwise))(
    'that TensorFlow.js answers otherwise on this backend trains and teaches, and says so: %s',
    async (_, open) => {
      await open()
      for (const askFirst of [false, true]) {
        const { events } = await train({ settings: distilling({ askFirst }, { epochs: 1 }) })
        const [started] = ofType(events, 'started')
        expect(started?.offStock.model).toBeGreaterThan(0.1)
        expect(started?.offStock.teacher).toBe(started?.offStock.model)
      }
    },
  )

  it('gives the same in stock TensorFlow.js as the weights that were trained', async () => {
    await openGraph(graph, 200)
    const { result } = await train({ settings: settingsWith({ epochs: 1 }) })
    await engine.current.model.addTrained(result.trained)
    const pixels = tf.tensor4d(
      Float32Array.from(bars(20, 9).pixels, (pixel) => pixel / 255),
      [20, 8, 8, 1],
    )
    const answers = await stockAnswers(result.recipe, pixels)
    // By the layers that the graph was made of, with the weights of the run.
    const layers = foldedBars()
    const values = await floats(result.trained.weights)
    let at = 0
    layers.setWeights(
      layers.getWeights().map(({ shape, size }) => {
        at += size
        return tf.tensor(values.slice(at - size, at), shape)
      }),
    )
    const wanted = (layers.predict(pixels) as tf.Tensor).dataSync()
    wanted.forEach((value, place) => {
      expect(Math.abs(value - (answers[place] ?? NaN))).toBeLessThan(1e-5)
    })
  })

  it('with an operator that only TensorFlow.js computes says which, and is not trained', async () => {
    const { result } = await drained(engine.current.model.open({ files: dropped(opaqueGraph()) }))
    const params = { operator: 'Mod (rest)', number: 1 }
    expect(result.obstacles.train).toEqual({ code: 'train/operator', params })
    expect((await errorOf(train())).code).toBe('train/operator')
  })
})
