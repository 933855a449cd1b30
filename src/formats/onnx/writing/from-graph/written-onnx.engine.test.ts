import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../../testing/engine/distance'
import type { Answer } from '../../../../../testing/engine/distance'
import { cases, modelOf, weightsOf } from '../../../../../testing/engine/gradient-cases/case-models'
import type { CaseModel } from '../../../../../testing/engine/gradient-cases/case-models'
import { answeredByOnnx, onnxFileOf } from '../../../../../testing/engine/onnx-written'
import { randomInputs, randomNet } from '../../../../../testing/models/random-nets'
import { onnxFiles, recordedNumbers } from '../../../../../testing/files/onnx-nets'
import { graphOf, node } from '../../../../../testing/models/small-graphs'
import { savedFiles } from '../../../../../testing/models/stock-model'
import { startWasmBackend } from '../../../../engine/host/wasm-in-node'
import { Program } from '../../../../engine/program/program'
import { Drop } from '../../../../files/drop'
import { memoryFile } from '../../../../files/file-bundle'
import type { ModelGraph } from '../../../../graph/graph'
import { editModel } from '../../../edit-model'
import { writeModel } from '../../../exporters'
import { openModel } from '../../../importers'
import { findOnnx } from '../../find-onnx'
import type { OnnxGraph } from '../../onnx-model'
import { PRODUCER } from './encode-model'
import { graphSkeleton } from './graph-skeleton'

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

async function foundIn(file: Uint8Array) {
  const found = await findOnnx(new Drop([memoryFile('model.onnx', file)]), go)
  if (found === null) throw new Error('no model')
  return found
}

describe('names', () => {
  /** A difference and what it came from, one of them twice, and an input as it is. */
  const graph = graphOf({
    inputs: { 'a b': [null, 2], 中文: [null, 2] },
    parameters: { w: [2], unread: [3] },
    nodes: [
      node('combine', { function: 'Sub' }, ['a b', '中文', 'w'], ['v'], 'minus'),
      node('identity', {}, ['v'], ['same'], 'again'),
    ],
    outputs: ['v', 'same', 'v', '中文'],
  })
  const weights = weightsOf(graph, () => 0.25)

  it('of inputs, outputs and weights stay, in their order, whatever they are', async () => {
    const inputs = [tf.tensor([[4, 8]]), tf.tensor([[1, 2]])]
    const file = await compare({ graph, weights }, inputs)
    const { model } = await foundIn(file)
    const { initializers, inputs: given, outputs } = model.graph
    expect(given.map(({ name, shape }) => [name, shape])).toEqual([
      ['a b', [null, 2]],
      ['中文', [null, 2]],
    ])
    expect(outputs.map(({ name }) => name)).toEqual(['minus', 'again', 'minus_1', '中文_1'])
    expect(initializers.map(({ name }) => name)).toEqual(['w', 'unread'])
    tf.dispose(inputs)
  })

  it('of values are those of the graph where they are asked for, and metadata is kept', async () => {
    const metadata = new Map([['names', '{0: "cat"}']])
    const file = onnxFileOf({ graph, weights }, { ports: 'values', metadata, opset: 21 })
    const { model } = await foundIn(file)
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['v', 'same', 'v_1', '中文_1'])
    expect(model.metadata).toEqual(metadata)
    expect([model.opsets.get(''), model.irVersion, model.producer]).toEqual([21, 10, PRODUCER])
  })
})

it('what cannot be written is named with the reason', () => {
  const refusal = (written: ModelGraph): unknown =>
    graphSkeleton(written, [...written.parameters.values()])
  const opaque = graphOf({
    inputs: { x: [null, 2] },
    nodes: [node('opaque', { config: {}, outputs: 1 }, ['x'], ['y'], 'strange')],
  })
  expect(refusal(opaque)).toEqual({ refused: 'unknown', layer: 'strange' })
  const products = graphOf({
    inputs: { x: [null, 1000] },
    nodes: [
      node(
        'cumulative',
        { function: 'Prod', axis: 1, exclusive: false, reverse: false },
        ['x'],
        ['y'],
        'products',
      ),
    ],
  })
  expect(refusal(products)).toEqual({ refused: 'tooMuch', layer: 'products' })
})

describe('an edited model that came as ONNX is written from its graph:', () => {
  it.each(['words', 'half.hand', 'cnn'])('%s', async (name) => {
    const opened = await openModel(onnxFiles(name), go)
    const edited = await editModel(opened, [], go)
    expect([edited.container, edited.skeleton]).toEqual(['onnx', undefined])
    const target = { container: 'onnx', precision: 'float32' } as const
    const { files } = await writeModel(edited, edited.weights, target, go)
    const bytes = files[0]?.bytes ?? new Uint8Array()
    const [before, { model }] = [
      await findOnnx(new Drop(onnxFiles(name)), go),
      await foundIn(bytes),
    ]
    const ports = (graph: OnnxGraph | undefined) =>
      [graph?.inputs, graph?.outputs].map((list) => list?.map((port) => [port.name, port.type]))
    expect(ports(model.graph)).toEqual(ports(before?.model.graph))
    expect(model.metadata).toEqual(before?.model.metadata)
    const numbers = await recordedNumbers(name, 'input')
    const inputs = numbers.map(({ dtype, shape, values }) =>
      tf.tensor([...values], [...shape], dtype),
    )
    const found = await answeredByOnnx(bytes, inputs)
    const wanted = await recordedNumbers(name, 'output')
    expect(areAlike(answersOf(found), wanted)).toBe(true)
    tf.dispose([inputs, found])
  })
})
