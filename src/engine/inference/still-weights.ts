import type { GraphNode } from '../../graph/operators'
import type { ValueName } from '../../graph/values'

/** Numbers that no batch changes. */
export interface StillValue {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/** Nodes that make other weights of weights, and only move them. */
export function isStillNode({ op }: GraphNode): boolean {
  return op === 'transpose' || op === 'reshape' || op === 'squeeze' || op === 'unsqueeze'
}

/** @param shape of what the node gives */
export function stillValueOf(node: GraphNode, x: StillValue, shape: readonly number[]): StillValue {
  if (node.op !== 'transpose') return { shape, values: x.values }
  return { shape, values: turned(x, node.attributes.perm) }
}

/** The weights that a value is made of, itself where it is one. */
export function sourceOf(name: ValueName, nodes: readonly GraphNode[]): ValueName {
  const maker = nodes.find(({ outputs }) => outputs.includes(name))
  const [from = null] = maker?.inputs ?? []
  return from === null ? name : sourceOf(from, nodes)
}

function turned({ shape, values }: StillValue, perm: readonly number[]): Float32Array {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, side) => size * side, 1))
  const sides = perm.map((axis) => shape[axis] ?? 1)
  const strides = perm.map((axis) => steps[axis] ?? 1)
  const result = new Float32Array(values.length)
  const at = sides.map(() => 0)
  let from = 0
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from] ?? 0
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1
      from += strides[axis] ?? 0
      if ((at[axis] ?? 0) < (sides[axis] ?? 1)) break
      from -= (strides[axis] ?? 0) * (sides[axis] ?? 1)
      at[axis] = 0
    }
  }
  return result
}
