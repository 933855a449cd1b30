import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { graphOf, node } from '../../../../testing/models/small-graphs'
import type { GraphNode, OpAttributes, Unary } from '../../../graph/operators'
import { startWasmBackend } from '../../host/wasm-in-node'
import { inference } from '../pass'
import { Program } from '../program'
import { channelsLast } from '../../../graph/passes/one-layout'
import { followersFused } from './followers-fused'

beforeAll(() => tf.setBackend('cpu'))
afterAll(() => tf.setBackend('cpu'))

const first: OpAttributes['conv'] = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: 'sameUpper',
  layout: 'channelsFirst',
  kernel: { spatial: [0, 1], input: 2, output: 3 },
  groups: 1,
}

/** A residual block of channels first, its mean over places, and a flattened copy. */
const block = graphOf({
  inputs: { x: [null, 2, 5, 5] },
  parameters: { k: [3, 3, 2, 2], slope: [2, 1, 1] },
  nodes: [
    node('conv', first, ['x', 'k'], ['a']),
    node('prelu', {}, ['a', 'slope'], ['b']),
    node('conv', first, ['b', 'k'], ['c']),
    node('combine', { function: 'Add' }, ['c', 'a'], ['d']),
    node('softmax', { axis: 1, log: false }, ['d'], ['e']),
    node('reduce', { function: 'Mean', axes: [2, 3], keepDims: false }, ['e'], ['mean']),
    node('reshape', { to: [0, -1] }, ['d'], ['flat']),
  ],
  outputs: ['mean', 'flat'],
})

const weights = [...block.parameters.values()].map((spec) => {
  const length = spec.shape.reduce((product, side) => product * side, 1)
  const values = Float32Array.from({ length }, (_, at) => Math.sin(at + 1) / 2)
  return {
    spec,
    values,
    storedAs: 'float32',
    storedBytes: 4 * length,
    zeros: 0,
    quantized: null,
  } as const
})

function turnsOf(nodes: readonly GraphNode[]): string[] {
  return nodes.filter(({ op }) => op === 'transpose').map(({ inputs }) => inputs[0] ?? '')
}

describe('channels first are turned', () => {
  it('where they come in, where something needs their order, and nowhere between', () => {
    // The slope of a weight is turned once, when it is set.
    expect(turnsOf(channelsLast(block).nodes)).toEqual(['x', "slope'", "d'"])
  })

  it('behind each window where everything is shown', () => {
    expect(turnsOf(channelsLast(block, null).nodes)).toEqual(['x', "a'", 'b', "c'"])
  })

  it('and compute the same both ways', () => {
    const program = new Program({ graph: block, weights })
    const x = tf.randomNormal([2, 2, 5, 5], 0, 1, 'float32', 3)
    const whole = program.predict([x])
    const shown = program.forward([x], {
      ...inference,
      seen: { values: null, made: (_, value) => value },
    })
    expect(distance(answersOf(whole), answersOf(shown))).toBeLessThanOrEqual(1e-6)
    tf.dispose([x, whole, shown])
    program.dispose()
  })
})

const followers: readonly Unary[] = [
  { function: 'Relu' },
  { function: 'Clip', least: 0, most: 6 },
  { function: 'Elu', alpha: 1 },
  { function: 'Sigmoid' },
  { function: 'LeakyRelu', alpha: 0.3 },
]

describe.each(['cpu', 'wasm'])('on %s, a function behind a product is done with it:', (backend) => {
  it.each(followers.map((unary) => [unary.function, unary] as const))('%s', async (_, unary) => {
    await (backend === 'wasm' ? startWasmBackend() : tf.setBackend('cpu'))
    const window = { ...first, layout: 'channelsLast' } as const
    const deep = { spatial: [0, 1], channel: 2, multiplier: 3 }
    const graph = graphOf({
      inputs: { x: [null, 5, 5, 2], k: [3, 3, 2, 2], m: [2, 3], bias: [2] },
      nodes: [
        node('conv', window, ['x', 'k', 'bias'], ['a']),
        node('unary', unary, ['a'], ['b']),
        node('depthwiseConv', { ...window, kernel: deep }, ['b', 'k'], ['c']),
        node('unary', unary, ['c'], ['d']),
        node('reduce', { function: 'Mean', axes: [3], keepDims: false }, ['d'], ['e']),
        node(
          'slice',
          { axes: [2], starts: [0], ends: [2], steps: [1], squeezed: [] },
          ['e'],
          ['f'],
        ),
        node('matMul', { transposeA: false, transposeB: false }, ['f', 'm'], ['g']),
        node('unary', unary, ['g'], ['y']),
      ],
    })
    const open = { ...graph, inputs: graph.inputs.map((input) => ({ ...input, shape: null })) }
    expect([...followersFused(open).followers.keys()]).toEqual(['a', 'c', 'g'])
    const program = new Program({ graph: open, weights: [] })
    const inputs = graph.inputs.map(({ shape }, at) =>
      tf.randomNormal(
        (shape ?? []).map((side) => side ?? 3),
        0,
        1,
        'float32',
        at + 1,
      ),
    )
    const fused = program.predict(inputs)
    const apart = program.forward(inputs, { ...inference })
    expect(distance(answersOf(fused), answersOf(apart))).toBeLessThanOrEqual(1e-6)
    tf.dispose([inputs, fused, apart])
    program.dispose()
  })

  it('not where something else reads what is between', () => {
    const relu = node('unary', { function: 'Relu' }, ['a'], ['b'])
    const product = node('matMul', { transposeA: false, transposeB: false }, ['x', 'x'], ['a'])
    const graph = graphOf({ inputs: { x: [null, 3] }, nodes: [product, relu], outputs: ['a', 'b'] })
    expect(followersFused(graph).followers.size).toBe(0)
  })
})
