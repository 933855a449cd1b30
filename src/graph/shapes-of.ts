import type { ModelGraph } from './graph'
import { infer } from './infer'
import type { Shape, ValueName } from './values'

/**
 * The shape of every value that has a known number of axes; null where a side is not fixed. What does not fit
 * together has none.
 * @param given shapes that are known from elsewhere: of inputs for one sample, or behind nodes that are opaque.
 * They count more than what is found; null: as it is found.
 */
export function shapesOf(
  graph: ModelGraph,
  given?: ReadonlyMap<ValueName, Shape>,
): ReadonlyMap<ValueName, Shape> {
  const shapes = new Map<ValueName, Shape>()
  for (const [name, sides] of infer(graph, given).sides)
    shapes.set(
      name,
      sides.map((side) => (typeof side === 'number' ? side : null)),
    )
  return shapes
}
