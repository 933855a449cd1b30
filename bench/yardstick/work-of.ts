import type { ModelGraph } from '../../src/graph/graph.ts'
import { nodeMacs } from '../../src/graph/macs-of.ts'
import type { GraphNode, OpName } from '../../src/graph/operators.ts'
import { shapesOf } from '../../src/graph/shapes-of.ts'
import type { Shape } from '../../src/graph/values.ts'
import type { Speeds } from './machine.ts'

/** What a forward pass cannot do without. */
export interface Work {
  /** Multiplications that are added to something, of the whole batch; normalisation is folded and counts nothing. */
  readonly multiplyAdds: number
  /** Read and written once each: weights, and what operators read and give that cannot be done within another. */
  readonly bytes: number
}

/** Those that read and write memory of their own; what lies between is done with the value at hand. */
const moving: ReadonlySet<OpName> = new Set([
  'conv',
  'depthwiseConv',
  'matMul',
  'pool',
  'reduce',
  'softmax',
])

export function workOf(graph: ModelGraph, batch: number): Work {
  const given = new Map(
    graph.inputs.map(({ value, shape }): [string, Shape] => [
      value,
      [batch, ...(shape ?? []).slice(1)],
    ]),
  )
  const shapes = shapesOf(graph, given)
  const macs = nodeMacs(graph, given)
  const floatsOf = (name: string | null): number =>
    (shapes.get(name ?? '') ?? [0]).reduce<number>((size, side) => size * (side ?? 1), 1)
  const ofOne = (node: GraphNode): number =>
    [...node.inputs, ...node.outputs].reduce((sum, name) => sum + floatsOf(name), 0)
  const moved = graph.nodes.filter(({ op }) => moving.has(op))
  return {
    multiplyAdds:
      batch *
      moved.reduce((sum, { id }) => {
        const of = macs.get(id)
        if (of == null) throw new Error(`the work of ${id} is not known`)
        return sum + of
      }, 0),
    bytes: 4 * moved.reduce((sum, node) => sum + ofOne(node), 0),
  }
}

/** Multiply-adds at the peak, then bytes at the speed of a copy, in ms. */
export function yardstickMs({ multiplyAdds, bytes }: Work, speeds: Speeds): number {
  return (2 * multiplyAdds) / speeds.fusedGigaflops / 1e6 + bytes / speeds.copyGigabytes / 1e6
}
