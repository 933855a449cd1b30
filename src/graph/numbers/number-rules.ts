import type { GraphNode, NodeOf, OpName } from '../operators'
import type { ShapeFacts } from '../shapes/shape-rule'
import type { Sides } from '../sides/side'
import { computedNumbers } from './computed-numbers'
import { MOST_NUMBERS, allKnown } from './known-numbers'
import type { KnownNumbers } from './known-numbers'
import { movedNumbers } from './moved-numbers'
import type { NumberRule } from './number-rule'

/** What computes sizes. Of all other operators numbers are not followed. */
const numberRules: { readonly [Op in OpName]?: NumberRule<Op> } = {
  ...movedNumbers,
  ...computedNumbers,
}

/**
 * The elements of an output as far as they are known before a graph runs.
 * @returns null where none is, or where they are many
 */
export function knownNumbers(
  node: GraphNode,
  { inputs, numbers }: ShapeFacts,
  sides: Sides,
  place: number,
): KnownNumbers | null {
  const shape = allKnown(sides)
  const count = shape?.reduce((all, side) => all * side, 1)
  if (shape === null || count === undefined || count < 1 || count > MOST_NUMBERS) return null
  const found = ruleOf(node)?.(node, { inputs, numbers, shape, place }) ?? null
  return found?.values.length === count ? { ...found, shape } : null
}

function ruleOf<Op extends OpName>({ op }: NodeOf<Op>): NumberRule<Op> | undefined {
  return numberRules[op]
}
