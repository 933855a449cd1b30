import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random'
import type { Random } from '../../src/core/random'
import type { GraphNode } from '../../src/graph/operators'
import { shapesOf } from '../../src/graph/shapes-of'
import type { Shape } from '../../src/graph/values'
import { graphOf } from './small-graphs'

/** Of each kind of node, so many random settings. */
const ROUNDS = 60

/** A node on its own, and the same by stock TensorFlow.js. */
export interface ShapeCase {
  /** Sides of its inputs by name, the batch first. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly node: GraphNode
  /** @param values of the inputs, in their order */
  readonly stock: (values: readonly tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[]
  /** Inputs of which the values count: lists of whole numbers by name. */
  readonly numbers?: Readonly<Record<string, readonly number[]>>
}

/** Small random numbers. */
export class ShapeDraw {
  constructor(private readonly random: Random) {}

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1)
  }

  /** True once in so many times. */
  once(of = 2): boolean {
    return this.random.below(of) === 0
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)] as Item
  }

  list(length: number, least: number, most: number): number[] {
    return Array.from({ length }, () => this.between(least, most))
  }

  /** Of a value with so many axes. */
  sides(least: number, most: number): number[] {
    return this.list(this.between(least, most), 1, 5)
  }
}

export function valueAt(values: readonly tf.Tensor[], place = 0): tf.Tensor {
  return values[place] as tf.Tensor
}

/** Each kind of node gives the sides that stock gives; with an open first side, those that are still known are the same. */
export function testAgainstStock(
  kinds: Readonly<Record<string, (draw: ShapeDraw) => ShapeCase>>,
): void {
  // Other tests of this process choose other backends, which lack operators.
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  test.each(Object.entries(kinds))('%s gives the sides that stock gives', (name, make) => {
    const draw = new ShapeDraw(createRandom(name.length * 1000 + name.charCodeAt(0)))
    for (let round = 0; round < ROUNDS; round++) {
      const drawn = make(draw)
      const told = JSON.stringify([drawn.inputs, drawn.numbers, drawn.node.attributes])
      const stock = stockShapes(drawn)
      expect(
        shapesFound(drawn, (side) => side),
        told,
      ).toEqual(stock)
      const open = shapesFound(drawn, (side, axis) => (axis === 0 ? null : side))
      for (const [at, shape] of open.entries())
        if (shape !== undefined)
          expect(
            stock[at]?.map((side, axis) => (shape[axis] === null ? null : side)),
            told,
          ).toEqual(shape)
    }
  })
}

function shapesFound(
  { inputs, numbers = {}, node }: ShapeCase,
  side: (side: number, axis: number) => number | null,
): readonly (Shape | undefined)[] {
  const shapes = Object.entries(inputs).map(([name, sides]) => [name, sides.map(side)] as const)
  const graph = graphOf({ inputs: Object.fromEntries(shapes), constants: numbers, nodes: [node] })
  const found = shapesOf(graph)
  return node.outputs.map((name) => found.get(name))
}

function stockShapes({ inputs, stock }: ShapeCase): readonly Shape[] {
  return tf.tidy(() => {
    const given = stock(Object.values(inputs).map((sides) => tf.zeros([...sides])))
    const values: readonly tf.Tensor[] = given instanceof tf.Tensor ? [given] : given
    return values.map(({ shape }) => shape)
  })
}
