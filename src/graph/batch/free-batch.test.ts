import { describe, expect, it } from 'vitest'
import { graphOf, node } from '../../../testing/models/small-graphs'
import type { GraphNode } from '../operators'
import { infer } from '../infer'
import { BATCH, openSide } from '../sides/side'
import { freeBatch } from './free-batch'

function graph(shape: readonly number[], ...nodes: readonly GraphNode[]) {
  return graphOf({
    inputs: { x: shape },
    parameters: { w: [4, 3], row: [1, 1, 4], two: [2, 3, 4] },
    nodes,
    outputs: ['y'],
  })
}

const mean = (axes: readonly number[], keepDims = true): GraphNode =>
  node('reduce', { function: 'Mean', axes, keepDims }, ['x'], ['m'])

describe('a graph of one sample takes any number where samples never meet:', () => {
  it.each([
    ['a literal one in front', [1, 3, 4], [node('reshape', { to: [1, 12] }, ['x'])], [12]],
    ['what is left behind it', [1, 3, 4], [node('reshape', { to: [1, -1] }, ['x'])], [12]],
    [
      'heads that share an axis with samples, and leave it again',
      [1, 6, 4],
      [
        node('reshape', { to: [1, 6, 2, 2] }, ['x'], ['a']),
        node('transpose', { perm: [0, 2, 1, 3] }, ['a'], ['b']),
        node('reshape', { to: [2, 6, 2] }, ['b'], ['c']),
        node('reshape', { to: [1, 2, 12] }, ['c']),
      ],
      [2, 12],
    ],
    [
      'samples that are not first on their way',
      [1, 6, 4],
      [
        node('transpose', { perm: [1, 0, 2] }, ['x'], ['a']),
        node('reshape', { to: [6, 2, 2] }, ['a'], ['b']),
        node('transpose', { perm: [1, 0, 2] }, ['b'], ['c']),
        node('transpose', { perm: [1, 0, 2] }, ['c'], ['d']),
        node('reshape', { to: [6, 1, 4] }, ['d'], ['e']),
        node('transpose', { perm: [1, 0, 2] }, ['e']),
      ],
      [6, 4],
    ],
    [
      'a constant of one beside them',
      [1, 3, 4],
      [node('concat', { axis: 1 }, ['row', 'x'])],
      [4, 4],
    ],
    [
      'a product with weights',
      [1, 4],
      [node('matMul', { transposeA: false, transposeB: false }, ['x', 'w'])],
      [3],
    ],
  ] as const)('%s', (_, shape, nodes, rest) => {
    const freed = freeBatch(graph(shape, ...nodes))
    expect(freed?.inputs[0]?.shape?.[0]).toBeNull()
    const sides = freed === null ? undefined : infer(freed).sides.get('y')
    expect(sides).toEqual([openSide(BATCH), ...rest])
  })
})

describe('and stays as it is where they may:', () => {
  it.each([
    ['a mean over them', [1, 4], [mean([0]), node('combine', { function: 'Sub' }, ['x', 'm'])]],
    ['the first of them', [1, 4], [node('gather', { axis: 0 }, ['x', 'first'])]],
    ['an output without them', [1, 3, 4], [node('squeeze', { axes: [0] }, ['x'])]],
    ['as many as weights are', [1, 3, 4], [node('combine', { function: 'Add' }, ['x', 'two'])]],
    ['their number', [1, 4], [node('shape', {}, ['x'])]],
    ['side by side', [1, 4], [node('concat', { axis: 0 }, ['x', 'x'])]],
    [
      'a product of one with another',
      [1, 4],
      [node('matMul', { transposeA: false, transposeB: true }, ['x', 'x'])],
    ],
    ['a softmax over them', [1, 4], [node('softmax', { axis: 0, log: false }, ['x'])]],
    ['turned into another axis', [1, 3, 4], [node('transpose', { perm: [1, 0, 2] }, ['x'])]],
    ['what nothing here knows', [1, 4], [node('opaque', { config: {}, outputs: 1 }, ['x'])]],
    ['more than one', [2, 4], [node('identity', {}, ['x'])]],
  ] as const)('%s', (_, shape, nodes) => {
    const whole = graph(shape, ...nodes)
    const constants = new Map([['first', { shape: [], dtype: 'int32', values: [0] } as const]])
    expect(freeBatch({ ...whole, constants })).toBeNull()
  })
})
