import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { drawn, passBesideProgram } from '../../../testing/engine/pass-beside-program'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { createRandom } from '../../core/random'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode } from '../../graph/operators'

const SIDES = [4, 5, 3]

beforeAll(() => tf.setBackend('cpu'))

function ofWholeNumbers(nodes: readonly GraphNode[], outputs: readonly string[]): ModelGraph {
  const graph = graphOf({
    inputs: { x: [null, ...SIDES] },
    parameters: { k: [2, 2, 3, 4] },
    nodes,
    outputs,
  })
  return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, dtype: 'int32' })) }
}

function asked(graph: ModelGraph, first = 0): number | string {
  const x = drawn([2, ...SIDES], createRandom(1)).map((value) => Math.round(100 * value))
  x[0] = first
  return passBesideProgram(graph, x, createRandom(2))
}

const cast = node('cast', { to: 'float32' }, ['x'], ['real'])
const halved = node('unary', { function: 'Affine', scale: 0.5, offset: -1 }, ['real'], ['y'])
const conv = (x: string): GraphNode =>
  node(
    'conv',
    {
      ...{
        strides: [1, 1],
        dilations: [1, 1],
        padding: 'sameUpper',
        layout: 'channelsLast',
        groups: 1,
      },
      kernel: { spatial: [0, 1], input: 2, output: 3 },
    },
    [x, 'k'],
    ['z'],
  )

it('whole numbers that become real ones at once go through the pass', () => {
  expect(asked(ofWholeNumbers([cast, halved], ['y']))).toBeLessThanOrEqual(1e-6)
  expect(asked(ofWholeNumbers([cast, halved, conv('y')], ['z']))).toBeLessThanOrEqual(1e-6)
})

it('what has more than 24 bits becomes what a cast makes of it', () => {
  expect(asked(ofWholeNumbers([cast, halved], ['y']), 2 ** 24 + 2)).toBe(0)
  expect(asked(ofWholeNumbers([cast, halved], ['y']), -(2 ** 30) - 64)).toBe(0)
})

it('whole numbers that somebody reads as such, or that are handed on, have no plan', () => {
  expect(asked(ofWholeNumbers([conv('x')], ['z']))).toBe('x: int32 is given')
  expect(asked(ofWholeNumbers([cast, halved], ['y', 'x']))).toBe('x: int32 is given')
})
