import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { inference } from './pass'
import type { Pass } from './pass'
import { Program } from './program'

beforeAll(() => tf.setBackend('cpu'))

it('moving statistics are told to whoever trains', () => {
  const attributes = { axis: -1, epsilon: 0.01, momentum: 0.9 }
  const names = ['x', 'mean', 'variance']
  const graph = graphOf({
    inputs: { x: [null, 2], mean: [2], variance: [2] },
    nodes: [node('batchNormalization', attributes, ['x', null, null, 'mean', 'variance'])],
  })
  expect(graph.inputs.map(({ value }) => value)).toEqual(names)
  const program = new Program({ graph, weights: [] })
  const inputs = [
    tf.tensor2d([
      [1, 2],
      [3, 6],
    ]),
    tf.zeros([2]),
    tf.ones([2]),
  ]
  const told: number[][] = []
  const [found] = program.forward(inputs, {
    ...inference,
    training: true,
    statistics: 'batch',
    moved: (_, { mean, variance }) => told.push([...mean.dataSync()], [...variance.dataSync()]),
  })
  expect(told).toEqual([
    [2, 4],
    [1, 4],
  ])
  const [a, b] = [1 / Math.sqrt(1.01), 2 / Math.sqrt(4.01)]
  const values = found?.dataSync() ?? []
  for (const [at, wanted] of [-a, -b, a, b].entries()) expect(values[at]).toBeCloseTo(wanted, 5)
})

it('a weight is used as the pass says, once, and what is made may be replaced', () => {
  const graph = graphOf({
    inputs: { x: [null, 2] },
    parameters: { w: [2] },
    nodes: [
      node('combine', { function: 'Mul' }, ['x', 'w'], ['once']),
      node('combine', { function: 'Add' }, ['once', 'w'], ['y']),
    ],
  })
  const [spec] = graph.parameters.values()
  if (spec === undefined) throw new Error('no weight')
  const values = Float32Array.of(2, 3)
  const weight = {
    spec,
    values,
    storedAs: 'float32',
    storedBytes: 8,
    zeros: 0,
    quantized: null,
  } as const
  const program = new Program({ graph, weights: [weight] })
  const variable = program.variables.get('w')
  if (variable === undefined) throw new Error('no variable')
  const x = tf.tensor2d([[1, 10]])
  const before = tf.memory().numTensors
  const asked: string[] = []
  const pass: Pass = {
    ...inference,
    training: true,
    parameter: (name, own) => {
      asked.push(name)
      return tf.mul(own, tf.tensor1d([0, 1]))
    },
    seen: { values: new Set(['once']), made: (_, value) => tf.add(value, 1) },
  }
  const [found] = program.forward([x], pass)
  expect(asked).toEqual(['w'])
  // (x * w * mask + 1) + w * mask
  expect([...(found?.dataSync() ?? [])]).toEqual([1, 34])
  expect(tf.memory().numTensors - before).toBe(1)
  const { grads } = tf.variableGrads(
    () => tf.sum<tf.Scalar>(program.forward([x], pass)[0] ?? x),
    [variable],
  )
  expect(Object.values(grads).map((gradient) => [...gradient.dataSync()])).toEqual([[0, 11]])
  program.dispose()
})
