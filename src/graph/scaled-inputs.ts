import type { ModelGraph } from './graph'
import type { GraphNode, OpName } from './operators'
import type { ValueName } from './values'

/** Operators that hand on numbers as large as those that they read. */
const handsOn: ReadonlySet<OpName> = new Set<OpName>([
  ...(['identity', 'cast', 'noise', 'reshape', 'squeeze', 'unsqueeze'] as const),
  ...(['transpose', 'slice', 'split', 'pad', 'resize'] as const),
])

/** Bytes times this are small numbers; Rescaling(1 / 255) and the like are well below. */
const SMALL = 1 / 50

/**
 * For each input the layer that makes small numbers of it before anything else does something with it, such as
 * Rescaling(1 / 255): such a model wants bytes as they are.
 * @returns null where there is none
 */
export function scaledInputs({ constants, inputs, nodes }: ModelGraph): readonly (string | null)[] {
  const sizesOf = (value: ValueName | null | undefined): readonly number[] =>
    constants.get(value ?? '')?.values?.map((number) => Math.abs(number)) ?? []
  return inputs.map(({ value }) => {
    const asGiven = new Set<ValueName>([value])
    for (const node of nodes) {
      const [first, second] = node.inputs
      const isFirst = asGiven.has(first ?? '')
      if (!isFirst && !asGiven.has(second ?? '')) continue
      const sizes = sizesOf(isFirst ? second : first)
      if (scales(node, isFirst, sizes)) return node.layer
      if (handsOn.has(node.op) || shifts(node, sizes))
        for (const output of node.outputs) asGiven.add(output)
    }
    return null
  })
}

/** @param sizes of the constants that it reads beside what is given */
function scales(node: GraphNode, isFirst: boolean, sizes: readonly number[]): boolean {
  if (node.op === 'unary' && node.attributes.function === 'Affine')
    return Math.abs(node.attributes.scale) <= SMALL
  if (node.op !== 'combine' || sizes.length === 0) return false
  switch (node.attributes.function) {
    case 'Mul':
      return Math.max(...sizes) <= SMALL
    case 'Div':
    case 'DivNoNan':
      return isFirst && Math.min(...sizes) >= 1 / SMALL
    default:
      return false
  }
}

/** Takes a mean off before it scales. */
function shifts(node: GraphNode, sizes: readonly number[]): boolean {
  if (node.op !== 'combine' || sizes.length === 0) return false
  return node.attributes.function === 'Sub' || node.attributes.function === 'Add'
}
