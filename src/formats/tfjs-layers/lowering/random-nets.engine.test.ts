import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { besideStock } from '../../../../testing/engine/beside-stock'
import { distance } from '../../../../testing/engine/distance'
import { randomNet } from '../../../../testing/models/random-nets'
import { lowerings } from './table'

const NETS = 200

beforeAll(async () => {
  await tf.setBackend('cpu')
})

it(`computes what stock TensorFlow.js computes, for ${NETS} random nets`, async () => {
  const classes = new Set<string>()
  for (let seed = 0; seed < NETS; seed++) {
    const net = randomNet(seed)
    const answers = await besideStock(net, seed)
    net.dispose()
    expect(distance(answers.found, answers.wanted), `net ${seed}`).toBeLessThanOrEqual(1e-6)
    const { nodes, layers } = answers.opened.graph
    expect(nodes.filter(({ op }) => op === 'opaque')).toEqual([])
    for (const { className } of layers) classes.add(className)
  }
  // Every class but one, which makes all that comes behind it depend on the order in which tfjs runs it.
  expect(Object.keys(lowerings).filter((name) => !classes.has(name))).toEqual(['Masking'])
})
