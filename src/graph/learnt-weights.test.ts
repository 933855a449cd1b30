import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { learntWeights } from './learnt-weights'

const product = { transposeA: false, transposeB: false }
const flat = { axis: -1, epsilon: 0.001, momentum: 0.9 }

it('are kernels, and what is added to what comes out of them or multiplied with it', () => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: {
      ...{ mean: [4], kernel: [4, 3], bias: [3], scale: [3], offset: [3], least: [3] },
      ...{ gamma: [3], beta: [3], average: [3], variance: [3] },
    },
    nodes: [
      node('combine', { function: 'Sub' }, ['x', 'mean'], ['prepared']),
      node('matMul', product, ['prepared', 'kernel', 'bias'], ['dense']),
      node('combine', { function: 'Mul' }, ['scale', 'dense'], ['scaled']),
      node('combine', { function: 'Add' }, ['scaled', 'offset'], ['moved']),
      node('combine', { function: 'Max' }, ['moved', 'least'], ['cut']),
      node('batchNormalization', flat, ['cut', 'gamma', 'beta', 'average', 'variance'], ['y']),
    ],
  })
  expect([...learntWeights(graph)]).toEqual(['kernel', 'bias', 'scale', 'offset', 'gamma', 'beta'])
})

it('are found where they are turned on their way, and not where others are computed of them', () => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: { turned: [3, 4], made: [3, 5], factor: [5], unread: [5, 5] },
    nodes: [
      node('transpose', { perm: [1, 0] }, ['turned'], ['kernel']),
      node('combine', { function: 'Mul' }, ['made', 'factor'], ['other']),
      node('matMul', product, ['x', 'kernel', null], ['dense']),
      node('matMul', product, ['dense', 'other', null], ['y']),
      node('matMul', product, ['y', 'unread', null], ['nobody']),
    ],
    outputs: ['y'],
  })
  expect([...learntWeights(graph)]).toEqual(['turned'])
})

it('are tables of words, and what is added to the words', () => {
  const graph = graphOf({
    inputs: { tokens: [null, 6] },
    parameters: { table: [20, 8], places: [6, 8] },
    nodes: [
      node('gather', { axis: 0 }, ['table', 'tokens'], ['words']),
      node('combine', { function: 'Add' }, ['words', 'places'], ['y']),
    ],
  })
  expect([...learntWeights(graph)]).toEqual(['table', 'places'])
})
