import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { randomInputs, randomNet } from '../../../testing/models/random-nets'
import { sampleBytes } from '../../../testing/models/sample-files'
import { samples } from '../../../testing/models/sample-models'
import { loadWithStock, savedFiles } from '../../../testing/models/stock-model'
import { wildModels } from '../../../testing/models/wild-models'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../../formats/importers'
import { startWasmBackend } from '../host/wasm-in-node'
import { Program } from './program'

/** What stock TensorFlow.js computes is what a program computes, as a share of the largest value of an output. */
const TOLERANCE = 1e-6

const go = (): Promise<void> => Promise.resolve()

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

describe('a built-in model answers as in stock TensorFlow.js, on WebAssembly:', () => {
  it.each(samples.map(({ id }) => id))('%s', async (id) => {
    const bytes = sampleBytes(id)
    const opened = await openModel(
      [...bytes].map(([path, content]) => memoryFile(path, content)),
      go,
    )
    const stock = await loadWithStock(
      tf,
      [...bytes].map(([path, content]) => ({ path, bytes: content })),
    )
    const program = new Program(opened)
    const inputs = randomInputs(stock, 4, 1)
    const found = program.predict(inputs)
    const wanted = [stock.predict(inputs)].flat()
    expect(distance(answersOf(found), answersOf(wanted))).toBeLessThanOrEqual(TOLERANCE)
    tf.dispose([inputs, found, wanted])
    program.dispose()
    stock.dispose()
  })
})

describe('a model of a kind that people have answers as in stock TensorFlow.js:', () => {
  it.each(wildModels)('%s', async (_, build, input) => {
    const model = build()
    const opened = await openModel(await savedFiles(tf, model), go)
    const program = new Program(opened)
    const inputs = [input()].flat()
    const found = program.predict(inputs)
    const wanted = [model.predict(inputs)].flat()
    expect(distance(answersOf(found), answersOf(wanted))).toBeLessThanOrEqual(TOLERANCE)
    tf.dispose([inputs, found, wanted])
    program.dispose()
    model.dispose()
  })
})

const NETS = 200

/** The kernels of WebAssembly add in another order. */
const OTHER_ORDER = 1e-5

it(`${NETS} random nets answer on WebAssembly as stock TensorFlow.js does in plain JavaScript`, async () => {
  let most = 0
  for (let seed = 0; seed < NETS; seed++) {
    await tf.setBackend('cpu')
    const net = randomNet(seed)
    const inputs = randomInputs(net, 2, seed)
    const stock = [net.predict(inputs)].flat()
    const wanted = answersOf(stock)
    const files = await savedFiles(tf, net)
    const given = inputs.map((input) => input.arraySync())
    const types = inputs.map(({ dtype }) => dtype)
    tf.dispose([inputs, stock])
    net.dispose()
    await tf.setBackend('wasm')
    const before = tf.memory().numTensors
    const program = new Program(await openModel(files, go))
    const same = given.map((values, at) => tf.tensor(values, undefined, types[at]))
    const found = program.predict(same)
    const apart = distance(answersOf(found), wanted)
    most = Math.max(most, apart)
    tf.dispose([same, found])
    program.dispose()
    expect(tf.memory().numTensors).toBe(before)
  }
  expect(most).toBeLessThanOrEqual(OTHER_ORDER)
})
