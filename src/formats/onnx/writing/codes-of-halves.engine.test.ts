import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { answeredByOnnx, weightsByOnnx } from '../../../../testing/engine/onnx-written'
import { encodings } from '../../../../testing/files/any-encoding'
import { doubleNet, halfNet, halfPort, waves } from '../../../../testing/files/half-nets'
import type { FloatsOf } from '../../../../testing/files/half-nets'
import { nodesIn } from '../../../../testing/files/onnx-parts'
import { castNode, message, node, onnxFile } from '../../../../testing/files/onnx-writer'
import type { Field } from '../../../../testing/files/onnx-writer'
import { halvesApart } from '../../../../testing/matrix/halves'
import { answeredHere, asTensors, madeInputs } from '../../../../testing/matrix/made-inputs'
import { cut } from '../../../../testing/matrix/variants'
import type { EncodedTensor } from '../../../core/encoded-tensor'
import { decode } from '../../../core/encoded-tensor'
import { isCompressible } from '../../../core/tensor-spec'
import { startWasmBackend } from '../../../engine/host/wasm-in-node'
import { memoryFile } from '../../../files/file-bundle'
import { encode } from '../../../techniques/quantize/quantize'
import type { ExportTensor } from '../../exporter'
import { storedForms, writeModel } from '../../exporters'
import type { OpenedModel, OpenedWeight } from '../../format'
import { openModel, walkModel } from '../../importers'
import { nearestOf } from '../../named-weights/element-types'

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const go = () => Promise.resolve()
const onnx = { container: 'onnx', precision: 'exact' } as const
const shapes = { conv: [6, 5, 3, 2], product: [20, 6], odd: [3, 7], list: [9] } as const

/** A model that multiplies weights with a number, as halves. */
function weightsModel(opset: number, type: FloatsOf = 'F16'): Uint8Array {
  const fields = Object.entries(shapes).flatMap(([name, sides]): Field[] => [
    waves(type, name, sides),
    ...(type === 'F16' ? [] : [[1, castNode(name, `${name}_half`, 10)] as const]),
    [1, node('Mul', [type === 'F16' ? name : `${name}_half`, 'x'], [`${name}_out`])],
    [12, halfPort(`${name}_out`, sides)],
  ])
  const graph = message([11, halfPort('x', [1])], ...fields)
  return message([1, 7], [2, 'test'], [8, message([2, opset])], [7, graph])
}

function bitsOf({ buffer, byteLength, byteOffset }: OpenedWeight['values']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

async function written(model: OpenedModel, tensors: readonly ExportTensor[]) {
  const { files } = await writeModel(model, tensors, onnx, go)
  return files[0]?.bytes ?? new Uint8Array(0)
}

/** What a file that computes with a type makes of numbers. */
function nearest(type: FloatsOf, values: Float32Array): Float32Array {
  return type === 'F64' ? values : nearestOf(type, values)
}

/** The runtime and the reader get the floats that are said to be stored, and the file goes through a second time unchanged. */
async function proven(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  type: FloatsOf = 'F16',
): Promise<void> {
  const forms = storedForms(model, tensors, onnx)
  const file = await written(model, tensors)
  const inputs = asTensors(madeInputs(model))
  const weightsIn = (bytes: Uint8Array) => weightsByOnnx(bytes, Object.keys(shapes), inputs)
  const found = await weightsIn(file)
  const again = await openModel([memoryFile('model.onnx', file)], go)
  for (const [index, form] of forms.entries()) {
    const read = again.weights[index]
    const given = tensors[index]
    if (read === undefined || given === undefined) throw new Error('a weight is missing')
    const wanted = bitsOf(form.restored())
    if ('kind' in given) expect(bitsOf(nearest(type, decode(given)))).toEqual(wanted)
    expect(bitsOf(found.get(form.name) ?? new Uint8Array(0))).toEqual(wanted)
    expect(bitsOf(read.values)).toEqual(wanted)
    expect([read.storedAs, read.storedBytes]).toEqual([form.storedAs, form.bytes])
  }
  await walkModel(
    [memoryFile('model.onnx', file)],
    ({ from, index, values }) => {
      const wanted = forms[index]?.restored(from, from + values.length)
      expect(bitsOf(values)).toEqual(bitsOf(wanted ?? new Uint8Array(0)))
    },
    go,
  )
  const twice = await weightsIn(await written(again, again.weights))
  tf.dispose(inputs)
  for (const [name, values] of twice)
    expect(bitsOf(values)).toEqual(bitsOf(found.get(name) ?? new Uint8Array(0)))
}

/** As a kernel is opened: filters first, or columns. */
function withChannels(weight: OpenedWeight): OpenedWeight {
  const { spec } = weight
  const [first = 1, ...others] = spec.shape
  const inner = others.reduce((all, side) => all * side, 1)
  const channel = spec.name === 'product' ? { count: inner, inner: 1 } : { count: first, inner }
  return { ...weight, spec: { ...spec, channel, role: 'kernel' } }
}

/** Halves end at 65,504. */
function withinHalves(tensor: EncodedTensor): EncodedTensor {
  if (tensor.kind === 'float')
    return { ...tensor, values: tensor.values.map((value) => (Math.abs(value) < 6e4 ? value : 1)) }
  return tensor.kind === 'affine'
    ? { ...tensor, scale: tensor.scale.map((step) => step / 4) }
    : tensor
}

describe.each([
  ['F16', 9],
  ['F16', 25],
  ['F64', 9],
  ['F64', 25],
  ['BF16', 13],
  ['BF16', 25],
] as const)('weights of %s in a file of opset %i', async (type, opset) => {
  const model = await openModel(onnxFile(weightsModel(opset, type)), go)

  it('are the same file where no step has changed one', async () => {
    expect(await written(model, model.weights)).toEqual(weightsModel(opset, type))
  })

  it('are decoded by onnxruntime and by the reader to the bits that were stored', async () => {
    const tensors = fc.tuple(
      ...model.weights.map((weight) => encodings(withChannels(weight)).map(withinHalves)),
    )
    await fc.assert(
      fc.asyncProperty(tensors, (any) => proven(model, any, type)),
      { seed: 24, numRuns: 10, endOnFailure: true },
    )
  })
})

/** 180 weights in 6 filters take 360 bytes as halves; in blocks of 2 of 5 inputs there are 108 scales. */
describe('codes that the studio makes of halves', async () => {
  const model = await openModel(onnxFile(weightsModel(17)), go)
  const [conv, ...others] = model.weights.map(withChannels)
  if (!(conv?.values instanceof Float32Array)) throw new Error('no weight')
  const { spec, values } = conv

  it.each([
    ['symmetric', 8, 'perTensor', 'int8', 180 + 4, 'DequantizeLinear'],
    ['symmetric', 8, 'perChannel', 'int8', 180 + 24, 'DequantizeLinear'],
    ['asymmetric', 8, 'perChannel', 'uint8', 180 + 24 + 6, 'DequantizeLinear'],
    ['symmetric', 4, 'perChannel', 'int4', 90 + 24, 'DequantizeLinear'],
    ['symmetric', 2, 'perChannel', 'int2', 45 + 24, 'DequantizeLinear'],
    ['linear', 4, 'perChannel', 'uint4', 90 + 4 + 24, 'Cast,Add,Mul'],
    ['mean', 2, 'perChannel', 'uint2', 45 + 24 + 6 * 16, 'Cast,Add,Gather'],
    // 522 bytes: no shorter than halves.
    ['symmetric', 4, 'perGroup', 'float16', 360, null],
  ] as const)('%s, %i bits, %s', async (kind, bits, granularity, storedAs, bytes, decoding) => {
    const isAffine = kind === 'symmetric' || kind === 'asymmetric'
    const { tensor } = encode(spec, values, null, {
      ...{ action: 'quantize', bits, granularity, groupSize: 2 },
      scheme: isAffine ? 'affine' : kind === 'mean' ? 'mean' : 'linear',
      symmetry: kind === 'asymmetric' ? kind : 'symmetric',
    })
    const tensors = [tensor, ...others]
    const [form] = storedForms(model, tensors, onnx)
    expect([form?.storedAs, form?.bytes]).toEqual([storedAs, bytes])
    const ops = nodesIn(await written(model, tensors)).map((text) => text.split(' ')[0])
    const made = decoding === null ? [] : [...decoding.split(','), 'Cast']
    expect(ops).toEqual([...made, 'Mul', 'Mul', 'Mul', 'Mul'])
    await proven(model, tensors)
  })

  it('codes for more than halves reach are refused', async () => {
    const { tensor } = encode(
      spec,
      values.map((value) => 1e6 * value),
      null,
      {
        ...{ action: 'quantize', bits: 8, granularity: 'perTensor' },
        ...{ scheme: 'affine', symmetry: 'symmetric' },
      },
    )
    await expect(written(model, [tensor, ...others])).rejects.toMatchObject({
      code: 'export/float16-range',
    })
  })
})

/** 180 weights in 6 filters: 1440 bytes of 64 bits, 360 of 16. */
describe.each([
  ['F64', 17],
  ['BF16', 13],
] as const)('codes that the studio makes of %s', async (type, opset) => {
  const model = await openModel(onnxFile(weightsModel(opset, type)), go)
  const [conv, ...others] = model.weights.map(withChannels)
  if (!(conv?.values instanceof Float32Array)) throw new Error('no weight')
  const { tensor } = encode(conv.spec, conv.values, null, {
    ...{ action: 'quantize', bits: 8, granularity: 'perChannel' },
    ...{ scheme: 'affine', symmetry: 'symmetric' },
  })

  it('take a byte a weight and a scale a filter', async () => {
    const tensors = [tensor, ...others]
    const [form, ...rest] = storedForms(model, tensors, onnx)
    expect([form?.storedAs, form?.bytes]).toEqual(['int8', 180 + 24])
    const width = type === 'F64' ? 8 : 2
    expect(rest.map(({ bytes }) => bytes)).toEqual([120 * width, 21 * width, 9 * width])
    const [decoding, cast] = nodesIn(await written(model, tensors))
    expect(decoding).toMatch(/^DequantizeLinear /)
    expect(cast).toBe('Cast conv_real > conv')
    await proven(model, tensors, type)
  })
})

describe('a net that computes with halves', async () => {
  const model = await openModel(halfNet(), go)

  it.each([8, 4])('with codes of %i bits says what the page says', async (bits) => {
    const tensors = model.weights.map((weight) => {
      const { spec, values } = weight
      if (!isCompressible(spec) || !(values instanceof Float32Array)) return weight
      return encode(spec, values, null, {
        ...{ action: 'quantize', bits, granularity: 'perChannel' },
        ...{ scheme: 'affine', symmetry: 'symmetric' },
      }).tensor
    })
    const file = await written(model, tensors)
    const forms = storedForms(model, tensors, onnx)
    expect(forms.map(({ storedAs }) => storedAs)).toEqual([
      ...[`int${bits}`, 'float16', `int${bits}`, 'float16'],
    ])
    const inputs = madeInputs(model)
    const given = asTensors(inputs)
    const found = await answeredByOnnx(file, given)
    const told = answersOf(found)
    tf.dispose([given, found])
    const values = forms.map((form) => form.restored())
    const apart = distance(told, answeredHere(model, values, inputs))
    const most = halvesApart(model, values, inputs)
    expect(most).toBeLessThan(0.01)
    expect(apart).toBeLessThanOrEqual(most)
  })
})

describe('a net of 64 bits that lost filters', async () => {
  const model = await openModel(doubleNet(), go)

  it('is written as float32, the weights that are left as they were among them', async () => {
    const less = await cut(model)
    if (less === null) throw new Error('nothing was cut')
    const file = await written(less, less.weights)
    const inputs = madeInputs(less)
    const given = asTensors(inputs)
    const found = await answeredByOnnx(file, given)
    const told = answersOf(found)
    tf.dispose([given, found])
    const values = less.weights.map((weight) => weight.values)
    expect(distance(told, answeredHere(less, values, inputs))).toBeLessThan(1e-6)
  })
})
