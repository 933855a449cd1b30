import type { ModelGraph } from '../../src/graph/graph.ts'
import { shapesOf } from '../../src/graph/shapes-of.ts'

/** Sides of one sample, and how many classes a network tells apart. */
export function lengthsOf(graph: ModelGraph): {
  readonly sides: number[]
  readonly classes: number
} {
  const sides = graph.inputs[0]?.shape?.slice(1).map((side) => side ?? 1) ?? []
  const classes =
    shapesOf(graph)
      .get(graph.outputs[0] ?? '')
      ?.at(-1) ?? 1
  return { sides, classes }
}
