import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answeredByOnnx } from '../../../../../testing/engine/onnx-written'
import { writtenStatic } from '../../../../../testing/engine/static-written'
import { onnxFiles, recordedNumbers } from '../../../../../testing/files/onnx-nets'
import { nodesIn, waves, weight } from '../../../../../testing/files/onnx-parts'
import { floatTensor, joined, message, node, port } from '../../../../../testing/files/onnx-writer'
import type { Field } from '../../../../../testing/files/onnx-writer'
import { memoryFile } from '../../../../files/file-bundle'
import type { OpenedModel } from '../../../format'
import { openModel } from '../../../importers'

const go = () => Promise.resolve()

beforeAll(async () => {
  await tf.setBackend('cpu')
})

function opened(bytes: Uint8Array): Promise<OpenedModel> {
  return openModel([memoryFile('model.onnx', bytes)], go)
}

function wholes(name: string, values: readonly number[]): Uint8Array {
  const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
  return message([1, values.length], [2, 7], [8, name], [9, raw])
}

/** Writes a net with codes of activations and reads it again. */
async function both(...fields: readonly Field[]) {
  const graph = message([11, port('x', [2, 6])], ...fields)
  const model = await opened(message([1, 8], [8, message([2, 17])], [7, graph]))
  const x = tf.randomNormal([2, 6], 0, 1, 'float32', 5)
  const exported = await writtenStatic(model, model.weights, [x], {
    range: 'minMax',
    signed: false,
  })
  const bytes = exported.files[0]?.bytes ?? new Uint8Array(0)
  const found = await answeredByOnnx(Uint8Array.from(bytes), [x])
  const again = await opened(bytes)
  expect(again.weights.map(({ spec }) => spec.name)).toEqual(exported.held.map(({ name }) => name))
  return { found, names: again.weights.map(({ spec }) => spec.name), x }
}

function number(name: string, value: number): Field {
  return [5, floatTensor(name, [], [9, new Uint8Array(Float32Array.of(value).buffer)])]
}

const then = message(
  [2, 'then'],
  [5, floatTensor('inside', [4, 4], waves(16, 3))],
  [1, node('MatMul', ['c', 'inside'], ['t'])],
  [12, port('t', [2, 4])],
)
const otherwise = message(
  [2, 'otherwise'],
  [1, node('Identity', ['c'], ['e'])],
  [12, port('e', [2, 4])],
)

describe('what is odd about a net stays right:', () => {
  it.each([0.3, 0.5, 0.7, 0.9])('a cut at -9 and %d opens', async (high) => {
    const { found } = await both(
      number('low', -9),
      number('high', high),
      [5, wholes('sides', [2, 6, 1, 1])],
      weight('w', [4, 6, 1, 1], 1),
      weight('v', [3, 4, 1, 1], 2),
      [1, node('Reshape', ['x', 'sides'], ['r'])],
      [1, node('Conv', ['r', 'w'], ['a'])],
      [1, node('Clip', ['a', 'low', 'high'], ['c'])],
      [1, node('Conv', ['c', 'v'], ['y'])],
      [12, port('y', [2, 3, 1, 1])],
    )
    expect(found[0]?.dataSync().every(Number.isFinite)).toBe(true)
  })

  it('an input that is handed out again is the input', async () => {
    const { found, x } = await both(
      weight('w', [6, 4], 1),
      [1, node('MatMul', ['x', 'w'], ['y'])],
      [12, port('y', [2, 4])],
      [12, port('x', [2, 6])],
    )
    expect([...(found[1]?.dataSync() ?? [])]).toEqual([...x.dataSync()])
  })

  it('weights of graphs inside a node without a name stay, under the same name', async () => {
    const truth = message([1, 1], [2, 9], [8, 'truth'], [9, Uint8Array.of(1)])
    const branches = [
      ['then_branch', then],
      ['else_branch', otherwise],
    ] as const
    const choice = branches.map(([name, graph]): Field => [
      5,
      message([1, name], [6, graph], [20, 5]),
    ])
    const { names } = await both(
      weight('w', [6, 4], 1),
      [5, truth],
      [1, node('MatMul', ['x', 'w'], ['c'])],
      [1, node('Reshape', ['truth', 'none'], ['is'])],
      [5, wholes('none', [])],
      [1, joined([node('If', ['is'], ['y']), message(...choice)])],
      [12, port('y', [2, 4])],
    )
    expect(names).toEqual(['w', 'If_2//inside'])
  })
})

it.each([true, false])(
  'a padding and a cut between codes open in the runtime of pages (int8: %s)',
  async (signed) => {
    const model = await openModel(onnxFiles('cnn'), go)
    const inputs = (await recordedNumbers('cnn', 'input')).map(({ dtype, shape, values }) =>
      tf.tensor([...values], [...shape], dtype),
    )
    const { files } = await writtenStatic(model, model.weights, inputs, { range: 'minMax', signed })
    const bytes = Uint8Array.from(files[0]?.bytes ?? [])
    const nodes = nodesIn(bytes)
    expect(nodes).toContain('Conv d_dequantized depth.weight > e')
    const [wanted] = await recordedNumbers('cnn', 'output')
    const [found] = await answeredByOnnx(bytes, inputs)
    const apart = [...(found?.dataSync() ?? [])].map((value, at) =>
      Math.abs(value - (wanted?.values[at] ?? NaN)),
    )
    expect(Math.max(...apart)).toBeLessThan(0.05)
  },
)
