import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { roundedValues } from './rounded-values'

const product = { transposeA: false, transposeB: false }
const relu = { function: 'Relu' } as const

it('are what operators say to others, once what ends them is done', () => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: { first: [4, 4], bias: [4], second: [4, 3] },
    nodes: [
      node('matMul', product, ['x', 'first', null], ['a']),
      node('combine', { function: 'Add' }, ['a', 'bias'], ['biased']),
      node('unary', relu, ['biased'], ['active']),
      node('unary', { function: 'Sigmoid' }, ['active'], ['gate']),
      node('combine', { function: 'Mul' }, ['active', 'gate'], ['gated']),
      node('identity', {}, ['gated'], ['same']),
      node('matMul', product, ['same', 'second', null], ['scores']),
      node('softmax', { axis: -1, log: false }, ['scores'], ['chances']),
      node('identity', {}, ['chances'], ['y']),
    ],
  })
  // What hands on is not rounded again, and nobody rounds scores.
  expect(roundedValues(graph)).toEqual(['active', 'gate', 'gated'])
})

it('are no sides, and nothing that depends on weights alone', () => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: { kernel: [4, 4] },
    nodes: [
      node('unary', { function: 'Abs' }, ['kernel'], ['made']),
      node('matMul', product, ['x', 'made', null], ['a']),
      node('shape', { start: 0, end: null }, ['a'], ['sides']),
      node('cast', { to: 'float32' }, ['sides'], ['numbers']),
      node('unary', { function: 'Square' }, ['numbers'], ['squares']),
      node('reduce', { function: 'Sum', axes: null, keepDims: false }, ['squares'], ['all']),
      node('combine', { function: 'Mul' }, ['a', 'all'], ['b']),
      node('matMul', product, ['b', 'kernel', null], ['y']),
    ],
  })
  expect(roundedValues(graph)).toEqual(['a', 'b'])
})
