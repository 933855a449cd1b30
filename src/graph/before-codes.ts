import type { Combining, GraphNode } from './operators'
import type { Constant, ValueName } from './values'

/** What is needed of a graph to look behind a value. */
interface Behind {
  readonly makers: ReadonlyMap<ValueName, GraphNode>
  readonly constants: ReadonlyMap<ValueName, Constant>
}

/**
 * What a value was before it was rounded to codes, which were made real numbers again: behind it stands
 * `(clip(round(x / scale) + zero point) - zero point) * scale`. null: something else makes it.
 */
export function beforeCodes(node: GraphNode | undefined, behind: Behind): ValueName | null {
  const { makers } = behind
  const maker = (from: GraphNode | undefined): GraphNode | undefined =>
    makers.get(from?.inputs[0] ?? '')
  const past = (from: GraphNode | undefined, op: Combining): GraphNode | undefined =>
    isCombine(from, op) ? maker(from) : from
  if (!isCombine(node, 'Mul')) return null
  let codes = past(maker(node), 'Sub')
  if (codes?.op === 'cast' && codes.attributes.to === 'float32') codes = maker(codes)
  if (codes?.op !== 'unary' || codes.attributes.function !== 'Clip') return null
  const rounded = past(maker(codes), 'Add')
  if (rounded?.op !== 'unary' || rounded.attributes.function !== 'Rounded') return null
  const divided = maker(rounded)
  if (!isCombine(divided, 'Div')) return null
  const [scale, own] = [divided, node].map(({ inputs: [, step] }) => numberOf(step, behind))
  return scale !== null && scale === own ? (divided.inputs[0] ?? null) : null
}

function isCombine(
  node: GraphNode | undefined,
  op: Combining,
): node is Extract<GraphNode, { op: 'combine' }> {
  return node?.op === 'combine' && node.attributes.function === op
}

/** A constant that is one number. */
function numberOf(name: ValueName | null | undefined, { constants }: Behind): number | null {
  const values = constants.get(name ?? '')?.values
  return values?.length === 1 ? (values[0] ?? null) : null
}
