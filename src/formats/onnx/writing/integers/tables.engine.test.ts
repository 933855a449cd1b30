import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../../testing/engine/distance'
import { answeredByOnnx } from '../../../../../testing/engine/onnx-written'
import {
  LENGTH,
  WORDS,
  embeddingLayers,
  embeddingOnnx,
} from '../../../../../testing/files/embedding-nets'
import { nodesIn } from '../../../../../testing/files/onnx-parts'
import { answeredHere, asTensors, madeInputs } from '../../../../../testing/matrix/made-inputs'
import { decode } from '../../../../core/encoded-tensor'
import type { Precision } from '../../../../core/model-summary'
import { startWasmBackend } from '../../../../engine/host/wasm-in-node'
import { memoryFile } from '../../../../files/file-bundle'
import type { FileBundle } from '../../../../files/file-bundle'
import { encode } from '../../../../techniques/quantize/quantize'
import type { QuantizeSettings } from '../../../../techniques/quantize/quantize-settings'
import { refusalOf, writeModel } from '../../../exporters'
import { openModel } from '../../../importers'

const go = () => Promise.resolve()

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const sources: Readonly<Record<string, () => FileBundle | Promise<FileBundle>>> = {
  'layers with embeddings': embeddingLayers,
  'a file of ONNX that reads a table': embeddingOnnx,
}

const affine = { action: 'quantize', scheme: 'affine', symmetry: 'symmetric' } as const
const shifted = { ...affine, symmetry: 'asymmetric' } as const
const blocks = { granularity: 'perGroup', groupSize: 16 } as const

const misread: QuantizeSettings = { ...shifted, ...blocks, bits: 4 }

/** Settings, and bytes of a row: codes, scales, zero points. */
const settings: readonly (readonly [string, QuantizeSettings, number])[] = [
  ['8 bits a row', { ...affine, bits: 8, granularity: 'perChannel' }, LENGTH + 4],
  ['8 bits a row, asymmetric', { ...shifted, bits: 8, granularity: 'perChannel' }, LENGTH + 5],
  ['4 bits a row', { ...affine, bits: 4, granularity: 'perChannel' }, LENGTH / 2 + 4],
  ['4 bits in blocks', { ...affine, ...blocks, bits: 4 }, LENGTH / 2 + 12],
  ['4 bits in blocks, asymmetric', misread, LENGTH / 2 + 12 + 2],
  ['2 bits in blocks', { ...shifted, ...blocks, bits: 2 }, LENGTH / 4 + 12 + 1],
]

const operators: Readonly<Partial<Record<Precision, string>>> = {
  exact: 'DequantizeLinear',
  nBits: 'GatherBlockQuantized',
}

describe.each(Object.entries(sources))('%s', (_, files) => {
  it.each(settings)('holds %s, which the runtime of ONNX reads', async (_name, own, bytesOfRow) => {
    const model = await openModel(await files(), go)
    const tensors = model.weights.map((one) =>
      one.spec.shape[0] === WORDS && one.values instanceof Float32Array
        ? encode(one.spec, one.values, null, own).tensor
        : one,
    )
    const inputs = madeInputs(model)
    const given = asTensors(inputs)
    const values = tensors.map((tensor) => ('kind' in tensor ? decode(tensor) : tensor.values))
    const wanted = answeredHere(model, values, inputs)
    for (const [precision, operator] of Object.entries(operators)) {
      const target = { container: 'onnx', precision: precision as Precision } as const
      const refusal = refusalOf(model, tensors, target)?.code ?? null
      // What runtimes of before would read otherwise is not written.
      const isMisread = precision === 'nBits' && own === misread
      expect(refusal, precision).toBe(isMisread ? 'export/no-block-codes' : null)
      if (refusal !== null) continue
      const exported = await writeModel(model, tensors, target, go)
      const file = exported.files[0]?.bytes ?? new Uint8Array(0)
      expect(nodesIn(file).some((text) => text.startsWith(operator))).toBe(true)
      const found = await answeredByOnnx(file, given)
      expect(distance(answersOf(found), wanted), precision).toBeLessThanOrEqual(1e-6)
      tf.dispose(found)
      if (precision === 'nBits')
        expect(exported.usage.code).toContain(own.bits === 2 ? '1.27 or newer' : '1.23 or newer')
      const table = exported.tensors.find(({ name }) => /table|embeddings/.test(name))
      expect(table?.bytes, precision).toBeLessThanOrEqual(WORDS * bytesOfRow + 1)
      // What is read again are the bits that the steps have made.
      const again = await openModel([memoryFile('model.onnx', file)], go)
      const at = again.weights.findIndex(({ spec }) => spec.shape[0] === WORDS)
      const coded = tensors.findIndex(({ spec }) => spec.shape[0] === WORDS)
      expect(
        again.weights[at]?.values.every((value, place) => value === values[coded]?.[place]),
      ).toBe(true)
    }
    tf.dispose(given)
  })
})
