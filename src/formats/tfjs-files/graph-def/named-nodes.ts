import type { FileNames } from './file-names'
import type { Wire, WrittenNode } from './graph-writer'

/** What multiplies with weights or looks them up, and is what a layer is known by. */
const weighing: ReadonlySet<string> = new Set([
  ...['Conv2D', '_FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative', 'Conv3D'],
  ...['Conv2DBackpropInput', 'MatMul', '_FusedMatMul', 'BatchMatMulV2', 'GatherV2'],
  ...['FusedBatchNormV3'],
])

/** Hands a weight on, at most in another shape or order. */
const passing: ReadonlySet<string> = new Set(['Reshape', 'Transpose', 'Slice', 'Squeeze'])

/**
 * Gives every node a name. That of a layer goes to the node that reads its kernel, or to its last: layers are found
 * again under their names.
 */
export function namedNodes(
  nodes: readonly WrittenNode[],
  names: FileNames,
): ReadonlyMap<WrittenNode, string> {
  const named = new Map<WrittenNode, string>()
  for (const node of nodes) if (node.name !== null) named.set(node, node.name)
  const layers = new Map<string, WrittenNode[]>()
  for (const node of nodes) {
    if (node.name !== null || node.op === 'Const') continue
    const own = layers.get(node.layer)
    if (own === undefined) layers.set(node.layer, [node])
    else own.push(node)
  }
  for (const [layer, own] of layers) {
    const main =
      own.find((node) => weighing.has(node.op) && node.inputs.some(isWeight)) ?? own.at(-1)
    if (main !== undefined && layer !== '') named.set(main, names.next(layer))
  }
  for (const node of nodes)
    if (!named.has(node))
      named.set(node, names.next(node.op === 'Const' ? 'constants/0' : `${node.layer}/${node.op}`))
  return named
}

/** Constants without a name are axes, sides and single numbers. */
function isWeight({ node }: Wire): boolean {
  if (node.op === 'Const') return node.name !== null
  const [first] = node.inputs
  return passing.has(node.op) && first !== undefined && isWeight(first)
}
