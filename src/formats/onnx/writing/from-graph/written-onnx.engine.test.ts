import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../../testing/engine/distance'
import type { Answer } from '../../../../../testing/engine/distance'
import { cases, modelOf } from '../../../../../testing/engine/gradient-cases/case-models'
import type { CaseModel } from '../../../../../testing/engine/gradient-cases/case-models'
import { answeredByOnnx, onnxFileOf } from '../../../../../testing/engine/onnx-written'
import { randomInputs, randomNet } from '../../../../../testing/models/random-nets'
import { savedFiles } from '../../../../../testing/models/stock-model'
import { startWasmBackend } from '../../../../engine/host/wasm-in-node'
import { Program } from '../../../../engine/program/program'
import { memoryFile } from '../../../../files/file-bundle'
import { openModel } from '../../../importers'

const go = (): Promise<void> => Promise.resolve()

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

/** The sigmoid of the runtime is that far from its value, of which nothing may be left: 1e-9, for one. */
const LEAST = 1e-7

function areAlike(found: readonly Answer[], wanted: readonly Answer[]): boolean {
  if (distance(found, wanted) <= TOLERANCE) return true
  return found.every(({ shape, values }, at) => {
    const own = wanted[at]
    const isNear = (value: number, place: number): boolean =>
      Math.abs(value - (own?.values[place] ?? NaN)) <= LEAST
    return own?.shape.join() === shape.join() && values.every(isNear)
  })
}

/** What the program of a graph says is what the runtime of ONNX says to the file that is written from it. */
async function compare(model: CaseModel, inputs: readonly tf.Tensor[]): Promise<Uint8Array> {
  const program = new Program(model)
  const own = program.predict(inputs)
  const file = onnxFileOf(model)
  const found = await answeredByOnnx(file, inputs)
  const [answers, wanted] = [found, own].map(answersOf)
  expect(areAlike(answers ?? [], wanted ?? []), JSON.stringify([answers, wanted])).toBe(true)
  tf.dispose([own, found])
  program.dispose()
  return file
}

/** Opened again it has the same weights and says the same. */
async function openAgain(
  file: Uint8Array,
  { graph, weights }: CaseModel,
  inputs: readonly tf.Tensor[],
): Promise<void> {
  const again = await openModel([memoryFile('model.onnx', file)], go)
  expect(again.obstacles.run).toBeNull()
  expect(again.refillable).toBeUndefined()
  expect(again.weights.map(({ spec, values }) => [spec.name, spec.shape, values])).toEqual(
    weights.map(({ spec, values }) => [spec.name, spec.shape, values]),
  )
  const [program, own] = [{ graph, weights }, again].map((model) => new Program(model))
  const [wanted, found] = [program, own].map((each) => each?.predict(inputs) ?? [])
  expect(distance(answersOf(found ?? []), answersOf(wanted ?? []))).toBeLessThanOrEqual(TOLERANCE)
  tf.dispose([wanted ?? [], found ?? []])
  program?.dispose()
  own?.dispose()
}

describe('an operator is written as operators that say the same in the runtime of ONNX:', () => {
  it.each(cases)('%s', async (op, each) => {
    for (const one of each) {
      const { model, inputs } = modelOf(op, one)
      await compare(model, inputs)
      tf.dispose(inputs)
    }
  })
})

/** More by the environment. */
const NETS = Number(process.env['CONTRACT_NETS'] ?? 12)

it(`${NETS} random nets are written as files of ONNX that say the same, and open again`, async () => {
  for (let seed = 0; seed < NETS; seed++) {
    const net = randomNet(seed)
    const inputs = randomInputs(net, 2, seed)
    const opened = await openModel(await savedFiles(tf, net), go)
    net.dispose()
    await openAgain(await compare(opened, inputs), opened, inputs)
    tf.dispose(inputs)
  }
})
