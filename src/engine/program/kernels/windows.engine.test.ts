import * as tf from '@tensorflow/tfjs'
import { afterAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import {
  plainConv,
  plainDepthwise,
  plainPool,
  plainTransposed,
} from '../../../../testing/engine/plain-windows'
import type { Grid } from '../../../../testing/engine/plain-windows'
import { graphOf, node } from '../../../../testing/models/small-graphs'
import { createRandom } from '../../../core/random'
import type { GraphNode, Padding, Sliding } from '../../../graph/operators'
import { shapesOf } from '../../../graph/shapes-of'
import { startWasmBackend } from '../../host/wasm-in-node'
import { Program } from '../program'

afterAll(() => tf.setBackend('cpu'))

/** Of each operator, so many random settings. */
const ROUNDS = 30

/** Further ones, in which a stride is beyond its window: stock kernels give something else there. */
const BEYOND = [37, 51, 108]

/** Plain numbers are of 64 bits, and the kernels of tensors add in 32. */
const TOLERANCE = 2e-6

interface Drawn {
  readonly node: GraphNode
  readonly x: Grid
  readonly kernel: Grid | null
  readonly wanted: Grid
}

class Draw {
  private readonly random
  readonly places: number
  constructor(seed: number) {
    this.random = createRandom(seed)
    this.places = 1 + this.random.below(3)
  }

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1)
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)] as Item
  }

  list(least: number, most: number): number[] {
    return Array.from({ length: this.places }, () => this.between(least, most))
  }

  grid(shape: readonly number[]): Grid {
    const length = shape.reduce((product, side) => product * side, 1)
    return { shape, values: Array.from({ length }, () => Math.fround(this.random.normal())) }
  }

  order(count: number): number[] {
    const axes = Array.from({ length: count }, (_, axis) => axis)
    return axes
      .map((axis) => [axis, this.random.uniform()] as const)
      .toSorted(([, a], [, b]) => a - b)
      .map(([axis]) => axis)
  }

  sliding(windows: readonly number[]): Sliding {
    // A margin as wide as the window would leave nothing of it inside.
    const margins = (): number[] =>
      windows.map((side) => this.between(0, Math.max(0, Math.min(2, side - 1))))
    const padding = this.one<Padding>([
      'sameUpper',
      'sameLower',
      'sameCentred',
      { begin: margins(), end: margins() },
    ])
    return {
      strides: this.list(1, 3),
      dilations: this.one([() => this.list(1, 1), () => this.list(1, 2)])(),
      padding,
      layout: this.one(['channelsLast', 'channelsFirst']),
    }
  }

  /** Wide enough for every window. */
  value(channels: number, { layout }: Sliding): Grid {
    const batch = this.one([[2], [2, 2]])
    const sides = this.list(5, 6)
    return this.grid(
      layout === 'channelsLast' ? [...batch, ...sides, channels] : [...batch, channels, ...sides],
    )
  }

  kernel(windows: readonly number[], others: readonly number[]) {
    const sides = [...windows, ...others]
    const order = this.order(sides.length)
    const shape: number[] = []
    order.forEach((axis, at) => {
      shape[axis] = sides[at] ?? 1
    })
    return { kernel: this.grid(shape), axes: order }
  }
}

function conv(draw: Draw): Drawn {
  const windows = draw.list(1, 3)
  const sliding = draw.sliding(windows)
  const [groups, reads] = [draw.between(1, 3), draw.between(1, 2)]
  const { kernel, axes } = draw.kernel(windows, [reads, groups * draw.between(1, 2)])
  const [input = 0, output = 0] = axes.slice(-2)
  const attributes = {
    ...sliding,
    groups,
    kernel: { spatial: axes.slice(0, -2), input, output },
  }
  const x = draw.value(groups * reads, sliding)
  return {
    node: node('conv', attributes, ['x', 'kernel']),
    x,
    kernel,
    wanted: plainConv(x, kernel, attributes),
  }
}

function depthwise(draw: Draw): Drawn {
  const windows = draw.list(1, 3)
  const sliding = draw.sliding(windows)
  const channels = draw.between(1, 3)
  const filters = draw.one([[], [draw.between(1, 2)]])
  const { kernel, axes } = draw.kernel(windows, [channels, ...filters])
  const attributes = {
    ...sliding,
    kernel: {
      spatial: axes.slice(0, windows.length),
      channel: axes[windows.length] ?? 0,
      multiplier: axes[windows.length + 1] ?? null,
    },
  }
  const x = draw.value(channels, sliding)
  return {
    node: node('depthwiseConv', attributes, ['x', 'kernel']),
    x,
    kernel,
    wanted: plainDepthwise(x, kernel, attributes),
  }
}

function transposed(draw: Draw): Drawn {
  const windows = draw.list(1, 3)
  const sliding = draw.sliding(windows)
  const [groups, reads] = [draw.between(1, 2), draw.between(1, 2)]
  const { kernel, axes } = draw.kernel(windows, [groups * reads, draw.between(1, 2)])
  const [input = 0, output = 0] = axes.slice(-2)
  const attributes = {
    ...sliding,
    groups,
    kernel: { spatial: axes.slice(0, -2), input, output },
    outputPadding: sliding.strides.map((stride) => draw.between(0, stride - 1)),
    output: null,
  }
  const x = draw.value(groups * reads, sliding)
  return {
    node: node('transposedConv', attributes, ['x', 'kernel']),
    x,
    kernel,
    wanted: plainTransposed(x, kernel, attributes),
  }
}

function pool(draw: Draw): Drawn {
  const window = draw.list(1, 3)
  const sliding = draw.sliding(window)
  const attributes = {
    ...sliding,
    function: draw.one(['Max', 'Average'] as const),
    window,
    countsPadding: draw.one([true, false]),
    ceil: draw.one([true, false]),
  }
  const x = draw.value(draw.between(1, 3), sliding)
  return {
    node: node('pool', attributes, ['x']),
    x,
    kernel: null,
    wanted: plainPool(x, attributes),
  }
}

function weightOf(name: string, { shape, values }: Grid) {
  const graph = graphOf({ parameters: { [name]: shape }, nodes: [] })
  return [...graph.parameters.values()].map((spec) => ({
    spec,
    values: Float32Array.from(values),
    storedAs: 'float32' as const,
    storedBytes: 4 * values.length,
    zeros: 0,
    quantized: null,
  }))
}

describe.each(['cpu', 'wasm'])(
  'on %s, windows with any settings are counted place by place:',
  (backend) => {
    it.each([
      ['convolution', conv],
      ['depthwise convolution', depthwise],
      ['transposed convolution', transposed],
      ['pooling', pool],
    ] as const)('%s', async (_, drawn) => {
      await (backend === 'wasm' ? startWasmBackend() : tf.setBackend('cpu'))
      for (const seed of [...Array.from({ length: ROUNDS }, (__, at) => at), ...BEYOND]) {
        const { node: only, x, kernel, wanted } = drawn(new Draw(seed))
        const graph = graphOf({
          inputs: { x: [null, ...x.shape.slice(1)] },
          ...(kernel === null ? {} : { parameters: { kernel: kernel.shape } }),
          nodes: [only],
        })
        const program = new Program({
          graph,
          weights: kernel === null ? [] : weightOf('kernel', kernel),
        })
        const input = tf.tensor([...x.values], [...x.shape])
        const found = program.predict([input])
        const told = `${seed}: ${JSON.stringify([only.attributes, x.shape, kernel?.shape])}`
        expect(found[0]?.shape, told).toEqual(wanted.shape)
        expect(shapesOf(graph, new Map([['x', x.shape]])).get('y'), told).toEqual(wanted.shape)
        expect(
          distance(answersOf(found), [{ ...wanted, dtype: 'float32' }]),
          told,
        ).toBeLessThanOrEqual(TOLERANCE)
        tf.dispose([input, found])
        program.dispose()
      }
    })
  },
)
