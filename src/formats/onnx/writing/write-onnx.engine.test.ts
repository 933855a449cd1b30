import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodings } from '../../../../testing/files/any-encoding'
import { onnxAnswers } from '../../../../testing/engine/onnx-answers'
import { floatTensor, message, node, onnxFile, port } from '../../../../testing/files/onnx-writer'
import { onnxFiles, onnxNets, recordedNumbers } from '../../../../testing/files/onnx-nets'
import type { Field } from '../../../../testing/files/onnx-writer'
import type { EncodedTensor } from '../../../core/encoded-tensor'
import { decode } from '../../../core/encoded-tensor'
import { nodeEnvironment } from '../../../engine/host/node-environment'
import { memoryFile } from '../../../files/file-bundle'
import { isCompressible } from '../../../core/tensor-spec'
import { encode } from '../../../techniques/quantize/quantize'
import { storedForms, writeModel } from '../../exporters'
import type { ExportTensor } from '../../exporter'
import type { OpenedModel, OpenedWeight } from '../../format'
import { openModel, walkModel } from '../../importers'
import { graphFile } from './from-graph/graph-file'
import { RefilledFile } from '../../refilled-file'
import { onnxForm } from './onnx-form'

const go = () => Promise.resolve()
const onnx = { container: 'onnx', precision: 'exact' } as const

const shapes = { conv: [6, 5, 3, 2], product: [20, 6], odd: [3, 7], list: [9] } as const

/** A model that gives its weights. */
function weightsModel(opset: number): Uint8Array {
  const fields = Object.entries(shapes).flatMap(([name, sides]): Field[] => {
    const values = Float32Array.from({ length: sides.reduce((a, b) => a * b, 1) }, (_, at) =>
      Math.sin(at),
    )
    return [
      [5, floatTensor(name, sides, [9, new Uint8Array(values.buffer)])],
      [1, node('Mul', [name, 'x'], [`${name}_out`])],
      [12, port(`${name}_out`, sides)],
    ]
  })
  return message(
    [1, 7],
    [2, 'test'],
    [8, message([2, opset])],
    [7, message([11, port('x', [1])], ...fields)],
    [77, 'unknown'],
  )
}

/** Warnings are of the nets. */
const quiet = { logSeverityLevel: 3 } as const
const runtime = await nodeEnvironment().loadOnnxRuntime()

/** As a kernel is opened: filters first, or columns. */
function withChannels(weight: OpenedWeight): OpenedWeight {
  const { spec } = weight
  const [first = 1, ...others] = spec.shape
  const inner = others.reduce((all, side) => all * side, 1)
  const channel = spec.name === 'product' ? { count: inner, inner: 1 } : { count: first, inner }
  return { ...weight, spec: { ...spec, channel, role: 'kernel' } }
}

/** Beyond this, what nothing multiplies with is a mask. */
function nearZero(tensor: EncodedTensor): EncodedTensor {
  if (tensor.kind !== 'float') return tensor
  return { ...tensor, values: tensor.values.map((value) => (Math.abs(value) < 1e20 ? value : 1)) }
}

/** What the runtime of ONNX makes of each weight. */
async function weightsByRuntime(bytes: Uint8Array): Promise<readonly Float32Array[]> {
  const session = await runtime.InferenceSession.create(bytes, quiet)
  const x = new runtime.Tensor('float32', Float32Array.of(1), [1])
  const found = await session.run({ x })
  await session.release()
  return Object.keys(shapes).map((name) => found[`${name}_out`]?.data as Float32Array)
}

const bitsOf = ({ buffer, byteLength, byteOffset }: OpenedWeight['values']): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

async function written(model: OpenedModel, tensors: readonly ExportTensor[]): Promise<Uint8Array> {
  const { files } = await writeModel(model, tensors, onnx, go)
  return files[0]?.bytes ?? new Uint8Array(0)
}

/** The runtime and the reader get what is said to be stored, and the file goes through a second time unchanged. */
async function proven(model: OpenedModel, tensors: readonly ExportTensor[]): Promise<void> {
  const forms = storedForms(model, tensors, onnx)
  const file = await written(model, tensors)
  const found = await weightsByRuntime(file)
  const again = await openModel([memoryFile('model.onnx', file)], go)
  expect(again.weights.map(({ spec }) => spec.name)).toEqual(Object.keys(shapes))
  for (const [index, form] of forms.entries()) {
    const [read, ran] = [again.weights[index], found[index]]
    if (read === undefined || ran === undefined) throw new Error('a weight is missing')
    expect(bitsOf(ran)).toEqual(bitsOf(form.restored()))
    expect(bitsOf(read.values)).toEqual(bitsOf(form.restored()))
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
  const twice = await written(again, again.weights)
  expect(await weightsByRuntime(twice)).toEqual(found)
}

describe.each([9, 25])('weights in a file of opset %i', async (opset) => {
  const model = await openModel(onnxFile(weightsModel(opset)), go)

  it('are the same file where no step has changed one', async () => {
    expect(await written(model, model.weights)).toEqual(weightsModel(opset))
  })

  it('are decoded by onnxruntime and by the reader to the bits that were stored', async () => {
    const tensors = fc.tuple(
      ...model.weights.map((weight) => encodings(withChannels(weight)).map(nearZero)),
    )
    await fc.assert(
      fc.asyncProperty(tensors, (any) => proven(model, any)),
      { seed: 24, numRuns: 10, endOnFailure: true },
    )
  })
})

/** 180 weights in 6 filters; in blocks of 2 of 5 inputs 108 scales. */
describe('codes that the studio makes', async () => {
  const model = await openModel(onnxFile(weightsModel(17)), go)
  const [conv, ...others] = model.weights.map(withChannels)
  if (!(conv?.values instanceof Float32Array)) throw new Error('no weight')
  const { spec, values } = conv
  const halfKept = Uint8Array.from(values, (_, at) => ((at * 7) % 3 === 0 ? 0 : 1))
  const shifted = ['Cast', 'Add', 'Mul']

  it.each([
    ['symmetric', 8, 'perTensor', 'int8', 180 + 4, ['DequantizeLinear'], 15],
    ['symmetric', 8, 'perChannel', 'int8', 180 + 24, ['DequantizeLinear'], 15],
    ['asymmetric', 8, 'perChannel', 'uint8', 180 + 24 + 6, ['DequantizeLinear'], 15],
    ['symmetric', 6, 'perChannel', 'int8', 180 + 24, ['DequantizeLinear'], 15],
    ['symmetric', 4, 'perChannel', 'int4', 90 + 24, ['DequantizeLinear'], 19],
    ['symmetric', 3, 'perChannel', 'int4', 90 + 24, ['DequantizeLinear'], 19],
    ['asymmetric', 4, 'perTensor', 'int4', 90 + 4, ['DequantizeLinear'], 19],
    ['symmetric', 2, 'perChannel', 'int2', 45 + 24, ['DequantizeLinear'], 24],
    ['symmetric', 2, 'perGroup', 'int2', 45 + 4 * 108, ['DequantizeLinear'], 24],
    ['asymmetric', 2, 'perChannel', 'uint2', 45 + 24 + 24, shifted, 24],
    ['linear', 8, 'perTensor', 'uint8', 180 + 8, shifted, 15],
    ['linear', 4, 'perChannel', 'uint4', 90 + 4 + 24, shifted, 23],
    ['masked', 3, 'perChannel', 'int4', 90 + 24, ['DequantizeLinear'], 19],
    ['mean', 2, 'perTensor', 'uint2', 45 + 16, ['Cast', 'Gather'], 24],
    ['mean', 2, 'perChannel', 'uint2', 45 + 24 + 6 * 16, ['Cast', 'Add', 'Gather'], 24],
  ] as const)('%s, %i bits, %s', async (kind, bits, granularity, ...wanted) => {
    const isAffine = kind === 'symmetric' || kind === 'asymmetric'
    const { tensor } = encode(spec, values, kind === 'masked' ? halfKept : null, {
      ...{ action: 'quantize', bits, granularity, groupSize: 2 },
      scheme: isAffine ? 'affine' : kind === 'mean' ? 'mean' : 'linear',
      symmetry: kind === 'asymmetric' ? kind : 'symmetric',
    })
    const tensors = [tensor, ...others]
    const facts = { type: 'F32', highest: 25 } as const
    const { bytes, nodes, restored, runtime, storedAs } = onnxForm(tensor, conv, 'exact', facts)
    expect([storedAs, bytes, nodes.map(({ op }) => op), runtime]).toEqual(wanted)
    expect(restored()).toEqual(decode(tensor))
    await proven(model, tensors)
  })
})

describe('nets with codes of four bits say what they say with the same weights as floats:', () => {
  // One of them takes one sample, and more are recorded.
  it.each(onnxNets.filter((name) => name !== 'single'))('%s', async (name) => {
    const opened = await openModel(onnxFiles(name), go)
    if (opened.container !== 'onnx') return
    const inputs = await recordedNumbers(name, 'input')
    const tensors = opened.weights.map((weight) => {
      const { spec, values } = weight
      if (!isCompressible(spec) || !(values instanceof Float32Array)) return weight
      return encode(spec, values, null, fourBits).tensor
    })
    const coded = await onnxAnswers(await written(opened, tensors), inputs)
    // A file with codes in it is not filled again but written from its graph.
    const floats = new RefilledFile(opened.skeleton ?? graphFile(opened) ?? [], opened.weights)
    for (const tensor of tensors) if ('kind' in tensor) floats.set(tensor.spec.name, decode(tensor))
    const plain = await onnxAnswers(floats.bytes, inputs)
    for (const [at, values] of coded.entries())
      for (const [place, value] of values.entries())
        expect(Math.abs(value - (plain[at]?.[place] ?? NaN))).toBeLessThanOrEqual(1e-5)
  })
})

it('a weight with steps along an axis may be turned by a node that does not say how', async () => {
  const values = Float32Array.from({ length: 12 }, (_, at) => Math.sin(at))
  const graph = message(
    [11, port('x', [2, 4])],
    [5, floatTensor('w', [3, 4], [9, new Uint8Array(values.buffer)])],
    [1, node('Transpose', ['w'], ['turned'])],
    [1, node('MatMul', ['x', 'turned'], ['y'])],
    [12, port('y', [2, 3])],
  )
  const model = await openModel(onnxFile(message([1, 8], [8, message([2, 17])], [7, graph])), go)
  const [own] = model.weights
  if (own === undefined) throw new Error('no weight')
  const channel = { count: 3, inner: 4 }
  const { tensor } = encode({ ...own.spec, channel }, values, null, fourBits)
  const x = { dtype: 'float32', shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] } as const
  const [found] = await onnxAnswers(await written(model, [tensor]), [x])
  const decoded = decode(tensor)
  const wanted = [0, 1].flatMap((row) =>
    [0, 1, 2].map((at) =>
      [0, 1, 2, 3].reduce(
        (sum, k) => sum + (x.values[4 * row + k] ?? 0) * (decoded[4 * at + k] ?? 0),
        0,
      ),
    ),
  )
  for (const [at, value] of wanted.entries()) expect(found?.[at]).toBeCloseTo(value, 4)
})

const fourBits = {
  ...({ action: 'quantize', bits: 4, granularity: 'perChannel' } as const),
  ...({ scheme: 'affine', symmetry: 'symmetric' } as const),
}
