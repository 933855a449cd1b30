import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import {
  drained,
  exactFile,
  errorOf,
  file,
  freshEngine,
  quantized,
} from '../../../testing/engine/drive-engine'
import { smallModel } from '../../../testing/files/layers-files'
import type { LayersFiles } from '../../../testing/files/layers-files'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../../formats/importers'
import { readZip } from '../../files/zip-archive'

const go = () => Promise.resolve()

const engine = freshEngine()

/** As TensorFlow.js saves it: what Keras means is not asked. */
function ownSave(files: LayersFiles): LayersFiles {
  files.json.modelTopology.keras_version = 'tfjs-layers 4.22.0'
  return files
}

function filesOf({ json, shards }: LayersFiles): File[] {
  return [
    file('model.json', JSON.stringify(json)),
    ...[...shards].map(([name, bytes]) => file(name, bytes)),
  ]
}

/** The small model with its second layer turned into something else. */
function secondAs(
  className: string,
  config: LayersFiles['json']['modelTopology']['model_config']['config']['layers'][number]['config'],
): LayersFiles {
  const files = smallModel()
  const second = files.json.modelTopology.model_config.config.layers[2]
  if (second === undefined) throw new Error('no second layer')
  second.class_name = className
  second.config = { ...second.config, ...config }
  return files
}

const cases: readonly (readonly [string, LayersFiles, string, object])[] = [
  [
    'a layer of Python code',
    secondAs('Lambda', {}),
    'open/python-layer',
    { layer: 'second', className: 'Lambda' },
  ],
  [
    'a layer that tfjs does not have',
    secondAs('EinsumDense', {}),
    'open/unknown-layer',
    { layer: 'second', className: 'EinsumDense' },
  ],
  [
    'a setting that tfjs would misread',
    ownSave(secondAs('Dense', { activation: 'hard_silu' })),
    'open/unsupported-setting',
    { layer: 'second', setting: 'activation' },
  ],
]

describe.each(cases)('a model with %s', (_, files, code, params) => {
  it('opens for its weights and says what stopped the rest', async () => {
    const { result } = await drained(engine.current.model.open({ files: filesOf(files) }))
    expect(result.obstacles.run).toMatchObject({ code, params })
    expect(result.totals.parameters).toBe(35)
    expect(
      result.layers.filter(({ parameters }) => parameters > 0).map(({ name }) => name),
    ).toEqual(['first', 'second'])
    const kernels = result.layers.flatMap(({ tensors }) => tensors.map(({ spec }) => spec))
    expect(kernels.map(({ role }) => role)).toEqual(['kernel', 'bias', 'kernel', 'bias'])
    expect(kernels[2]).toMatchObject({ layerKind: 'dense', channel: { count: 3, inner: 1 } })
  })

  it('is compressed and downloaded with its topology as it came', async () => {
    await drained(engine.current.model.open({ files: filesOf(files) }))
    const recipe = quantized(4)
    const { events } = await drained(
      engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
    )
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['weights', 'size']))
    expect((await drained(engine.current.measure.original())).events).toEqual([])

    const { result } = await drained(engine.current.recipe.export({ recipe, target: exactFile }))
    expect(result).toMatchObject({ validation: null, test: null, zippedBytes: result.zip.size })
    const zip = memoryFile('d.zip', new Uint8Array(await result.zip.arrayBuffer()))
    const bundle = await readZip(zip, go)
    const json = bundle.find(({ path }) => path === 'model.json')
    const text = new TextDecoder().decode(await json?.read(0, json.size))
    const { modelTopology } = JSON.parse(text) as LayersFiles['json']
    expect(modelTopology).toEqual(files.json.modelTopology)
    const again = await openModel([zip], go)
    expect(again.weights.map(({ storedAs }) => storedAs)).toContain('uint8')
    expect(again.obstacles.run).toMatchObject({ code })
  })

  it('refuses data with the same reason', async () => {
    await drained(engine.current.model.open({ files: filesOf(files) }))
    const attach = engine.current.data.attach({ datasetId: 'mnist', settings: null })
    expect((await errorOf(drained(attach))).code).toBe(code)
  })
})

describe('weights without a layer of their own', () => {
  it('get one by their names, and what is no kernel stays untouched', async () => {
    const files = secondAs('Lambda', {})
    const [group] = files.json.weightsManifest
    if (group === undefined) throw new Error('no manifest')
    group.weights.forEach((weight) => {
      weight.name = weight.name
        .replace('first/kernel', 'model_1/first/kernel:0')
        .replace('second/kernel', 'decoder/attention/scale')
    })
    const { result } = await drained(engine.current.model.open({ files: filesOf(files) }))
    const layers = result.layers.filter(({ parameters }) => parameters > 0)
    expect(layers.map(({ name, className, kind }) => [name, className, kind])).toEqual([
      ['first', 'Dense', 'dense'],
      ['decoder/attention', '?', 'other'],
      ['second', 'Lambda', 'other'],
    ])
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: quantized(4), focus: [], mode: 'dragging' }),
    )
    const [event] = events
    if (event?.type !== 'weights') throw new Error('no weights')
    expect(event.layers.map(({ name, bits }) => [name, bits])).toEqual([['first', 4]])
  })
})

it('a model that tfjs builds but cannot run opens for its weights too', async () => {
  const files = smallModel()
  const { layers } = files.json.modelTopology.model_config.config
  const reshape = (name: string, from: string, sides: number): (typeof layers)[number] => ({
    class_name: 'Reshape',
    name,
    config: { name, target_shape: [sides] },
    inbound_nodes: [[[from, 0, 0, {}]]],
  })
  // Four numbers do not become five.
  layers.splice(2, 0, reshape('odd', 'first', 5), reshape('even', 'odd', 4))
  const second = layers[layers.length - 1]
  if (second !== undefined) second.inbound_nodes = [[['even', 0, 0, {}]]]
  const before = tf.memory().numTensors
  const { result } = await drained(engine.current.model.open({ files: filesOf(files) }))
  expect(result.obstacles.run?.code).toBe('open/forward-stopped')
  expect(result.totals.parameters).toBe(35)
  expect(tf.memory().numTensors).toBe(before)
})

it('weights of PyTorch are compressed and saved as safetensors, in as many bytes as were shown', async () => {
  const checkpoint = file('net.pth', readFileSync('testing/models/weights/checkpoint.pth'))
  const { result } = await drained(engine.current.model.open({ files: [checkpoint] }))
  expect(result.obstacles.run?.code).toBe('open/weights-alone')
  expect(result.original.parameters).toBe(result.totals.parameters)
  const [target] = result.targets
  if (target === undefined) throw new Error('no target')
  const recipe = quantized(4)
  const preview = engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' })
  const { events } = await drained(preview)
  const sizes = events.flatMap((event) => (event.type === 'size' ? [event.sizes] : []))
  const saved = await drained(engine.current.recipe.export({ recipe, target }))
  expect(saved.result.zip.size).toBe(sizes.at(-1)?.zipped)
  const zip = memoryFile('d.zip', new Uint8Array(await saved.result.zip.arrayBuffer()))
  const again = await openModel([zip], go)
  expect(again.format).toBe('safetensors')
  expect(again.weights.map(({ spec }) => spec.name)).toEqual(
    result.layers.flatMap(({ tensors }) => tensors.map(({ spec }) => spec.name)),
  )
  const stored = new Map(again.weights.map(({ spec, storedAs }) => [spec.name, storedAs]))
  expect(stored.get('conv1.weight')).toBe('uint8')
  expect(stored.get('bn1.num_batches_tracked')).toBe('int64')
  expect(stored.get('half.weight')).toBe('uint8')
})
