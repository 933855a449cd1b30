import type { ModelGraph } from '../../graph/graph'
import type { Shape, ValueName } from '../../graph/values'
import type { AttachedData } from '../samples/attached-data'

/**
 * The shapes of inputs that a file leaves open, as the first sample of the attached data has them. None where the file says
 * all sides, and where a node is opaque: what that gives is not computed from shapes.
 * @throws StudioError 'data/...', 'engine/cancelled'
 */
export async function sidesOfData(
  { inputs, nodes }: ModelGraph,
  data: AttachedData | null,
  signal: AbortSignal,
): Promise<ReadonlyMap<ValueName, Shape>> {
  const isOpen = inputs.some(({ shape }) => shape === null || shape.slice(1).includes(null))
  const name = data?.summary.splits.find(({ count }) => count > 0)?.name
  if (!isOpen || data === null || name === undefined || nodes.some(({ op }) => op === 'opaque'))
    return new Map()
  const split = await data.split(name, () => undefined, signal)
  const rows = await split.rows(Uint32Array.of(0), signal)
  return new Map(
    inputs.flatMap(({ shape, value }, at): [ValueName, Shape][] => {
      const sides = rows[at]?.sides
      return sides === undefined ? [] : [[value, [shape?.[0] ?? null, ...sides]]]
    }),
  )
}
