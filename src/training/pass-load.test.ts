import { describe, expect, it } from 'vitest'
import { oddGraph } from '../../testing/models/odd-graphs'
import { graphOf, node } from '../../testing/models/small-graphs'
import type { ModelGraph } from '../graph/graph'
import type { GraphNode } from '../graph/operators'
import type { Shape } from '../graph/values'
import type { MemoryStyle } from './kept-for-gradients'
import { passLoad } from './pass-load'
import type { PassLoad } from './pass-load'
import { sampleSizes } from './sample-sizes'

const product = { transposeA: false, transposeB: false }
const point = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: 'sameUpper',
  layout: 'channelsLast',
  kernel: { spatial: [0, 1], input: 2, output: 3 },
  groups: 1,
} as const
const relu = (from: string, to: string, layer = to): GraphNode =>
  node('unary', { function: 'Relu' }, [from], [to], layer)
const normal = { axis: 3, epsilon: 0.001, momentum: 0.99 }
const parameters = {
  ...{ small: [1, 1, 1, 2], square: [1, 1, 2, 2], kernel: [200, 10], table: [100, 100] },
  ...{ scale: [2], offset: [2], mean: [2], variance: [2] },
}

/** 100 numbers in, 200 from a convolution, its normalisation and ReLU, 10 out. */
const chain: readonly GraphNode[] = [
  node('conv', point, ['in', 'small'], ['conv']),
  node('batchNormalization', normal, ['conv', 'scale', 'offset', 'mean', 'variance'], ['bn']),
  relu('bn', 'relu'),
  node('reshape', { to: [0, -1] }, ['relu'], ['flat']),
  node('matMul', product, ['flat', 'kernel', null], ['out']),
]

function graph(nodes: readonly GraphNode[], sides: Shape = [10, 10, 1]): ModelGraph {
  return graphOf({ inputs: { in: [null, ...sides] }, parameters, nodes })
}

function loadOf(given: ModelGraph, style: MemoryStyle = 'fast', sample: number[] = []): PassLoad {
  return passLoad(given, sampleSizes(given, [sample], new Map()), style)
}

describe('what a pass holds for one sample', () => {
  it('is what gradients keep, and twice what the operation at hand reads and writes', () => {
    // Input, convolution, normalisation with its ReLU in one, output; flattening and the ReLU are no memory.
    const load = loadOf(graph(chain))
    expect(load.training).toBe(500 + 2 * 400)
    expect(load.forward).toBe(800)
    expect(load.largest).toBe(200)
  })

  it('is the same for sides that the model leaves open and a sample has', () => {
    const open = graph(chain.slice(0, 3), [null, null, 1])
    expect(loadOf(open, 'fast', [10, 10, 1])).toEqual(loadOf(graph(chain.slice(0, 3))))
  })

  it('is the same of a graph that takes five samples at once', () => {
    const five = graphOf({ inputs: { in: [5, 10, 10, 1] }, parameters, nodes: chain })
    expect(loadOf(five)).toEqual(loadOf(graph(chain)))
  })

  it('is more where operators of TensorFlow.js do it, and twice that where they copy', () => {
    const [fast, sharing, copying] = (['fast', 'sharing', 'copying'] as const).map(
      (style) => loadOf(graph(chain), style).training,
    )
    expect(sharing).toBeGreaterThan(fast ?? NaN)
    expect(copying).toBeGreaterThan(sharing ?? NaN)
  })

  it('has a ReLU apart where somebody else reads what it reads', () => {
    const [conv, bn] = chain.slice(0, 2) as [GraphNode, GraphNode]
    const sum = (other: string) => node('combine', { function: 'Add' }, ['relu', other], ['sum'])
    const alone = graph([conv, bn, relu('bn', 'relu'), sum('conv')])
    const shared = graph([conv, bn, relu('bn', 'relu'), sum('bn')])
    expect(loadOf(shared).training).toBe(loadOf(alone).training + 200)
  })

  it('counts what a branch waits with', () => {
    const dense = (from: string, to: string) => node('matMul', product, [from, 'table', null], [to])
    const straight = [dense('in', 'a'), dense('a', 'b'), dense('b', 'c')]
    const branch = [...straight, node('combine', { function: 'Add' }, ['a', 'c'], ['sum'])]
    expect(loadOf(graph(branch, [100])).forward).toBeGreaterThan(
      loadOf(graph(straight, [100])).forward,
    )
  })

  it('leaves out what no output depends on, and is as large as what is read where nothing is known', () => {
    const unread = node('unary', { function: 'Exp' }, ['in'], ['unread'])
    const whole = graph([unread, ...chain])
    expect(loadOf(whole)).toEqual(loadOf(graph(chain)))
    const opaque = node('opaque', { config: {}, outputs: 1 }, ['in'], ['unknown'])
    expect(loadOf(graph([opaque])).largest).toBe(100)
    const told = sampleSizes(graph([opaque]), [], new Map([['unknown', [null, 7, 50]]]))
    expect(passLoad(graph([opaque]), told, 'fast').largest).toBe(350)
  })

  it('keeps nothing below the lowest layer that learns', () => {
    const given = graph([
      ...chain.slice(0, 3),
      node('conv', point, ['relu', 'square'], ['more']),
      node('reshape', { to: [0, -1] }, ['more'], ['flat']),
      node('matMul', product, ['flat', 'kernel', null], ['out']),
    ])
    const sizes = sampleSizes(given, [[]], new Map())
    const load = (...learning: string[]) =>
      passLoad(given, sizes, 'fast', new Set(learning)).training
    // What the product reads and gives, and what its operation at hand takes.
    expect(load('kernel')).toBe(1000)
    expect(load('square', 'kernel')).toBeGreaterThan(load('kernel'))
    // Frozen in between, it gives a gradient of what it reads alone.
    expect(load('small', 'kernel')).toBeGreaterThan(load('square', 'kernel'))
    expect(load(...given.parameters.keys())).toBe(passLoad(given, sizes, 'fast').training)
    expect(load('scale')).toBeGreaterThan(load('kernel'))
  })

  it('is a number for whatever a file may hold', () => {
    let some = 0
    for (let seed = 0; seed < 60; seed++) {
      const odd = oddGraph(seed)
      const sizes = sampleSizes(odd, [[3, 4]], new Map())
      const found = (['fast', 'sharing', 'copying'] as const).flatMap((style) =>
        Object.values({ ...passLoad(odd, sizes, style) }),
      )
      expect(Math.min(...found), `${seed}`).toBeGreaterThanOrEqual(0)
      some += Number((found[0] ?? 0) > 0)
    }
    expect(some).toBeGreaterThan(20)
  })
})
