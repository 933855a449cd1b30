import type { ModelGraph } from './graph'
import type { OpName } from './operators'
import type { ValueName } from './values'

/** Operators that hand on what they read, whole numbers as whole numbers, and perhaps not all of them. */
const handsOn: ReadonlySet<OpName> = new Set<OpName>([
  ...(['identity', 'cast', 'noise', 'reshape', 'squeeze', 'unsqueeze'] as const),
  ...(['transpose', 'slice', 'split', 'tile'] as const),
])

/**
 * How many tokens a model knows, for each of its inputs: the rows of the smallest table from which rows are taken by
 * the numbers of that input.
 * @returns null where there is none
 */
export function tokensKnown({ inputs, nodes, parameters }: ModelGraph): readonly (number | null)[] {
  const origins = new Map<ValueName, ValueName>()
  const originOf = (value: ValueName | null | undefined): ValueName =>
    origins.get(value ?? '') ?? value ?? ''
  const sizes = new Map<ValueName, number>()
  for (const node of nodes) {
    const [first, second] = node.inputs
    if (handsOn.has(node.op)) for (const value of node.outputs) origins.set(value, originOf(first))
    if (node.op !== 'gather' || node.attributes.axis !== 0) continue
    const [rows = 0, ...columns] = parameters.get(originOf(first))?.shape ?? []
    const from = originOf(second)
    if (columns.length === 1 && rows > 0)
      sizes.set(from, Math.min(rows, sizes.get(from) ?? Infinity))
  }
  return inputs.map(({ value }) => sizes.get(value) ?? null)
}
