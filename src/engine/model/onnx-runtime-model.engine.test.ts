import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { drained, file, freshEngine, lastOf, quantized } from '../../../testing/engine/drive-engine'
import { onnxFiles, recordedNumbers, runtimeNets } from '../../../testing/files/onnx-nets'
import { message, node, onnxModel, port, product } from '../../../testing/files/onnx-writer'
import { openModel } from '../../formats/importers'
import { defaultRecipe } from '../../techniques/recipe'
import { nodeEnvironment } from '../host/node-environment'
import { buildModel } from './build-model'

const go = () => Promise.resolve()
const engine = freshEngine()

const filesOf = async (name: string): Promise<File[]> =>
  Promise.all(
    onnxFiles(name, runtimeNets).map(async (one) => file(one.path, await one.read(0, one.size))),
  )

it('says what onnxruntime says, of weights in loops, as halves and as they are, and of others', async () => {
  const opened = await openModel(onnxFiles('scan', runtimeNets), go)
  const beats: number[] = []
  const tools = { ...nodeEnvironment(), beat: (ms: number) => void beats.push(ms) }
  const model = await buildModel(opened, tools)
  expect(model.inputs.map(({ dtype, name }) => [name, dtype])).toEqual([
    ['frames', 'float32'],
    ['code', 'int32'],
  ])
  expect(model.outputs.map(({ dtype, name, shape }) => [name, shape, dtype])).toEqual([
    ['Softmax_4', [null, 4], 'float32'],
    ['ArgMax_5', [null], 'int32'],
  ])
  const given = (await recordedNumbers('scan', 'input', runtimeNets)).map(
    ({ dtype, shape, values }) => tf.tensor([...values], [...shape], dtype),
  )
  const apart = async (side: 'output' | 'halved'): Promise<number> => {
    const found = await model.predict(given)
    const wanted = await recordedNumbers('scan', side, runtimeNets)
    const distanceFound = distance(answersOf(found.slice(0, wanted.length)), wanted)
    tf.dispose(found)
    return distanceFound
  }
  expect(await apart('output')).toBeLessThanOrEqual(1e-5)
  const own = opened.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  expect(own.map(({ spec }) => spec.name).toSorted()).toEqual([
    ...['fc.bias', 'fc.weight', 'loop//inner.weight', 'outer.weight', 'table'],
  ])
  const halved = own.map(({ spec, values }) => ({ spec, values: values.map((value) => value / 2) }))
  await model.setWeights(halved, go)
  expect(await apart('halved')).toBeLessThanOrEqual(1e-5)
  // The same arrays are no other weights: nothing is built.
  const before = beats.length
  await model.setWeights(halved, go)
  expect(beats.length).toBe(before)
  await model.setWeights(own, go)
  expect(await apart('output')).toBeLessThanOrEqual(1e-5)
  model.dispose()
  tf.dispose(given)
})

describe('a model that only the runtime of ONNX runs', () => {
  it('is measured as onnxruntime measures it, before and after, and says what is not there and why', async () => {
    const { result: summary } = await drained(
      engine.current.model.open({ files: await filesOf('digits') }),
    )
    const only = {
      code: 'open/only-onnx-runtime',
      params: { file: 'model.onnx', operator: 'QuickGelu (other), domain=com.microsoft' },
    }
    expect(summary).toMatchObject({
      runtime: 'onnxRuntime',
      obstacles: { run: null, train: only, cut: only },
      targets: [
        ...['exact', 'float32', 'float16', 'static8', 'dynamic8', 'nBits'].map((precision) => ({
          container: 'onnx',
          precision,
        })),
        ...['exact', 'float32', 'float16'].map((precision) => ({
          container: 'safetensors',
          precision,
        })),
      ],
    })
    await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
    const { events } = await drained(engine.current.measure.original())
    // Counted by onnxruntime 1.32.0 in Python on the same 250 pictures.
    expect(lastOf(events, 'accuracy')).toMatchObject({ correct: 197, measured: 250 })
    const { events: compressed } = await drained(
      engine.current.recipe.preview({ recipe: quantized(1), focus: [], mode: 'settled' }),
    )
    const { correct, measured } = lastOf(compressed, 'accuracy')
    expect(measured).toBe(250)
    const [target] = summary.targets
    if (target === undefined) throw new Error('no target')
    const { result } = await drained(engine.current.recipe.export({ recipe: quantized(1), target }))
    expect(result).toMatchObject({ runtime: 'onnxRuntime', validation: { correct, measured } })
    const { result: map } = await drained(
      engine.current.sensitivity.table({ recipe: defaultRecipe }),
    )
    expect(map.layers[0]?.measured.length).toBeGreaterThan(0)
    const latency = await engine.current.measure.latency({ batch: 2 })
    expect([latency.backend, latency.batch]).toEqual(['wasm', 2])
  })

  it('opens for its weights where that runtime refuses it, in one sentence', async () => {
    const bytes = onnxModel([1, node('Warp', ['x', 'w'], ['y'])], ...product.slice(1))
    const { result } = await drained(
      engine.current.model.open({ files: [file('warp.onnx', bytes)] }),
    )
    expect(result.obstacles.run).toMatchObject({
      code: 'open/onnx-refused',
      params: { file: 'warp.onnx', operator: 'Warp (Warp_0)' },
    })
    expect(result.obstacles.run?.params['reason']).toBe('it knows no operator Warp')
    // What would have measured it is not named any more.
    expect(result.notes.map(({ code }) => code)).not.toContain('note/by-onnx-runtime')
  })

  const noRows = /^no output has a row of numbers for each sample$/
  it.each([
    ['as many places as it finds', [[1, node('NonZero', ['a'], ['y'])]], 7, noRows],
    [
      'one number for all samples',
      [
        [1, node('Unique', ['a'], ['u'])],
        [1, node('MatMul', ['u', 'u'], ['y'])],
      ],
      1,
      noRows,
    ],
    [
      'nothing, since sides do not fit',
      [
        [1, node('Unique', ['a'], ['u'])],
        [1, node('MatMul', ['u', 'w'], ['y'])],
      ],
      1,
      /^MatMul stopped while it ran: “MatMul dimension mismatch”$/,
    ],
  ] as const)('opens for its weights where it gives %s', async (_, nodes, type, reason) => {
    const bytes = onnxModel(
      [1, node('MatMul', ['x', 'w'], ['a'])],
      ...nodes,
      ...product.slice(1, 2),
      [11, port('x', [1, 2])],
      [12, message([1, 'y'], [2, message([1, message([1, type])])])],
    )
    const { result } = await drained(engine.current.model.open({ files: [file('n.onnx', bytes)] }))
    expect(result.obstacles.run?.params['reason']).toMatch(reason)
  })
})
