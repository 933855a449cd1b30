import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import type { Answer } from '../../../testing/engine/distance'
import { graphBundle } from '../../../testing/files/graph-files'
import { numbers, T, text } from '../../../testing/files/graph-attributes'
import { GraphWriter } from '../../../testing/files/graph-writer'
import { answeredHere, asTensors } from '../../../testing/matrix/made-inputs'
import { loadGraphWithStock, loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import type { FileBundle } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { openModel } from '../importers'

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const go = (): Promise<void> => Promise.resolve()

/** What stock TensorFlow.js says with a file as it came. */
async function stockSays(files: FileBundle, input: Answer, backend: 'cpu' | 'wasm') {
  await tf.setBackend(backend)
  const named = await Promise.all(
    files.map(async (file) => ({
      path: file.path,
      bytes: await readBytes(file, 0, file.size),
    })),
  )
  const isGraph = new TextDecoder().decode(named[0]?.bytes).includes('"graph-model"')
  const model = await (isGraph ? loadGraphWithStock : loadWithStock)(tf, named)
  const given = asTensors([input])
  const said = [model.predict(given) as tf.Tensor | tf.Tensor[]].flat()
  const answers = answersOf(said)
  tf.dispose([given, said])
  model.dispose()
  await tf.setBackend('wasm')
  return answers
}

/** Numbers below zero. */
function below(shape: readonly number[]): Answer {
  const count = shape.reduce((all, side) => all * side, 1)
  const values = Array.from({ length: count }, (_, at) => Math.sin(1.7 * at) - 2)
  return { shape, dtype: 'float32', values }
}

async function poolLayers(): Promise<FileBundle> {
  const net = tf.sequential({
    layers: [
      tf.layers.maxPooling3d({ poolSize: 2, inputShape: [4, 4, 4, 2] }),
      tf.layers.conv3d({ filters: 2, kernelSize: 1 }),
    ],
  })
  const files = await savedFiles(tf, net)
  net.dispose()
  return files
}

function poolGraph(): Promise<FileBundle> {
  const writer = new GraphWriter()
  const x = writer.input('x', [-1, 4, 4, 4, 2], 'DT_FLOAT')
  const two = numbers([1, 2, 2, 2, 1])
  writer.node('MaxPool3D', 'y', [x], { T, ksize: two, strides: two, padding: text('VALID') })
  return Promise.resolve(graphBundle(writer.files()))
}

function classes(isReal: boolean): Promise<FileBundle> {
  const writer = new GraphWriter()
  const x = writer.input('x', [-1], 'DT_INT32')
  const depth = writer.wholes('depth', [4], [])
  const [on, off] = isReal
    ? [writer.weight('on', [], [3]), writer.weight('off', [], [-1])]
    : [writer.wholes('on', [3], []), writer.wholes('off', [-1], [])]
  writer.node('OneHot', 'y', [x, depth, on, off], {
    T: isReal ? T : { type: 'DT_INT32' },
    axis: { i: '-1' },
  })
  return Promise.resolve(graphBundle(writer.files()))
}

const rows: Answer = { shape: [3], dtype: 'int32', values: [0, 2, 1] }

it.each([
  ['a pool in space of layers', poolLayers, below([2, 4, 4, 4, 2]), true],
  ['a pool in space of a graph', poolGraph, below([2, 4, 4, 4, 2]), true],
  ['classes as real numbers', () => classes(true), rows, true],
  ['classes as whole numbers', () => classes(false), rows, false],
] as const)('%s: what is said of stock WebAssembly is so', async (_, build, input, isWrong) => {
  const files = await build()
  const model = await openModel(files, go)
  const notes = model.notes.map(({ code }) => code)
  expect(notes.includes('note/wrong-on-wasm')).toBe(isWrong)
  const right = await stockSays(files, input, 'cpu')
  const apart = distance(await stockSays(files, input, 'wasm'), right)
  if (isWrong) expect(apart).toBeGreaterThan(0.1)
  else expect(apart).toBe(0)
  const values = model.weights.map((weight) => weight.values)
  expect(distance(answeredHere(model, values, [input]), right)).toBeLessThanOrEqual(1e-5)
})
