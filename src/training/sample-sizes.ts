import type { ModelGraph } from '../graph/graph'
import { infer } from '../graph/infer'
import { shapesBehindOpaque } from '../graph/opaque-layers'
import { perSample } from '../graph/sides/per-sample'
import { product } from '../graph/sides/side'
import type { Side, Sides } from '../graph/sides/side'
import type { Shape, ValueName } from '../graph/values'

/** How much of the values of a graph belongs to one sample. */
export interface SampleSizes {
  /** Numbers of what it is given and of what its nodes give. */
  readonly of: ReadonlyMap<ValueName, number>
  readonly sides: ReadonlyMap<ValueName, Sides>
  /** So many of a whole batch, for one sample; 0: the same for any batch, or not known. */
  readonly ofSample: (numbers: Side) => number
}

/**
 * What is not known is taken to be as large as the largest of what its node reads.
 * @param sample sides of each input for one sample, where the graph leaves them open
 * @param known shapes of what layers say, by their names, where no operator says them
 */
export function sampleSizes(
  graph: ModelGraph,
  sample: readonly (readonly number[])[],
  known: ReadonlyMap<string, Shape>,
): SampleSizes {
  const given = new Map(shapesBehindOpaque(graph, known))
  graph.inputs.forEach(({ value, shape }, at) => {
    const [batch = null, ...own] = shape ?? [null, ...(sample[at] ?? [])]
    given.set(value, [batch, ...own.map((side, axis) => side ?? sample[at]?.[axis] ?? null)])
  })
  return sizesIn(graph, given)
}

function sizesIn(graph: ModelGraph, given: ReadonlyMap<ValueName, Shape>): SampleSizes {
  const { sides } = infer(graph, given)
  const first = sides.get(graph.inputs[0]?.value ?? '')?.[0]
  const samples = typeof first === 'number' ? first : null
  const countOf = (numbers: Side): number | null =>
    typeof numbers === 'number' && samples === null ? 0 : perSample(numbers, samples ?? 1)
  const sizes = new Map<ValueName, number>()
  const sizeOf = (value: ValueName): number | null => countOf(product(sides.get(value)))
  for (const { value } of graph.inputs) sizes.set(value, sizeOf(value) ?? 0)
  for (const { inputs, outputs } of graph.nodes) {
    const largest = Math.max(0, ...inputs.map((value) => sizes.get(value ?? '') ?? 0))
    for (const value of outputs) sizes.set(value, sizeOf(value) ?? largest)
  }
  return { of: sizes, sides, ofSample: (numbers) => countOf(numbers) ?? 0 }
}
