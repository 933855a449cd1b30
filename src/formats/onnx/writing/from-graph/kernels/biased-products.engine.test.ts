import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../../../testing/engine/distance'
import { answeredByOnnx } from '../../../../../../testing/engine/onnx-written'
import { nodesIn, weight } from '../../../../../../testing/files/onnx-parts'
import { message, node, onnxFile, port } from '../../../../../../testing/files/onnx-writer'
import type { Field } from '../../../../../../testing/files/onnx-writer'
import { answeredHere, asTensors, madeInputs } from '../../../../../../testing/matrix/made-inputs'
import { startWasmBackend } from '../../../../../engine/host/wasm-in-node'
import { writeModel } from '../../../../exporters'
import type { OpenedModel } from '../../../../format'
import { openModel } from '../../../../importers'

const go = () => Promise.resolve()
const target = { container: 'onnx', precision: 'exact' } as const

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const CHANNELS = 4

/** A normalization of `h` behind the weights of each; variances are above zero. */
function normalized(...before: readonly Field[]): Uint8Array {
  const names = ['scale', 'offset', 'mean', 'variance']
  const positive = Float32Array.from({ length: CHANNELS }, (_, at) => 0.5 + at / 4)
  const variance = message(
    [1, CHANNELS],
    [2, 1],
    [8, 'variance'],
    [9, new Uint8Array(positive.buffer)],
  )
  const graph = message(
    ...before,
    ...names.slice(0, 3).map((name, at) => weight(name, [CHANNELS], at + 1)),
    [5, variance],
    [1, node('BatchNormalization', ['h', ...names], ['y'])],
  )
  return message([1, 8], [2, 'test'], [8, message([2, 13])], [7, graph])
}

const matrix = [
  weight('w', [5, CHANNELS], 4),
  [11, port('x', [2, 5])],
  [12, port('y', [2, CHANNELS])],
] as const
const bias = weight('b', [CHANNELS], 5)
const files: Readonly<Record<string, Uint8Array>> = {
  Conv: normalized(
    ...[[1, node('Conv', ['x', 'w', 'b'], ['h'])] as const, bias],
    weight('w', [CHANNELS, 3, 2, 2], 4),
    ...([
      [11, port('x', [2, 3, 5, 5])],
      [12, port('y', [2, CHANNELS, 4, 4])],
    ] as const),
  ),
  Gemm: normalized([1, node('Gemm', ['x', 'w', 'b'], ['h'])], bias, ...matrix),
  'MatMul and Add': normalized(
    ...([
      [1, node('MatMul', ['x', 'w'], ['p'])],
      [1, node('Add', ['b', 'p'], ['h'])],
    ] as const),
    ...[bias, ...matrix],
  ),
}

it.each(Object.keys(files))(
  '%s with a bias before a normalization: folded where the file is written anew, and only there',
  async (name) => {
    const file = files[name] ?? new Uint8Array(0)
    const model = await openModel(onnxFile(file), go)
    const inputs = madeInputs(model)
    const values = model.weights.map((one) => one.values)
    const wanted = answeredHere(model, values, inputs)
    const own = await writeModel(model, model.weights, target, go)
    expect(own.folded ?? []).toEqual([])
    expect(own.files[0]?.bytes.length).toBe(file.length)
    // As a model that lost filters is: the file that it came in says nothing of it.
    const { skeleton: _, ...rest } = model
    const anew: OpenedModel = rest
    const written = await writeModel(anew, anew.weights, target, go)
    expect(written.folded).toHaveLength(1)
    const bytes = written.files[0]?.bytes ?? new Uint8Array(0)
    expect(nodesIn(bytes).some((text) => text.startsWith('BatchNormalization'))).toBe(false)
    const given = asTensors(inputs)
    const found = await answeredByOnnx(bytes, given)
    expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(1e-5)
    expect(written.held).toHaveLength(2)
    tf.dispose([given, found])
  },
)
