import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import type { Answer } from '../../../testing/engine/distance'
import { answeredByOnnx, onnxFileOf } from '../../../testing/engine/onnx-written'
import { message, onnxFile } from '../../../testing/files/onnx-writer'
import type { Field } from '../../../testing/files/onnx-writer'
import { loadGraphWithStock } from '../../../testing/models/stock-model'
import { createRandom } from '../../core/random'
import type { Random } from '../../core/random'
import { readKernelModule, startWasmBackend } from '../../engine/host/wasm-in-node'
import { InferencePass } from '../../engine/inference/inference-pass'
import { planOf } from '../../engine/inference/plan'
import { Program } from '../../engine/program/program'
import { writeModel } from '../exporters'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'

const go = () => Promise.resolve()
const module = new WebAssembly.Module(readKernelModule())

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const LEAD = [2, 2] as const

/** A pool whose windows may reach over the end of what is there (`ceil_mode`). */
interface Pool {
  readonly op: 'MaxPool' | 'AveragePool'
  readonly sides: readonly number[]
  readonly window: readonly number[]
  readonly strides: readonly number[]
  /** Before each axis, then behind each. */
  readonly pads: readonly number[]
  readonly dilations: readonly number[]
  readonly countsPadding: boolean
}

const whole = (name: string, value: number): Field => [5, message([1, name], [3, value], [20, 2])]
const wholes = (name: string, values: readonly number[]): Field => [
  5,
  message([1, name], ...values.map((value): Field => [8, value]), [20, 7]),
]

/** Sides are numbers, or names of what is left open. */
function port(name: string, sides: readonly (number | string)[]): Uint8Array {
  const all = sides.map((side): Field => [
    1,
    message(typeof side === 'number' ? [1, side] : [2, side]),
  ])
  return message([1, name], [2, message([1, message([1, 1], [2, message(...all)])])])
}

function fileOf({ countsPadding, dilations, op, pads, sides, strides, window }: Pool) {
  const isMean = op === 'AveragePool'
  const node = message(
    ...([
      [1, 'x'],
      [2, 'y'],
      [4, op],
    ] as const),
    ...[wholes('kernel_shape', window), wholes('strides', strides), wholes('pads', pads)],
    ...[whole('ceil_mode', 1), wholes('dilations', dilations)],
    ...(isMean ? [whole('count_include_pad', countsPadding ? 1 : 0)] : []),
  )
  // From this version on means have dilations.
  const version: Field = [8, message([2, 19])]
  const graph = message(
    ...([
      [1, node],
      [11, port('x', ['n', LEAD[1], ...sides])],
    ] as const),
    [12, port('y', ['n', 'c', 'rows', 'columns'])],
  )
  return new Uint8Array(message([1, 9], [2, 'pools'], version, [7, graph]))
}

function drawn(random: Random): Pool {
  const two = (most: number) => [1 + random.below(most), 1 + random.below(most)]
  const window = two(4)
  return {
    ...{ op: random.below(2) > 0 ? 'MaxPool' : 'AveragePool', sides: two(7), window },
    ...{ strides: two(4), dilations: random.below(4) === 0 ? two(3) : [1, 1] },
    // The runtime takes none as large as the window.
    pads: [...window, ...window].map((side) => random.below(side)),
    countsPadding: random.below(2) > 0,
  }
}

const plain = { strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], countsPadding: false }
const special: readonly Pool[] = [
  // A window larger than all there is.
  { ...plain, op: 'MaxPool', sides: [2, 2], window: [3, 3] },
  { ...plain, op: 'AveragePool', sides: [2, 5], window: [3, 3] },
  { ...plain, op: 'AveragePool', sides: [2, 2], window: [3, 3], countsPadding: true },
  // Steps that lead over all there is.
  {
    ...plain,
    op: 'AveragePool',
    sides: [1, 3],
    window: [4, 3],
    pads: [3, 2, 3, 2],
    dilations: [2, 2],
  },
]

async function answers(model: OpenedModel, file: Uint8Array, values: Float32Array, x: tf.Tensor) {
  const found = new Map<string, readonly Answer[]>()
  const add = (name: string, tensors: tf.Tensor[]): void => {
    found.set(name, answersOf(tensors))
    tf.dispose(tensors)
  }
  add('runtime', await answeredByOnnx(file, [x]))
  const program = new Program(model)
  add('program', program.predict([x]))
  program.dispose()
  add('written as ONNX', await answeredByOnnx(onnxFileOf(model), [x]))
  const { files } = await writeModel(
    model,
    model.weights,
    { container: 'tfjs', precision: 'float32' },
    go,
  )
  const stock = await loadGraphWithStock(tf, files)
  add('written for TensorFlow.js', [stock.predict(x) as tf.Tensor])
  stock.dispose()
  const plan = planOf(model.graph)
  if ('reason' in plan) return found
  const [own] = new InferencePass(module, plan, model, false).run([values], LEAD[0])
  const shape = [LEAD[0], ...(plan.outputs[0]?.sides ?? [])]
  return found.set('pass', [{ shape, dtype: 'float32', values: [...(own ?? [])] }])
}

const DRAWN = 16
it('windows over the end give what the runtime of ONNX says, here and in every file', async () => {
  const random = createRandom(7)
  const pools = [...special, ...Array.from({ length: DRAWN }, () => drawn(random))]
  let compared = 0
  let passes = 0
  for (const pool of pools) {
    const file = fileOf(pool)
    const model = await openModel(onnxFile(file), go)
    // No window fits: the runtime gives nothing, or does not load it.
    if (model.obstacles.run !== null) continue
    const shape = [...LEAD, ...pool.sides]
    const length = shape.reduce((all, side) => all * side, 1)
    const values = Float32Array.from({ length }, () => random.normal())
    const x = tf.tensor(values, shape)
    const found = await answers(model, file, values, x)
    const wanted = found.get('runtime') ?? []
    for (const [name, own] of found) {
      const place = `${name}: ${JSON.stringify(pool)}`
      expect(own[0]?.shape, place).toEqual(wanted[0]?.shape)
      expect(distance(own, wanted), place).toBeLessThanOrEqual(1e-5)
    }
    compared += 1
    passes += found.has('pass') ? 1 : 0
    x.dispose()
  }
  expect(compared).toBeGreaterThan((special.length + DRAWN) * 0.8)
  expect(passes).toBeGreaterThan(DRAWN / 8)
})
