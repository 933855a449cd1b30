import { expect, it } from 'vitest'
import { floatTensor, message, node, onnxFile, port } from '../../../../testing/files/onnx-writer'
import type { Field } from '../../../../testing/files/onnx-writer'
import { nodeEnvironment } from '../../../engine/host/node-environment'
import { encode } from '../../../techniques/quantize/quantize'
import type { QuantizeSettings } from '../../../techniques/quantize/quantize-settings'
import { writeModel } from '../../exporters'
import { openModel } from '../../importers'
import { decodesOnce } from './decodes-once'

const go = (): Promise<void> => Promise.resolve()
const target = { container: 'onnx', precision: 'exact' } as const

/** A product with a matrix of 24 to 10. @param more nodes behind it */
function net(...more: readonly Field[]): Uint8Array {
  const values = Float32Array.from({ length: 240 }, (_, at) => Math.sin(at))
  const graph = message(
    [11, port('x', [3, 24])],
    [5, floatTensor('w', [24, 10], [9, new Uint8Array(values.buffer)])],
    [1, node('MatMul', ['x', 'w'], ['y'])],
    ...more,
    [12, port('y', [3, 10])],
  )
  return message([1, 8], [8, message([2, 17])], [7, graph])
}

const affine = { action: 'quantize', scheme: 'affine', symmetry: 'symmetric' } as const

it.each<QuantizeSettings>([
  { ...affine, bits: 8, granularity: 'perTensor' },
  { ...affine, bits: 4, granularity: 'perChannel' },
  { ...affine, bits: 4, granularity: 'perGroup', groupSize: 8 },
  { ...affine, bits: 3, granularity: 'perChannel' },
])(
  'weights that are decoded once, while a file is loaded, are those of each run: %o',
  async (how) => {
    const model = await openModel(onnxFile(net()), go)
    const [weight] = model.weights
    if (!(weight?.values instanceof Float32Array)) throw new Error('no weight')
    const { tensor } = encode(
      { ...weight.spec, channel: { count: 10, inner: 1 } },
      weight.values,
      null,
      how,
    )
    const { files, usage } = await writeModel(model, [tensor], target, go)
    const bytes = files[0]?.bytes ?? new Uint8Array(0)
    expect([decodesOnce([bytes]), usage.web?.includes('disable_quant_qdq')]).toEqual([true, true])
    const { InferenceSession, Tensor } = await nodeEnvironment().loadOnnxRuntime()
    const x = new Tensor(
      'float32',
      Float32Array.from({ length: 72 }, (_, at) => Math.cos(at)),
      [3, 24],
    )
    const said: Float32Array[] = []
    for (const extra of [{}, { session: { disable_quant_qdq: '1' } }]) {
      const session = await InferenceSession.create(bytes, { extra })
      said.push((await session.run({ x }))['y']?.data as Float32Array)
      await session.release()
    }
    const [each, once] = said
    for (const [at, value] of (each ?? []).entries()) expect(once?.[at]).toBeCloseTo(value, 5)
  },
)

it('a file that rounds what it computes is opened as it is, so that its kernels for codes run', async () => {
  const scale = floatTensor('s', [], [9, new Uint8Array(Float32Array.of(0.1).buffer)])
  const codes = net(
    [5, scale],
    [1, node('QuantizeLinear', ['x', 's'], ['q'])],
    [1, node('DequantizeLinear', ['q', 's'], ['d'])],
  )
  expect([decodesOnce([net()]), decodesOnce([codes])]).toEqual([false, false])
  const model = await openModel(onnxFile(net()), go)
  const { usage } = await writeModel(model, model.weights, target, go)
  expect(usage.web).not.toContain('disable_quant_qdq')
})
