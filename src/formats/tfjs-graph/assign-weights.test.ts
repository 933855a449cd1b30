import { expect, test } from 'vitest'
import { parseManifest } from '../tfjs-files/parse-manifest'
import { assignWeights } from './assign-weights'
import { parseOutput } from './file-node'
import type { FileNode } from './file-node'

function node(op: string, name: string, ...inputs: string[]): FileNode {
  return { name, op, inputs: inputs.map(parseOutput), after: [], attributes: {} }
}

function entriesOf(...names: string[]) {
  const weights = names.map((name) => ({ name, shape: [4, 3], dtype: 'float32' }))
  const [group] = parseManifest('model.json', {
    weightsManifest: [{ paths: ['w.bin'], weights }],
  })
  return group?.entries ?? []
}

function rolesOf(nodes: readonly FileNode[], ...names: string[]) {
  const { specs } = assignWeights(nodes, entriesOf(...names), new Map())
  return [...specs.values()].map(({ name, role, layerName }) => [name, role, layerName])
}

test('a weight that a loop multiplies with is the kernel of that product', () => {
  const nodes = [
    node('Const', 'kernel'),
    node('Enter', 'enter', 'kernel'),
    node('Merge', 'merge', 'enter', 'next'),
    node('LoopCond', 'cond', 'less'),
    node('Switch', 'switch', 'merge', 'cond'),
    node('NextIteration', 'next', 'switch'),
    node('Exit', 'exit', 'switch'),
    node('MatMul', 'product', 'state', 'switch'),
  ]
  expect(rolesOf(nodes, 'kernel')).toEqual([['kernel', 'kernel', 'product']])
})

test('a weight in a ring of nodes that hand it on is for nothing, and is found so in time', () => {
  const nodes = [node('Const', 'kernel', 'ring'), node('Identity', 'ring', 'kernel')]
  expect(rolesOf(nodes, 'kernel')).toEqual([['kernel', 'other', 'kernel']])
})

test.each([
  ['left, as it is', 0, {}, { count: 4, inner: 3 }],
  ['left, turned round', 0, { adj_x: { b: true } }, { count: 3, inner: 1 }],
  ['left of one that is turned round', 0, { adj_y: { b: true } }, { count: 4, inner: 3 }],
  ['right, as it is', 1, {}, { count: 3, inner: 1 }],
  ['right, turned round', 1, { adj_y: { b: true } }, { count: 4, inner: 3 }],
  ['right of one that is turned round', 1, { adj_x: { b: true } }, { count: 3, inner: 1 }],
])('a matrix on the %s, has a channel for each output', (_, place, attributes, channel) => {
  const inputs = place === 0 ? ['matrix', 'x'] : ['x', 'matrix']
  const product = { ...node('BatchMatMulV2', 'product', ...inputs), attributes }
  const { specs } = assignWeights(
    [node('Const', 'matrix'), product],
    entriesOf('matrix'),
    new Map(),
  )
  expect([...specs.values()].map((spec) => spec.channel)).toEqual([channel])
})

const kernelOf = (op: string, shape: number[], turn: readonly number[]) => {
  const weights = [{ name: 'kernel', shape, dtype: 'float32' }]
  const [group] = parseManifest('model.json', { weightsManifest: [{ paths: ['w.bin'], weights }] })
  const nodes = [node('Transpose', 'turned', 'kernel', 'turn'), node(op, 'conv', 'x', 'turned')]
  const { specs } = assignWeights(nodes, group?.entries ?? [], new Map([['turn', turn]]))
  return [...specs.values()].map(({ channel, layerName, role }) => [layerName, role, channel])
}

test.each([
  ['Conv2D', [5, 3, 2, 4], [2, 3, 1, 0], 'kernel', { count: 5, inner: 24 }],
  ['Conv2D', [2, 5, 4, 3], [0, 2, 3, 1], 'kernel', { count: 5, inner: 12 }],
  ['DepthwiseConv2dNative', [5, 1, 2, 4], [2, 3, 0, 1], 'depthwiseKernel', { count: 5, inner: 8 }],
  ['DepthwiseConv2dNative', [1, 5, 2, 4], [2, 3, 1, 0], 'depthwiseKernel', { count: 5, inner: 8 }],
  ['Conv2DBackpropInput', [3, 5, 2, 4], [2, 3, 1, 0], 'kernel', { count: 5, inner: 8 }],
  ['MatMul', [5, 3], [1, 0], 'kernel', { count: 5, inner: 3 }],
])('a kernel of %s, %j, turned by %j before it is read', (op, shape, turn, role, channel) => {
  expect(kernelOf(op, shape, turn)).toEqual([['conv', role, channel]])
})

test.each([
  ['channels that do not lie behind one another', [3, 2, 4, 5], [1, 2, 0, 3]],
  ['an axis twice', [3, 2, 4, 5], [0, 1, 3, 3]],
  ['more axes than there are', [5, 3], [2, 3, 1, 0]],
])('a turned kernel of a depthwise convolution with %s is for nothing', (_, shape, turn) => {
  const [[, role] = []] = kernelOf('DepthwiseConv2dNative', shape, turn)
  expect(role).toBe('other')
})
