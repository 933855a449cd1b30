import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { drawn, passBesideProgram } from '../../../testing/engine/pass-beside-program'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { createRandom } from '../../core/random'
import type { Random } from '../../core/random'
import type { ModelGraph } from '../../graph/graph'
import type { OpAttributes, Padding } from '../../graph/operators'

const NETS = 150
const BATCH = 2
const FILTERS = [1, 3, 4, 9]

beforeAll(() => tf.setBackend('cpu'))

interface Drawn {
  readonly graph: ModelGraph
  readonly sides: readonly number[]
}

/** Two transposed convolutions that are added, and limits: what is done while sums are in registers. */
function netOf(random: Random): Drawn {
  const upTo = (most: number): number => 1 + random.below(most)
  const places = random.below(4) === 0 ? 1 : 2
  const each = (draw: (at: number) => number): number[] =>
    Array.from({ length: places }, (_, at) => draw(at))
  const window = each(() => upTo(4))
  const strides = each((at) => upTo(Math.min(3, window[at] ?? 1)))
  const paddings: readonly Padding[] = [
    'sameUpper',
    'sameLower',
    { begin: each(() => 0), end: each(() => 0) },
    { begin: each((at) => random.below(window[at] ?? 1)), end: each(() => random.below(2)) },
  ]
  const padding = paddings[random.below(paddings.length)] ?? 'sameUpper'
  const attributes: OpAttributes['transposedConv'] = {
    ...{ strides, padding, dilations: each(() => 1), layout: 'channelsLast', groups: 1 },
    outputPadding: each((at) => (typeof padding === 'string' ? 0 : random.below(strides[at] ?? 1))),
    output: null,
    kernel: { spatial: each((at) => at), output: places, input: places + 1 },
  }
  const channels = upTo(6)
  const sides = [...each(() => 1 + upTo(5)), channels]
  const filters = FILTERS[random.below(FILTERS.length)] ?? 1
  const kernel = [...window, filters, channels]
  const graph = graphOf({
    inputs: { x: [null, ...sides] },
    parameters: { k: kernel, l: kernel, b: [filters] },
    nodes: [
      node('transposedConv', attributes, ['x', 'k', 'b'], ['one']),
      node('transposedConv', attributes, ['x', 'l'], ['other']),
      node('combine', { function: 'Add' }, ['one', 'other'], ['sum']),
      node('unary', { function: 'Clip', least: -1, most: 3 }, ['sum'], ['y']),
    ],
  })
  return { graph, sides }
}

it('transposed convolutions answer as the program does', () => {
  const random = createRandom(26)
  const reasons: string[] = []
  for (let net = 0; net < NETS; net++) {
    const { graph, sides } = netOf(random)
    const apart = passBesideProgram(graph, drawn([BATCH, ...sides], random), random)
    if (typeof apart === 'string') reasons.push(apart)
    else
      expect(
        apart,
        JSON.stringify([graph.nodes[0], sides, graph.parameters.get('k')?.shape]),
      ).toBeLessThanOrEqual(1e-5)
  }
  expect(reasons).toEqual([])
})
