import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { liveNodes } from './live-nodes'
import { unsquashed } from './unsquashed'

const product = { transposeA: false, transposeB: false }
const softmax = { axis: -1, log: false } as const

it('goes around a softmax and keeps the form of what is behind it', () => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: { kernel: [4, 3] },
    nodes: [
      node('matMul', product, ['x', 'kernel', null], ['scores']),
      node('softmax', softmax, ['scores'], ['chances']),
      node('unsqueeze', { axes: [1] }, ['chances'], ['wide']),
      node('identity', {}, ['wide'], ['y']),
    ],
    outputs: ['y', 'chances'],
  })
  const { graph: found, squashing } = unsquashed(graph)
  expect(squashing).toBe('softmax')
  // The second output still gives what it gave.
  expect(found.outputs).toEqual(["y'", 'chances'])
  expect(liveNodes(found).map(({ op, inputs, outputs }) => [op, inputs[0], outputs[0]])).toEqual([
    ['matMul', 'x', 'scores'],
    ['softmax', 'scores', 'chances'],
    ['unsqueeze', 'scores', "wide'"],
    ['identity', "wide'", "y'"],
  ])
})

it.each([
  ['softmax', softmax, 'softmax', 'scores'],
  ['unary', { function: 'Sigmoid' }, 'sigmoid', 'scores'],
  ['softmax', { axis: -1, log: true }, null, 'y'],
  ['unary', { function: 'Tanh' }, null, 'y'],
] as const)('of %s %o at the end it takes off %s', (op, attributes, squashing, output) => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: { kernel: [4, 3] },
    nodes: [
      node('matMul', product, ['x', 'kernel', null], ['scores']),
      node(op, attributes, ['scores'], ['y']),
    ],
  })
  const found = unsquashed(graph)
  expect(found.squashing).toBe(squashing)
  expect(found.graph.outputs).toEqual([output])
})
