import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { drawn, passBesideProgram } from '../../../testing/engine/pass-beside-program'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { createRandom } from '../../core/random'
import type { Random } from '../../core/random'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode, Sliding } from '../../graph/operators'

const NETS = 400
const BATCH = 2
/** Less than a vector, one, and more, of which the last is not whole. */
const CHANNELS = [3, 4, 6]
/** Of each group, and of each channel of what is deep. */
const MULTIPLIERS = [1, 1, 2, 13]

interface Net {
  readonly graph: ModelGraph
  readonly sides: readonly number[]
}

/** One window with paddings of its own on each side. */
function netOf(random: Random): Net {
  const two = (most: number): [number, number] => [1 + random.below(most), 1 + random.below(most)]
  const none = (most: number): [number, number] => [random.below(most), random.below(most)]
  const [height, width] = [1 + random.below(7), 1 + random.below(12)]
  const window = random.below(2) > 0 ? two(4) : ([3, 3] as const)
  const sliding: Sliding = {
    strides: two(4),
    dilations: two(2),
    padding: { begin: none(3), end: none(3) },
    layout: 'channelsLast',
  }
  const channels = CHANNELS[random.below(CHANNELS.length)] ?? 1
  const sides = [height, width, channels]
  const groups = [1, 1, channels, channels === 6 ? 2 : 1][random.below(4)] ?? 1
  const its = windowNode(window, sliding, groups, random)
  const few = MULTIPLIERS[random.below(MULTIPLIERS.length)] ?? 1
  const kernel = its.op === 'conv' ? [channels / groups, groups * few] : [channels, few]
  const graph = graphOf({
    inputs: { x: [null, ...sides] },
    parameters: {
      k: [...window, ...kernel],
      b: [its.op === 'conv' ? groups * few : channels * few],
    },
    nodes: [its],
  })
  return { graph, sides }
}

function windowNode(
  window: readonly number[],
  sliding: Sliding,
  groups: number,
  random: Random,
): GraphNode {
  const kernel = { spatial: [0, 1], input: 2, output: 3 }
  const kind = random.below(3)
  if (kind === 0) return node('conv', { ...sliding, groups, kernel }, ['x', 'k', 'b'])
  if (kind === 1) {
    const deep = { spatial: [0, 1], channel: 2, multiplier: 3 }
    return node('depthwiseConv', { ...sliding, kernel: deep }, ['x', 'k', 'b'])
  }
  const [countsPadding, ceil] = [random.below(2) > 0, random.below(2) > 0]
  const own = random.below(3) === 0 ? 'Max' : 'Average'
  const moves = { ...sliding, dilations: [1, 1] }
  return node('pool', { ...moves, function: own, window, countsPadding, ceil }, ['x'])
}

it('windows over places outside, where nothing is the same on both sides, answer as the program does', async () => {
  await tf.setBackend('cpu')
  const random = createRandom(25)
  const planned = new Map<string, number>()
  for (let net = 0; net < NETS; net++) {
    const { graph, sides } = netOf(random)
    const x = drawn([BATCH, ...sides], random)
    const apart = passBesideProgram(graph, x, random)
    if (typeof apart === 'string') continue
    const { op } = graph.nodes[0] ?? { op: '' }
    planned.set(op, (planned.get(op) ?? 0) + 1)
    expect(apart, JSON.stringify(graph.nodes)).toBeLessThanOrEqual(1e-5)
  }
  expect(planned.get('conv')).toBeGreaterThan(NETS / 5)
  expect(planned.get('depthwiseConv')).toBeGreaterThan(NETS / 5)
  expect(planned.get('pool')).toBeGreaterThan(NETS / 40)
})
