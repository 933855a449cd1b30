import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { drawn, passBesideProgram } from '../../../testing/engine/pass-beside-program'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { createRandom } from '../../core/random'
import type { Unary } from '../../graph/operators'

const SIDES = [5, 3, 7] as const
const BATCH = 3
/** Where exponentials end, and what is nothing. */
const ENDS = [0, -0, 1e-6, -1e-6, 19, -19, 90, -90]

beforeAll(() => tf.setBackend('cpu'))

function asked(seed: number): Float32Array {
  const x = drawn([BATCH, ...SIDES], createRandom(seed)).map((value) => 3 * value)
  x.set(ENDS)
  return x
}

const functions: readonly Unary[] = [
  ...(['Sigmoid', 'Tanh', 'Swish', 'HardSwish', 'Softplus', 'Softsign', 'Mish'] as const).map(
    (name): Unary => ({ function: name }),
  ),
  { function: 'Gelu', approximate: 'none' },
  { function: 'Gelu', approximate: 'tanh' },
  { function: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  { function: 'HardSigmoid', alpha: -1 / 6, beta: 0.25 },
  { function: 'Elu', alpha: 1 },
  { function: 'Elu', alpha: 0.3 },
  { function: 'Selu', alpha: 1.6732632423543772, gamma: 1.0507009873554805 },
  { function: 'Selu', alpha: 0.5, gamma: 2 },
  { function: 'LeakyRelu', alpha: 0.2 },
  { function: 'LeakyRelu', alpha: -1.5 },
  { function: 'Relu' },
  { function: 'Clip', least: -2, most: 6 },
  { function: 'Affine', scale: 3, offset: -1 },
]

it.each(functions)('%j of each number is what the program makes of it', (settings) => {
  const graph = graphOf({
    inputs: { x: [null, ...SIDES] },
    nodes: [node('unary', settings, ['x'])],
  })
  // The ends, and then what lies between, where the largest value is small.
  const apart = [asked(1), asked(2).map((x) => Math.max(-4, Math.min(4, x)))].map((x) =>
    passBesideProgram(graph, x, createRandom(1)),
  )
  for (const each of apart) expect(each).toBeLessThanOrEqual(1e-6)
})

it.each([[[7]], [[1, 1, 7]], [[3, 7]], [[5, 3, 7]], [[1, 5, 3, 7]], [[1]], [[1, 1, 1]]])(
  'slopes of the shape %j bend what is below zero',
  (shape) => {
    const graph = graphOf({
      inputs: { x: [null, ...SIDES] },
      parameters: { k: shape },
      nodes: [node('prelu', {}, ['x', 'k'])],
    })
    expect(passBesideProgram(graph, asked(3), createRandom(3))).toBeLessThanOrEqual(1e-6)
  },
)

it('slopes that go over other axes have no step, and this says so', () => {
  const graph = graphOf({
    inputs: { x: [null, ...SIDES] },
    parameters: { k: [5, 1, 1] },
    nodes: [node('prelu', {}, ['x', 'k'])],
  })
  expect(passBesideProgram(graph, asked(4), createRandom(4))).toBe('y: slopes of other axes')
})
