import type { GraphNode, NodeOf, OpName } from '../operators'
import type { ValueName } from '../values'

/** A node on values whose axes lie in another order. */
export interface TurnedNode {
  readonly node: GraphNode
  /** Inputs that have to lie so; all others are read as they are. */
  readonly turned: readonly ValueName[]
  /** What it gives lies as the graph has it. */
  readonly isBack: boolean
}

type RankOf = (name: ValueName) => number | null

/** null: it needs the order that the graph has. */
type Turn<Op extends OpName> = (
  node: NodeOf<Op>,
  perm: readonly number[],
  rankOf: RankOf,
) => TurnedNode | null

function namesOf({ inputs }: GraphNode): ValueName[] {
  return inputs.filter((name) => name !== null)
}

/** Where an axis lies. */
function placeOf(axis: number, perm: readonly number[]): number {
  return perm.indexOf(axis < 0 ? axis + perm.length : axis)
}

function along(node: GraphNode): TurnedNode {
  return { node, turned: namesOf(node), isBack: false }
}

/** Values of one number fit everywhere, others once they have as many axes. */
function stretched(node: GraphNode, perm: readonly number[], rankOf: RankOf): TurnedNode | null {
  const turned = namesOf(node).filter((name) => rankOf(name) !== 0)
  const isKnown = turned.every((name) => (rankOf(name) ?? Infinity) <= perm.length)
  return isKnown ? { node, turned, isBack: false } : null
}

const turns: { readonly [Op in OpName]?: Turn<Op> } = {
  unary: along,
  identity: along,
  cast: along,
  combine: stretched,
  where: stretched,
  prelu: stretched,
  noise: (node, perm) => {
    const shared = node.attributes.shared.map((axis) => placeOf(axis, perm))
    return along({ ...node, attributes: { ...node.attributes, shared } })
  },
  batchNormalization: (node, perm) => {
    const axis = placeOf(node.attributes.axis, perm)
    const turned = { ...node, attributes: { ...node.attributes, axis } }
    return { node: turned, turned: namesOf(node).slice(0, 1), isBack: false }
  },
  localResponseNormalization: (node, perm) =>
    along({
      ...node,
      attributes: { ...node.attributes, axis: placeOf(node.attributes.axis, perm) },
    }),
  softmax: (node, perm) =>
    along({
      ...node,
      attributes: { ...node.attributes, axis: placeOf(node.attributes.axis, perm) },
    }),
  concat: (node, perm) =>
    along({ ...node, attributes: { axis: placeOf(node.attributes.axis, perm) } }),
  split: (node, perm) =>
    node.attributes.squeeze
      ? null
      : along({
          ...node,
          attributes: { ...node.attributes, axis: placeOf(node.attributes.axis, perm) },
        }),
  pad: (node, perm) => {
    const ordered = (list: readonly number[]): number[] => perm.map((axis) => list[axis] ?? 0)
    const { begin, end } = node.attributes
    return along({
      ...node,
      attributes: { ...node.attributes, begin: ordered(begin), end: ordered(end) },
    })
  },
  slice: (node, perm) => {
    if (node.attributes.squeezed.length > 0) return null
    const axes = node.attributes.axes.map((axis) => placeOf(axis, perm))
    return along({ ...node, attributes: { ...node.attributes, axes } })
  },
  reduce: (node, perm) => {
    const { axes, keepDims } = node.attributes
    if (axes === null) return { ...along(node), isBack: true }
    const places = axes.map((axis) => placeOf(axis, perm))
    const turned = { ...node, attributes: { ...node.attributes, axes: places } }
    if (keepDims) return along(turned)
    // What is left may stand in its old order: a mean over all places does.
    const left = perm.filter((_, place) => !places.includes(place))
    const isBack = left.every((axis, at) => axis > (left[at - 1] ?? -1))
    return isBack ? { ...along(turned), isBack } : null
  },
}

/** @param perm in which the axes of its first input lie */
export function turnedAlong<Op extends OpName>(
  node: NodeOf<Op>,
  perm: readonly number[],
  rankOf: RankOf,
): TurnedNode | null {
  const turn: Turn<Op> | undefined = turns[node.op]
  return turn?.(node, perm, rankOf) ?? null
}
