import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { graphOf, node } from '../../../../testing/models/small-graphs'
import { answersOf, distance } from '../../../../testing/engine/distance'
import type { ModelGraph } from '../../../graph/graph'
import type { Unary } from '../../../graph/operators'
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
