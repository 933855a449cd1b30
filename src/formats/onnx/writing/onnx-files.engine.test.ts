import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answeredHere, asTensors, madeInputs } from '../../../../testing/matrix/made-inputs'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { onnxAnswers } from '../../../../testing/engine/onnx-answers'
import { onnxFiles as netFiles, recordedNumbers } from '../../../../testing/files/onnx-nets'
import { savedFiles } from '../../../../testing/models/stock-model'
import { nodeEnvironment } from '../../../engine/host/node-environment'
import { startWasmBackend } from '../../../engine/host/wasm-in-node'
import { memoryFile } from '../../../files/file-bundle'
import { encode } from '../../../techniques/quantize/quantize'
import { openModel } from '../../importers'
import { skeletonOf } from '../export-onnx'
import { onnxFiles } from './onnx-files'
import type { OnnxType } from '../onnx-model'
import { onnxForm } from './onnx-form'
import { messageWire } from './wire-fields'
import { writeOnnx } from './write-onnx'

const go = () => Promise.resolve()

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

/** A dense layer with codes and one with floats, in pieces. */
async function written() {
  const net = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'one', units: 30, inputShape: [20], activation: 'relu' }),
      tf.layers.dense({ name: 'two', units: 5, biasInitializer: 'randomNormal' }),
    ],
  })
  const model = await openModel(await savedFiles(tf, net), go)
  net.dispose()
  const skeleton = skeletonOf(model)
  if (skeleton === null) throw new Error('no file of ONNX')
  const settings = { action: 'quantize', scheme: 'affine', symmetry: 'symmetric' } as const
  const bits = { ...settings, bits: 8, granularity: 'perChannel' } as const
  const forms = model.weights.map((weight) => {
    const { spec, values } = weight
    const tensor =
      spec.name === 'one/kernel'
        ? encode(spec, Float32Array.from(values), null, bits).tensor
        : weight
    return onnxForm(tensor, weight, 'exact', { type: 'F32', highest: 21 })
  })
  const pieces = writeOnnx(skeleton, new Map(forms.map((form) => [form.name, form])))
  return { model, forms, pieces }
}

it('what one message holds is one file, all else has its numbers in a second one', async () => {
  const { forms, model, pieces } = await written()
  const [whole, ...none] = onnxFiles(pieces)
  expect([none.length, whole?.path]).toEqual([0, 'model.onnx'])
  const files = onnxFiles(pieces, { file: (whole?.size ?? 0) - 1, outside: 1 })
  expect(files.map(({ path }) => path)).toEqual(['model.onnx', 'model.onnx.data'])
  const [own, numbers] = files.map(({ bytes }) => bytes)
  if (own === undefined || numbers === undefined) throw new Error('not two files')
  expect(numbers.length).toBeGreaterThan(30 * 20 + 4 * 30 * 5)
  // Opened here.
  const again = await openModel(
    [memoryFile('model.onnx', own), memoryFile('model.onnx.data', numbers)],
    go,
  )
  expect(again.weights.map(({ values }) => [...values])).toEqual(
    forms.map(({ restored }) => [...restored()]),
  )
  // And by the runtime of ONNX, told where the numbers are.
  const { InferenceSession, Tensor } = await nodeEnvironment().loadOnnxRuntime()
  const session = await InferenceSession.create(own, {
    externalData: [{ path: 'model.onnx.data', data: numbers }],
  })
  const inputs = madeInputs(model)
  const [given] = asTensors(inputs)
  if (given === undefined) throw new Error('no input')
  const [name = ''] = session.inputNames
  const said = await session.run({
    [name]: new Tensor('float32', Float32Array.from(given.dataSync()), given.shape),
  })
  const values = forms.map(({ restored }) => restored())
  const wanted = answeredHere(model, values, inputs)
  const found = Object.values(said).map((one) =>
    tf.tensor(one.data as Float32Array, [...one.dims], 'float32'),
  )
  expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(1e-5)
  tf.dispose([given, found])
  await session.release()
})

it.each(['words.tf2onnx', 'attention', 'sequence', 'outside', 'half.hand'])(
  'an opened model says the very same where its numbers lie in a second file: %s',
  async (name) => {
    const model = await openModel(netFiles(name), go)
    const { skeleton = [], weights } = model
    const types = new Map(
      skeleton.flatMap((piece) => ('weight' in piece ? [[piece.weight, piece.type]] : [])),
    )
    const forms = new Map(
      weights.map((weight) => {
        const type = (types.get(weight.spec.name) ?? 'F32') as OnnxType
        return [weight.spec.name, onnxForm(weight, weight, 'exact', { type, highest: 0 })]
      }),
    )
    const pieces = writeOnnx(skeleton, forms)
    const inputs = await recordedNumbers(name, 'input')
    const [whole] = onnxFiles(pieces)
    const [own, numbers] = onnxFiles(pieces, { file: 0, outside: 64 })
    if (whole === undefined || own === undefined || numbers === undefined)
      throw new Error('no files')
    expect(numbers.size).toBeGreaterThan(0)
    expect(await onnxAnswers(own.bytes, inputs, numbers.bytes)).toEqual(
      await onnxAnswers(whole.bytes, inputs),
    )
    const again = await openModel(
      [own, numbers].map(({ bytes, path }) => memoryFile(path, bytes)),
      go,
    )
    expect(again.weights.map(({ values }) => [...values])).toEqual(
      weights.map(({ values }) => [...values]),
    )
    // And once more in one: all that lay outside has come back.
    const back = writeOnnx(again.skeleton ?? [], forms)
    const [one] = onnxFiles(back)
    expect(await onnxAnswers(one?.bytes ?? new Uint8Array(0), inputs)).toEqual(
      await onnxAnswers(whole.bytes, inputs),
    )
  },
)

it('three gigabytes are two files, and no byte is made before it is asked for', () => {
  const asked: number[] = []
  const content = (from: number, to: number): Uint8Array => {
    asked.push(to - from)
    return new Uint8Array(to - from).fill(7)
  }
  const size = 3e9
  const tensor = messageWire([1, size / 4], [2, 1], [8, 'w'], [9, [{ size, content }]])
  const pieces = messageWire([7, messageWire([5, tensor])]) as Parameters<typeof onnxFiles>[0]
  const [own, numbers, ...more] = onnxFiles(pieces)
  expect([more.length, numbers?.size, asked.length]).toEqual([0, size, 0])
  expect(own?.size).toBeLessThan(150)
  expect(new TextDecoder().decode(own?.bytes)).toContain(String(size))
  expect(numbers?.read(size - 1, size)).toEqual(Uint8Array.of(7))
  expect(asked).toEqual([1])
})
