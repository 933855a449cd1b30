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
  const { specs } = assignWeights(nodes, entriesOf(...names))
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
  const { specs } = assignWeights([node('Const', 'matrix'), product], entriesOf('matrix'))
  expect([...specs.values()].map((spec) => spec.channel)).toEqual([channel])
})
