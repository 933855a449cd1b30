import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answeredByOnnx } from '../../../../../testing/engine/onnx-written'
import { openNet } from '../../../../../testing/engine/open-net'
import { writtenStatic } from '../../../../../testing/engine/static-written'
import { floatTensor, joined, message, node, port } from '../../../../../testing/files/onnx-writer'
import type { Field } from '../../../../../testing/files/onnx-writer'
import { onnxFiles, recordedNumbers } from '../../../../../testing/files/onnx-nets'
import { randomInputs, randomNet } from '../../../../../testing/models/random-nets'
import { usualActivations } from '../../../../core/model-summary'
import { memoryFile } from '../../../../files/file-bundle'
import { encode } from '../../../../techniques/quantize/quantize'
import { refusalOf } from '../../../exporters'
import type { ExportTensor } from '../../../exporter'
import type { OpenedModel, RefillableFile } from '../../../format'
import { openModel } from '../../../importers'
import { OpenGraph } from '../graph-editor'

const go = () => Promise.resolve()
const target = { container: 'onnx', precision: 'static8', activations: usualActivations } as const

beforeAll(async () => {
  await tf.setBackend('cpu')
})

function opened(bytes: Uint8Array): Promise<OpenedModel> {
  return openModel([memoryFile('model.onnx', bytes)], go)
}

/** What the nodes of a file say. */
function nodesIn(bytes: Uint8Array): readonly string[] {
  const file: RefillableFile = [bytes]
  return new OpenGraph(file).nodes.map(
    ({ node: { inputs, op, outputs } }) => `${op} ${inputs.join(' ')} > ${outputs.join(' ')}`,
  )
}

function waves(length: number, from: number): Field {
  const values = Float32Array.from({ length }, (_, at) => Math.sin(from + 1.7 * at))
  return [9, new Uint8Array(values.buffer)]
}

function weight(name: string, dims: readonly number[], from: number): Field {
  const count = dims.reduce((all, side) => all * side, 1)
  return [5, floatTensor(name, dims, waves(count, from))]
}

function positive(name: string, length: number): Field {
  const values = Float32Array.from({ length }, (_, at) => 0.5 + at)
  return [5, floatTensor(name, [length], [9, new Uint8Array(values.buffer)])]
}

/** A convolution with a normalisation, one around which its input goes, a pool, and two products of rows. */
function residualNet(): Uint8Array {
  const graph = message(
    [11, port('x', [2, 3, 6, 6])],
    weight('w1', [4, 3, 3, 3], 0),
    weight('scale', [4], 1),
    weight('shift', [4], 2),
    weight('mean', [4], 3),
    positive('variance', 4),
    weight('w2', [4, 4, 1, 1], 4),
    weight('b2', [4], 5),
    [
      5,
      message(
        [1, 2],
        [2, 7],
        [8, 'sides'],
        [9, new Uint8Array(new BigInt64Array([2n, 16n]).buffer)],
      ),
    ],
    weight('w3', [16, 5], 6),
    weight('b3', [5], 7),
    weight('w4', [5, 3], 8),
    [1, node('Conv', ['x', 'w1'], ['c1'])],
    [1, node('BatchNormalization', ['c1', 'scale', 'shift', 'mean', 'variance'], ['n1'])],
    [1, node('Relu', ['n1'], ['r1'])],
    [1, node('Conv', ['r1', 'w2', 'b2'], ['c2'])],
    [1, node('Add', ['r1', 'c2'], ['sum'])],
    [1, node('Relu', ['sum'], ['r2'])],
    [1, pool('r2', 'pooled')],
    [1, node('Reshape', ['pooled', 'sides'], ['rows'])],
    [1, node('MatMul', ['rows', 'w3'], ['m3'])],
    [1, node('Add', ['m3', 'b3'], ['s3'])],
    [1, node('Relu', ['s3'], ['r3'])],
    [1, node('MatMul', ['r3', 'w4'], ['m4'])],
    [1, node('Softmax', ['m4'], ['y'])],
    [12, port('y', [2, 3])],
    [12, port('r3', [2, 5])],
  )
  return message([1, 8], [2, 'test'], [8, message([2, 13])], [7, graph])
}

function pool(from: string, to: string): Uint8Array {
  const sides = message([1, 'kernel_shape'], [8, 2], [8, 2], [20, 7])
  const strides = message([1, 'strides'], [8, 2], [8, 2], [20, 7])
  return message([1, from], [2, to], [4, 'MaxPool'], [5, sides], [5, strides])
}

describe('a net with codes of activations', async () => {
  const model = await opened(residualNet())
  const inputs = (): tf.Tensor[] => [tf.randomUniform([2, 3, 6, 6], -1, 1, 'float32', 5)]
  const written = (tensors: readonly ExportTensor[], signed = false) =>
    writtenStatic(model, tensors, inputs(), { range: 'minMax', signed })

  it('has pairs where kernels for whole numbers take them, and outputs that are not rounded', async () => {
    const { files } = await written(model.weights)
    const nodes = nodesIn(files[0]?.bytes ?? new Uint8Array(0)).filter(
      (one) => !one.startsWith('Constant') && !/^DequantizeLinear .* > (?:[wb]\d|shift)$/.test(one),
    )
    const pair = (value: string, root: string, from = value, to = `${value}_dequantized`) => [
      `QuantizeLinear ${from} ${root}_scale ${root}_zero_point > ${value}_quantized`,
      `DequantizeLinear ${value}_quantized ${root}_scale ${root}_zero_point > ${to}`,
    ]
    expect(nodes).toEqual([
      ...pair('x', 'x'),
      'Conv x_dequantized w1 shift > n1',
      'Relu n1 > r1',
      ...pair('r1', 'r1'),
      'Conv r1_dequantized w2 b2 > c2',
      ...pair('c2', 'c2'),
      'Add r1_dequantized c2_dequantized > sum',
      'Relu sum > r2',
      ...pair('r2', 'r2'),
      'MaxPool r2_dequantized > pooled',
      ...pair('pooled', 'r2'),
      'Reshape pooled_dequantized sides > rows',
      ...pair('rows', 'r2'),
      'Gemm rows_dequantized w3 b3 > s3',
      'Relu s3 > r3_float',
      ...pair('r3', 'r3', 'r3_float', 'r3'),
      'MatMul r3 w4 > m4',
      'Softmax m4 > y',
    ])
  })

  it.each([true, false])('says nearly what its real numbers say (int8: %s)', async (signed) => {
    const { files, held, tensors } = await written(model.weights, signed)
    const [real, whole] = [
      await answeredByOnnx(Uint8Array.from(residualNet()), inputs()),
      await answeredByOnnx(Uint8Array.from(files[0]?.bytes ?? []), inputs()),
    ]
    for (const [at, output] of real.entries()) {
      const reach = output.max().dataSync()[0] ?? 0
      const apart =
        output
          .sub(whole[at] ?? 0)
          .abs()
          .max()
          .dataSync()[0] ?? NaN
      expect(apart / reach).toBeLessThan(0.05)
    }
    expect(tensors.map(({ storedAs }) => storedAs).toSorted()).toEqual([
      ...['int32', 'int32', 'int32', 'int8', 'int8', 'int8', 'int8'],
    ])
    // A reader finds them in this order, with these values.
    const again = await opened(files[0]?.bytes ?? new Uint8Array(0))
    expect(again.weights.map(({ spec }) => spec.name)).toEqual(held.map(({ name }) => name))
    for (const [at, form] of held.entries())
      expect([...(again.weights[at]?.values ?? [])]).toEqual([...form.restored()])
    expect(again.obstacles.run).toBeNull()
  })

  it('keeps codes that fit, and rounds others to as many as there are', async () => {
    const settings = {
      ...({ action: 'quantize', bits: 4, granularity: 'perTensor', groupSize: 32 } as const),
      ...({ scheme: 'affine', symmetry: 'symmetric' } as const),
    }
    const tensors = model.weights.map((one): ExportTensor =>
      one.spec.name === 'w2' || one.spec.name === 'w3'
        ? encode(one.spec, Float32Array.from(one.values), null, settings).tensor
        : one,
    )
    const { held } = await written(tensors)
    for (const name of ['w2', 'w3']) {
      const form = held.find((one) => one.name === name)
      const tensor = tensors[model.weights.findIndex(({ spec }) => spec.name === name)]
      if (tensor === undefined || !('kind' in tensor) || tensor.kind !== 'affine') throw new Error()
      const zero = tensor.zeroPoint[0] ?? 0
      const values = [...tensor.codes].map((code) =>
        Math.fround((code - zero) * (tensor.scale[0] ?? 0)),
      )
      expect([...(form?.restored() ?? [])]).toEqual(values)
    }
  })

  it('is refused where no weight is multiplied', async () => {
    const graph = message(
      [11, port('x', [1, 2])],
      [1, node('Relu', ['x'], ['y'])],
      [12, port('y', [1, 2])],
    )
    const none = await opened(message([1, 8], [8, message([2, 13])], [7, graph]))
    expect(refusalOf(none, none.weights, target)?.code).toBe('export/no-product')
  })
})

it('runs nets of all kinds, near to their real numbers', async () => {
  for (let seed = 0; seed < 6; seed++) {
    const net = randomNet(seed)
    const inputs = randomInputs(net, 2, seed)
    const model = await openNet(net)
    if (refusalOf(model, model.weights, target) !== null) continue
    const { files } = await writtenStatic(model, model.weights, inputs, target.activations)
    const again = await answeredByOnnx(Uint8Array.from(files[0]?.bytes ?? []), inputs)
    for (const output of again) expect(output.dataSync().every(Number.isFinite)).toBe(true)
  }
})

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
    ...target.activations,
    range: 'minMax',
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
    const { files } = await writtenStatic(model, model.weights, inputs, {
      ...target.activations,
      signed,
      range: 'minMax',
    })
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
