import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answeredByOnnx } from '../../../../../testing/engine/onnx-written'
import { openNet } from '../../../../../testing/engine/open-net'
import { writtenStatic } from '../../../../../testing/engine/static-written'
import { nodesIn, weight } from '../../../../../testing/files/onnx-parts'
import { floatTensor, message, node, port } from '../../../../../testing/files/onnx-writer'
import type { Field } from '../../../../../testing/files/onnx-writer'
import { randomInputs, randomNet } from '../../../../../testing/models/random-nets'
import { usualActivations } from '../../../../core/model-summary'
import { memoryFile } from '../../../../files/file-bundle'
import { encode } from '../../../../techniques/quantize/quantize'
import { refusalOf } from '../../../exporters'
import type { ExportTensor } from '../../../exporter'
import type { OpenedModel } from '../../../format'
import { openModel } from '../../../importers'
import { OpenGraph } from '../graph-editor'
import { bytesOf } from '../wire-fields'

const go = () => Promise.resolve()
const target = { container: 'onnx', precision: 'static8', activations: usualActivations } as const

beforeAll(async () => {
  await tf.setBackend('cpu')
})

function opened(bytes: Uint8Array): Promise<OpenedModel> {
  return openModel([memoryFile('model.onnx', bytes)], go)
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

  it.each([true, false])('says over which ranges, as it holds them (int8: %s)', async (signed) => {
    const { activations, files } = await written(model.weights, signed)
    expect(activations).toMatchObject({
      ...{ storedAs: signed ? 'int8' : 'uint8', range: 'minMax' },
      samples: { count: 2, of: 'a test' },
    })
    const values = activations?.values ?? []
    expect(values.map(({ name }) => name)).toEqual(['x', 'r1', 'c2', 'r2', 'r3'])
    const { nodes } = new OpenGraph([files[0]?.bytes ?? new Uint8Array(0)])
    const held = (name: string): Uint8Array => {
      const maker = nodes.find(({ node: { outputs } }) => outputs[0] === name)
      return Uint8Array.from((maker?.content ?? []).flatMap((piece) => [...bytesOf([piece])]))
    }
    for (const { high, low, name, scale, zeroPoint } of values) {
      expect(high - low).toBeCloseTo(255 * scale, 4)
      const bytes = Buffer.from(new Uint8Array(Float32Array.of(scale).buffer))
      expect(Buffer.from(held(`${name}_scale`)).includes(bytes)).toBe(true)
      expect(held(`${name}_zero_point`)).toContain(zeroPoint & 255)
    }
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
