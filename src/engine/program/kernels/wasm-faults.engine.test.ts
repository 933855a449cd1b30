import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { graphOf, node } from '../../../../testing/models/small-graphs'
import { answersOf, distance } from '../../../../testing/engine/distance'
import type { ModelGraph } from '../../../graph/graph'
import type { Unary } from '../../../graph/operators'
import { decode } from '../../../core/encoded-tensor'
import { NodeFailure } from '../../../core/node-failure'
import type { AffineTensor } from '../../../core/encoded-tensor'
import { oneGroup } from '../../../core/group-layout'
import type { TensorSpec } from '../../../core/tensor-spec'
import { allocatorOf } from '../../backend/wasm-allocator'
import { startWasmBackend } from '../../host/wasm-in-node'
import { Program } from '../program'

beforeAll(startWasmBackend)

const followers: readonly Unary[] = [
  { function: 'Relu' },
  { function: 'Elu', alpha: 1 },
  { function: 'LeakyRelu', alpha: 0.1 },
]

it.each(followers)(
  'a bias stays with its column where a matrix is turned: $function',
  async (unary) => {
    const graph = graphOf({
      inputs: { a: [null, 4], b: [null, 4], bias: [null], c: [null, 3, 4], d: [null, 4, 5] },
      nodes: [
        node('matMul', { transposeA: false, transposeB: true }, ['a', 'b', 'bias'], ['p']),
        node('unary', unary, ['p'], ['y']),
        node('matMul', { transposeA: false, transposeB: false }, ['c', 'd', 'bias'], ['q']),
        node('unary', unary, ['q'], ['z']),
      ],
      outputs: ['y', 'z'],
    })
    await sameAsCpu(graph, [[3, 4], [5, 4], [5], [2, 3, 4], [2, 4, 5]])
  },
)

it('what is near nothing is still something', async () => {
  const graph = graphOf({
    inputs: { x: [null, 9] },
    nodes: [
      node('cast', { to: 'bool' }, ['x'], ['is']),
      node('cast', { to: 'float32' }, ['is'], ['y']),
      node('reduce', { function: 'All', axes: [1], keepDims: false }, ['x'], ['all']),
      node('where', {}, ['x', 'x', 'y'], ['z']),
    ],
    outputs: ['y', 'all', 'z'],
  })
  await sameAsCpu(graph, [[4, 9]])
})

async function sameAsCpu(graph: ModelGraph, given: readonly number[][]): Promise<void> {
  const answers = []
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    const program = new Program({ graph, weights: [] })
    const inputs = given.map((sides, seed) => tf.randomUniform(sides, -1, 1, 'float32', seed + 1))
    const found = program.predict(inputs)
    answers.push(answersOf(found))
    tf.dispose([inputs, found])
    program.dispose()
  }
  expect(distance(answers[1] ?? [], answers[0] ?? [])).toBeLessThanOrEqual(1e-6)
}

it('a matrix that is most of a large model stays with the script, and no copy of it in WebAssembly', async () => {
  await tf.setBackend('wasm')
  const [inner, columns] = [2 ** 11, 2 ** 12]
  const x = Float32Array.from({ length: 2 * inner }, (_, at) => Math.sin(at))
  const matrix = new Float32Array(inner * columns)
  for (let at = 0; at < matrix.length; at++) matrix[at] = ((at * 7919) % 4001) / 2000 - 1
  const some = Array.from({ length: 12 }, (_, at) => (at * 977) % (2 * columns))
  const held = (): number => allocatorOf(tf.backend())?.HEAPU8.length ?? NaN
  for (const transposeB of [false, true]) {
    const graph = graphOf({
      inputs: { x: [null, inner] },
      parameters: { b: transposeB ? [columns, inner] : [inner, columns] },
      constants: { bias: { shape: [1], dtype: 'float32', values: [0.5] } },
      nodes: [
        node('matMul', { transposeA: false, transposeB }, ['x', 'b', 'bias'], ['p']),
        node('unary', { function: 'Relu' }, ['p'], ['y']),
      ],
    })
    const [spec] = graph.parameters.values()
    if (spec === undefined) throw new Error('no matrix')
    /** Of a few columns. */
    const wanted = (values: Float32Array): number[] =>
      some.map((at) => {
        const [row, column] = [Math.floor(at / columns), at % columns]
        let sum = 0.5
        for (let k = 0; k < inner; k++)
          sum +=
            (x[row * inner + k] ?? NaN) *
            (values[transposeB ? column * inner + k : k * columns + column] ?? NaN)
        return Math.max(0, sum)
      })
    const before = held()
    const stored = { storedAs: 'float32', storedBytes: 4 * matrix.length, zeros: 0 } as const
    const weight = { spec, values: matrix, ...stored, quantized: null }
    const program = new Program({ graph, weights: [weight] })
    const says = (values: Float32Array): void => {
      const input = tf.tensor2d(x, [2, inner])
      const said = program.predict([input])
      const all = said[0]?.dataSync() ?? []
      tf.dispose([input, ...said])
      const apart = wanted(values).map((value, at) => Math.abs(value - (all[some[at] ?? 0] ?? NaN)))
      expect(Math.max(...apart)).toBeLessThan(1e-3)
    }
    says(matrix)
    const coded = encoded(spec, matrix)
    await program.setWeights([coded], () => Promise.resolve())
    says(decode(coded.encoded))
    expect(held() - before).toBeLessThan(2 * matrix.length)
    program.dispose()
  }
})

/** Codes of four bits, whose values nobody may ask for as a whole. */
function encoded(spec: TensorSpec, values: Float32Array) {
  const codes = new Uint8Array(values.length)
  for (let at = 0; at < codes.length; at++) codes[at] = 7.5 * ((values[at] ?? 0) + 1)
  const encoded: AffineTensor = {
    ...{ kind: 'affine', spec, bits: 4, codes, groups: oneGroup(codes.length), mask: null },
    ...{ scale: Float32Array.of(0.125), zeroPoint: Float64Array.of(7) },
  }
  return {
    spec,
    encoded,
    get values(): Float32Array {
      throw new Error('the whole of a large matrix')
    },
  }
}

const none = { begin: [0, 0], end: [0, 0] } as const
const moves = { strides: [1, 1], dilations: [2, 2], padding: none, layout: 'channelsLast' } as const
const floor = { ceil: false, window: [4, 4] } as const

it.each([
  node('conv', { ...moves, groups: 1, kernel: { spatial: [0, 1], input: 2, output: 3 } }, [
    'x',
    'w',
    null,
  ]),
  node('depthwiseConv', { ...moves, kernel: { spatial: [0, 1], channel: 2, multiplier: 3 } }, [
    'x',
    'w',
    null,
  ]),
  node('pool', { ...moves, ...floor, function: 'Max', countsPadding: false }, ['x']),
  node('pool', { ...moves, ...floor, function: 'Average', countsPadding: true }, ['x']),
])(
  'a window larger than all there is breaks off, and writes over nothing: $op',
  async (windowed) => {
    await tf.setBackend('wasm')
    const graph = graphOf({
      inputs: { x: [null, null, null, 3] },
      parameters: { w: [4, 4, 3, 2] },
      nodes: [windowed],
    })
    const spec = graph.parameters.get('w')
    if (spec === undefined) throw new Error('no weight')
    const values = Float32Array.from({ length: 96 }, (_, at) => at)
    const stored = { storedAs: 'float32', storedBytes: 384, zeros: 0, quantized: null } as const
    const program = new Program({ graph, weights: [{ spec, values, ...stored }] })
    const [small, large] = [tf.ones([2, 4, 9, 3]), tf.ones([2, 7, 9, 3])]
    expect(() => program.predict([small])).toThrow(NodeFailure)
    const after = program.predict([large])
    expect(after[0]?.shape.slice(1, 3)).toEqual([1, 3])
    tf.dispose([small, large, ...after])
    program.dispose()
  },
)
