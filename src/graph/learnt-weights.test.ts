import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { endOfGradients, learntWeights } from './learnt-weights'

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

it('are tables of words, and what is added to the words or put before them', () => {
  const graph = graphOf({
    inputs: { tokens: [null, 6] },
    parameters: { table: [20, 8], places: [6, 8], token: [1, 1, 8] },
    nodes: [
      node('gather', { axis: 0 }, ['table', 'tokens'], ['words']),
      node('combine', { function: 'Add' }, ['words', 'places'], ['placed']),
      node('tile', { repeats: [0, 1, 1] }, ['token', null, 'tokens'], ['first']),
      node('concat', { axis: 1 }, ['first', 'placed'], ['y']),
    ],
  })
  expect([...learntWeights(graph)]).toEqual(['table', 'places', 'token'])
})

it('are those that a gradient of the first output comes to', () => {
  const graph = graphOf({
    inputs: { x: [null, 4] },
    parameters: { kernel: [4, 3], side: [4, 3], gate: [4, 3], last: [3, 2] },
    nodes: [
      node('matMul', product, ['x', 'kernel', null], ['dense']),
      node('matMul', product, ['x', 'side', null], ['aside']),
      node('matMul', product, ['x', 'gate', null], ['open']),
      node('combine', { function: 'Greater' }, ['open', 'dense'], ['is']),
      node('cast', { to: 'float32' }, ['is'], ['mask']),
      node('combine', { function: 'Mul' }, ['dense', 'mask'], ['masked']),
      node('matMul', product, ['masked', 'last', null], ['y']),
    ],
    outputs: ['y', 'aside'],
  })
  expect([...learntWeights(graph)]).toEqual(['kernel', 'last'])
  expect(endOfGradients(graph)).toBeNull()
  const nodes = [
    ...graph.nodes,
    node('argExtreme', { function: 'ArgMax', axis: 1, keepDims: false }, ['y'], ['class']),
    node('cast', { to: 'float32' }, ['class'], ['told']),
  ]
  const chosen = { ...graph, nodes, outputs: ['told'] }
  expect([...learntWeights(chosen)]).toEqual([])
  expect(endOfGradients(chosen)?.id).toBe('class')
  const rounded = {
    ...graph,
    nodes: [...graph.nodes, node('unary', { function: 'Round' }, ['y'], ['r'])],
  }
  expect(endOfGradients({ ...rounded, outputs: ['r'] })?.id).toBe('r')
})
