import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import {
  drained,
  exactFile,
  errorOf,
  file,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { graphBundle, nodeOf, smallGraph } from '../../../testing/files/graph-files'
import type { GraphFiles } from '../../../testing/files/graph-files'
import { GraphWriter } from '../../../testing/files/graph-writer'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../../formats/importers'
import { readZip } from '../../files/zip-archive'
import { inOnePiece } from './forward-pieces'
import { inFrozenBatches } from './frozen-batches'
import { createGraphModel } from './graph-model'

const go = () => Promise.resolve()

const engine = freshEngine()

async function open(files: GraphFiles) {
  const dropped = await Promise.all(
    graphBundle(files).map(async (part) => file(part.path, await part.read(0, part.size))),
  )
  return (await drained(engine.current.model.open({ files: dropped }))).result
}

/** Stock TensorFlow.js, on files by name. */
async function stock(parts: ReadonlyMap<string, Uint8Array>): Promise<tf.GraphModel> {
  const json = JSON.parse(new TextDecoder().decode(parts.get('model.json'))) as tf.io.ModelJSON
  const artifacts = await tf.io.getModelArtifactsForJSON(json, (manifest) => {
    const [group] = manifest
    const bytes = parts.get(group?.paths[0] ?? '') ?? new Uint8Array()
    return Promise.resolve([group?.weights ?? [], bytes.slice().buffer])
  })
  return tf.loadGraphModel(tf.io.fromMemory(artifacts))
}

const image = (count: number) => tf.randomUniform([count, 8, 8, 3], 0, 1, 'float32', 7)

async function exported(bits: number): Promise<Map<string, Uint8Array>> {
  const { result } = await drained(
    engine.current.recipe.export({ recipe: quantized(bits), target: exactFile }),
  )
  const bundle = await readZip(
    memoryFile('d.zip', new Uint8Array(await result.zip.arrayBuffer())),
    go,
  )
  return new Map(
    await Promise.all(
      bundle.map(async (part) => [part.path, await part.read(0, part.size)] as const),
    ),
  )
}

describe('a frozen graph', () => {
  it('is inventoried by its operators', async () => {
    const summary = await open(smallGraph())
    expect(summary).toMatchObject({
      format: 'tfjs-graph',
      obstacles: { run: null },
      inputs: [{ name: 'image', shape: [null, 8, 8, 3] }],
      outputs: [{ shape: [null, 5] }],
    })
    const withWeights = summary.layers.filter(({ tensors }) => tensors.length > 0)
    expect(withWeights.map(({ name, className, kind }) => [name, className, kind])).toEqual(
      expect.arrayContaining([
        ['first', '_FusedConv2D', 'convolution'],
        ['depth', 'DepthwiseConv2dNative', 'depthwise'],
        ['depth/add', 'BiasAdd', 'other'],
        ['norm', 'FusedBatchNormV3', 'normalization'],
        ['product', 'MatMul', 'dense'],
        ['pooled', 'Mean', 'other'],
        ['logits', 'AddV2', 'other'],
      ]),
    )
    const specs = new Map(
      summary.layers.flatMap(({ tensors }) => tensors.map(({ spec }) => [spec.name, spec])),
    )
    expect(specs.get('dense/kernel')).toMatchObject({
      role: 'kernel',
      channel: { count: 5, inner: 12 },
    })
    expect(specs.get('depth/kernel')).toMatchObject({ channel: { count: 12, inner: 1 } })
    expect(specs.get('axes')).toMatchObject({ role: 'other', dtype: 'int32' })
    const first = summary.layers.find(({ name }) => name === 'first')
    expect(first).toMatchObject({ outputShape: [null, 4, 4, 6], macs: 4 * 4 * 3 * 3 * 3 * 6 })
    // Convolutions, the normalisation of 3x3 places with 12 channels, the product.
    expect(summary.totals.macs).toBe(2592 + 3 * 3 * 48 + 3 * 3 * 12 + 60)
  })

  it('is compressed, measured, and the same in stock TensorFlow.js', async () => {
    const files = smallGraph()
    await open(files)
    const before = tf.memory().numTensors
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(3), focus: [], mode: 'settled' }),
    )
    expect(lastOf(events, 'agreement').relativeError).toBeGreaterThan(0.01)
    const parts = await exported(3)
    expect(tf.memory().numTensors).toBe(before)

    const model = await stock(parts)
    const original = await stock(
      new Map([
        ['model.json', new TextEncoder().encode(JSON.stringify(files.json))],
        ...files.shards,
      ]),
    )
    const x = image(4)
    const found = model.predict(x) as tf.Tensor
    const wanted = original.predict(x) as tf.Tensor
    expect(found.shape).toEqual([4, 5])
    const difference = tf.max(tf.abs(tf.sub(found, wanted))).dataSync()[0] ?? NaN
    expect(difference).toBeGreaterThan(1e-4)
    const json = JSON.parse(new TextDecoder().decode(parts.get('model.json'))) as GraphFiles['json']
    expect(json.modelTopology).toEqual(files.json.modelTopology)
    expect(json.signature).toEqual(files.json.signature)
    const card = new TextDecoder().decode(parts.get('README.md'))
    expect(card).toContain("tf.loadGraphModel('model.json')")
    expect(
      json.weightsManifest[0]?.weights.map(({ quantization }) => quantization?.['dtype']),
    ).toEqual([
      'uint8',
      undefined,
      'uint8',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'uint8',
      undefined,
      undefined,
      undefined,
    ])
    tf.dispose([x, found, wanted])
    model.dispose()
    original.dispose()
  })

  it('runs with the weights that a recipe gives it, and gives them back', async () => {
    await open(smallGraph())
    const error = async (bits: number): Promise<number> => {
      const { events } = await drained(
        engine.current.recipe.preview({ recipe: quantized(bits), focus: [], mode: 'settled' }),
      )
      return lastOf(events, 'agreement').relativeError
    }
    const coarse = await error(2)
    const fine = await error(8)
    expect(fine).toBeLessThan(coarse / 5)
    expect(await error(2)).toBe(coarse)
  })

  it('without a signature takes its placeholders', async () => {
    const files = smallGraph()
    delete files.json.signature
    const summary = await open(files)
    expect(summary.inputs).toEqual([{ name: 'image', shape: [null, 8, 8, 3], dtype: 'float32' }])
    expect(summary.outputs.map(({ shape }) => shape)).toEqual([[null, 5]])
  })

  it('that was frozen to one sample is shown one at a time', async () => {
    const files = smallGraph()
    delete files.json.signature
    nodeOf(files, 'image').attr['shape'] = {
      shape: { dim: [1, 8, 8, 3].map((size) => ({ size: String(size) })) },
    }
    const summary = await open(files)
    expect(summary.inputs[0]?.shape).toEqual([1, 8, 8, 3])
    const { events } = await drained(engine.current.measure.original())
    expect(lastOf(events, 'agreement').measured).toBe(510)
  })

  it('gives the outputs that its signature names, also of one node', async () => {
    const net = new GraphWriter()
    const x = net.input('x', [-1, 5])
    net.node('TopKV2', 'top', [x, net.wholes('k', [2], [])], { sorted: { b: true } })
    net.node('Softmax', 'chances', [x])
    // A key may be called like another node.
    const signed = { places: 'top:1', top: 'chances:0', best: 'top:0' }
    const outputs = Object.fromEntries(
      Object.entries(signed).map(([key, name]) => [key, { name, dtype: 'DT_FLOAT' }]),
    )
    const model = await createGraphModel(await openModel(graphBundle(net.files({ outputs })), go))
    expect(model.outputs.map(({ name, shape, kind }) => [name, shape, kind])).toEqual([
      ['top:1', [null, 2], 'scores'],
      ['chances', [null, 5], 'probabilities'],
      ['top', [null, 2], 'scores'],
    ])
    const given = tf.tensor2d([[1, 9, 3, 7, 5]])
    const [places, chances, best] = model.predict([given])
    expect([...(places?.dataSync() ?? [])]).toEqual([1, 3])
    expect(chances?.shape).toEqual([1, 5])
    expect([...(best?.dataSync() ?? [])]).toEqual([9, 7])
    model.dispose()
  })

  it.each([1, 3, 4, 7])(
    'that was frozen to %i samples answers as one that was not',
    async (batch) => {
      const answers: Float32Array[] = []
      for (const size of [-1, batch]) {
        const files = smallGraph()
        delete files.json.signature
        nodeOf(files, 'image').attr['shape'] = {
          shape: { dim: [size, 8, 8, 3].map((side) => ({ size: String(side) })) },
        }
        const model = await createGraphModel(await openModel(graphBundle(files), go))
        const parts = [5, batch, 1].map((count) => {
          const pictures = image(count)
          const outputs = model.predict([pictures])
          expect(outputs.map(({ shape }) => shape)).toEqual([[count, 5]])
          const values = outputs[0]?.dataSync<'float32'>() ?? new Float32Array()
          tf.dispose([pictures, outputs])
          return [...values]
        })
        answers.push(Float32Array.from(parts.flat()))
        model.dispose()
      }
      const [free = new Float32Array(), frozen] = answers
      expect(free.length).toBe(5 * (6 + batch))
      expect(frozen).toHaveLength(free.length)
      frozen?.forEach((value, index) => {
        expect(value).toBeCloseTo(free[index] ?? NaN, 6)
      })
    },
  )

  it('that was frozen to a batch is measured on all samples', async () => {
    const files = smallGraph()
    delete files.json.signature
    nodeOf(files, 'image').attr['shape'] = {
      shape: { dim: [4, 8, 8, 3].map((size) => ({ size: String(size) })) },
    }
    expect((await open(files)).obstacles.run).toBeNull()
    const { events } = await drained(engine.current.measure.original())
    expect(lastOf(events, 'agreement')).toMatchObject({ measured: 510, total: 510 })
  })

  it('may say something else beside its rows, such as a loss', () => {
    const inputs = [tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])]
    const found = inOnePiece(
      // oxlint-disable-next-line require-yield
      inFrozenBatches(inputs, 2, function* ([rows]) {
        return [tf.mul(rows ?? [], 2), tf.sum(rows ?? [])]
      }),
    )
    expect(found.map((one) => [...one.dataSync()])).toEqual([[2, 4, 6, 8, 10, 12], [10]])
    tf.dispose([inputs, found])
  })

  it('with control flow or an unknown operator opens for its weights', async () => {
    const loop = smallGraph()
    nodeOf(loop, 'scaled').op = 'Merge'
    expect((await open(loop)).obstacles.run).toMatchObject({
      code: 'open/graph-control-flow',
      params: { node: 'scaled', op: 'Merge' },
    })
    const unknown = smallGraph()
    nodeOf(unknown, 'norm').op = 'GroupNormalize'
    const summary = await open(unknown)
    expect(summary.obstacles.run).toMatchObject({
      code: 'open/graph-unknown-operator',
      params: { node: 'norm', op: 'GroupNormalize' },
    })
    const parts = await exported(4)
    const json = JSON.parse(new TextDecoder().decode(parts.get('model.json'))) as GraphFiles['json']
    expect(json.modelTopology).toEqual(unknown.json.modelTopology)
  })

  it('that is refused leaves nothing behind', async () => {
    await open(smallGraph())
    const before = tf.memory().numTensors
    const cyclic = smallGraph()
    nodeOf(cyclic, 'first').input = ['norm', 'first/kernel', 'first/bias']
    expect((await errorOf(open(cyclic))).code).toBe('open/graph-cycle')
    await open(smallGraph())
    expect(tf.memory().numTensors).toBe(before)
  })
})
