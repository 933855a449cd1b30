import type { NodeOf, OpName } from '../graph/operators'
import type { ChannelEffect, ChannelFacts, ChannelRule } from './channel-effect'
import { elementRules } from './element-rules'
import { kernelRules } from './kernel-rules'
import { movingRules } from './moving-rules'

/** Mixes channels, or nothing is known of it: what it reads keeps all of them. */
const keepsAll = (): null => null

const rules: { readonly [Op in OpName]: ChannelRule<Op> } = {
  ...kernelRules,
  ...elementRules,
  ...movingRules,
  dot: keepsAll,
  layerNormalization: keepsAll,
  stack: keepsAll,
  expand: keepsAll,
  depthToSpace: keepsAll,
  where: keepsAll,
  shape: keepsAll,
  argExtreme: keepsAll,
  fill: keepsAll,
  range: keepsAll,
  einsum: keepsAll,
  topK: keepsAll,
  cumulative: keepsAll,
  oneHot: keepsAll,
  gatherND: keepsAll,
  scatter: keepsAll,
  nonMaxSuppression: keepsAll,
  localResponseNormalization: keepsAll,
  recurrent: keepsAll,
  opaque: keepsAll,
}

/** @returns null where nothing is known of what the node does to channels */
export function effectOf<Op extends OpName>(
  node: NodeOf<Op>,
  facts: ChannelFacts,
): ChannelEffect | null {
  const rule: ChannelRule<Op> = rules[node.op]
  return rule(node, facts)
}
