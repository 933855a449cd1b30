import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answeredByOnnx } from '../../../../../testing/engine/onnx-written'
import { floatTensor, message, node, port } from '../../../../../testing/files/onnx-writer'
import type { Field } from '../../../../../testing/files/onnx-writer'
import { decode } from '../../../../core/encoded-tensor'
import { memoryFile } from '../../../../files/file-bundle'
import { encode } from '../../../../techniques/quantize/quantize'
import { refusalOf, writeModel } from '../../../exporters'
import type { ExportTensor } from '../../../exporter'
import { doubleNet, halfNet } from '../../../../../testing/files/half-nets'
import { openModel } from '../../../importers'
import { RefilledFile } from '../../../refilled-file'

const go = () => Promise.resolve()

beforeAll(async () => {
  await tf.setBackend('cpu')
})

function weight(name: string, dims: readonly number[], from: number): Field {
  const count = dims.reduce((all, side) => all * side, 1)
  const values = Float32Array.from({ length: count }, (_, at) => Math.sin(from + 1.7 * at))
  return [5, floatTensor(name, dims, [9, new Uint8Array(values.buffer)])]
}

/** A product of 40 inputs whose result two others read, one of them a `Gemm` with a turned weight. */
function net(): Uint8Array {
  const turned = message([1, 'transB'], [3, 1], [20, 2])
  const gemm = message([1, 'r'], [1, 'w2'], [1, 'b2'], [2, 'y'], [4, 'Gemm'], [5, turned])
  const graph = message(
    [11, port('x', [3, 40])],
    weight('w1', [40, 20], 0),
    weight('w2', [6, 20], 1),
    weight('b2', [6], 2),
    weight('w3', [20, 5], 3),
    [1, node('MatMul', ['x', 'w1'], ['h'])],
    [1, node('Relu', ['h'], ['r'])],
    [1, gemm],
    [1, node('MatMul', ['r', 'w3'], ['z'])],
    [12, port('y', [3, 6])],
    [12, port('z', [3, 5])],
  )
  return message([1, 8], [2, 'test'], [8, message([2, 13])], [7, graph])
}

type Given = Parameters<typeof encode>[3]
const symmetric = { action: 'quantize', scheme: 'affine', symmetry: 'symmetric' } as const
const settings: readonly (readonly [string, Given])[] = [
  ['8 bits', { ...symmetric, bits: 8, granularity: 'perTensor' }],
  [
    '8 bits, asymmetric',
    { ...symmetric, symmetry: 'asymmetric', bits: 8, granularity: 'perTensor' },
  ],
  ['5 bits for each channel', { ...symmetric, bits: 5, granularity: 'perChannel' }],
  ['4 bits in blocks of 16', { ...symmetric, bits: 4, granularity: 'perGroup', groupSize: 16 }],
  [
    '4 bits in blocks of 16, asymmetric',
    { ...symmetric, symmetry: 'asymmetric', bits: 4, granularity: 'perGroup', groupSize: 16 },
  ],
  ['2 bits in blocks of 32', { ...symmetric, bits: 2, granularity: 'perGroup', groupSize: 32 }],
]

describe('products that read codes themselves', async () => {
  const model = await openModel([memoryFile('model.onnx', net())], go)
  const inputs = (): tf.Tensor[] => [tf.randomUniform([3, 40], -1, 1, 'float32', 5)]
  const coded = (given: Given): readonly ExportTensor[] =>
    model.weights.map((one) =>
      one.spec.name.startsWith('w')
        ? encode(one.spec, Float32Array.from(one.values), null, given).tensor
        : one,
    )

  function plain(tensors: readonly ExportTensor[]): Promise<tf.Tensor[]> {
    const file = new RefilledFile(model.skeleton ?? [], model.weights)
    for (const tensor of tensors) if ('kind' in tensor) file.set(tensor.spec.name, decode(tensor))
    return answeredByOnnx(file.bytes, inputs())
  }

  async function apart(bytes: Uint8Array, tensors: readonly ExportTensor[]): Promise<number> {
    const [wanted, found] = [
      await plain(tensors),
      await answeredByOnnx(Uint8Array.from(bytes), inputs()),
    ]
    return Math.max(
      ...wanted.map((output, at) => {
        const most = output.abs().max().dataSync()[0] ?? NaN
        return (
          (output
            .sub(found[at] ?? NaN)
            .abs()
            .max()
            .dataSync()[0] ?? NaN) / most
        )
      }),
    )
  }

  it.each(settings)(
    'of %s say what decoded weights say, and come back as they were',
    async (_, given) => {
      const tensors = coded(given)
      const target = { container: 'onnx', precision: 'nBits' } as const
      expect(refusalOf(model, tensors, target)).toBeNull()
      const { files, held } = await writeModel(model, tensors, target, go)
      const bytes = files[0]?.bytes ?? new Uint8Array(0)
      expect(await apart(bytes, tensors)).toBeLessThan(2e-6)
      const again = await openModel([memoryFile('model.onnx', bytes)], go)
      expect(again.weights.map(({ spec }) => spec.name)).toEqual(held.map(({ name }) => name))
      for (const [at, form] of held.entries())
        expect([...(again.weights[at]?.values ?? [])]).toEqual([...form.restored()])
      // The very values of the settings, turned.
      const [first] = tensors
      const before = first !== undefined && 'kind' in first ? decode(first) : new Float32Array(0)
      const turned = Array.from(
        { length: 800 },
        (_one, at) => before[(at % 40) * 20 + Math.floor(at / 40)],
      )
      expect([...(again.weights[0]?.values ?? [])]).toEqual(turned)
    },
  )

  it('keep the weights beside them exact in Python, which else rounds what is multiplied with these', async () => {
    const given = { ...symmetric, bits: 4, granularity: 'perChannel' } as const
    const target = { container: 'onnx', precision: 'nBits' } as const
    const { usage } = await writeModel(model, coded(given), target, go)
    expect(usage.code).toContain("InferenceSession('model.onnx')")
    // Blocks of 8 are too short for `MatMulNBits`.
    const short = coded({ ...symmetric, bits: 4, granularity: 'perGroup', groupSize: 8 })
    const mixed = coded(given).map((one, at) => (at === 3 ? (short[at] ?? one) : one))
    const { files, usage: exact } = await writeModel(model, mixed, target, go)
    expect(exact.code).toContain("'session.disable_quant_qdq', '1'")
    expect(await apart(files[0]?.bytes ?? new Uint8Array(0), mixed)).toBeLessThan(2e-6)
  })

  it('are refused where weights are no codes of theirs', () => {
    const target = { container: 'onnx', precision: 'nBits' } as const
    expect(refusalOf(model, model.weights, target)?.code).toBe('export/no-block-codes')
    const table = coded({ ...symmetric, scheme: 'mean', bits: 4, granularity: 'perTensor' })
    expect(refusalOf(model, table, target)?.code).toBe('export/no-block-codes')
  })

  it('round what they are given as it comes, by one step at most', async () => {
    const target = { container: 'onnx', precision: 'dynamic8' } as const
    const tensors = coded({ ...symmetric, bits: 8, granularity: 'perChannel' })
    const { files, held } = await writeModel(model, tensors, target, go)
    const bytes = files[0]?.bytes ?? new Uint8Array(0)
    expect(await apart(bytes, tensors)).toBeLessThan(0.02)
    const again = await openModel([memoryFile('model.onnx', bytes)], go)
    expect(again.weights.map(({ spec }) => spec.name)).toEqual(held.map(({ name }) => name))
    for (const [at, form] of held.entries())
      expect([...(again.weights[at]?.values ?? [])]).toEqual([...form.restored()])
    expect(held.map(({ storedAs }) => storedAs).filter((type) => type === 'int8')).toHaveLength(3)
  })
})

it('is refused of a model with an operator that only the runtime knows, whose codes are read as codes', async () => {
  const bytes = new Uint8Array(readFileSync('testing/models/onnx-runtime/digits/model.onnx'))
  const model = await openModel([memoryFile('model.onnx', bytes)], go)
  for (const precision of ['static8', 'dynamic8', 'nBits'] as const)
    expect(refusalOf(model, model.weights, { container: 'onnx', precision })).toEqual({
      ...{ code: 'export/codes-stay-codes', params: {} },
    })
})

it.each([
  ['float16', halfNet],
  ['float64', doubleNet],
])('is refused of a model whose weights are %s, which is said', async (type, files) => {
  const model = await openModel(files(), go)
  for (const precision of ['static8', 'dynamic8', 'nBits'] as const)
    expect(refusalOf(model, model.weights, { container: 'onnx', precision })).toEqual({
      ...{ code: 'export/other-floats', params: { type } },
    })
})
