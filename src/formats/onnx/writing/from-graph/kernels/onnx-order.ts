import type { GraphNode } from '../../../../../graph/operators'

/** How ONNX reads a kernel, and the node once it lies so. */
export interface OnnxOrder {
  readonly perm: readonly number[]
  readonly node: GraphNode
}

function after(count: number, first: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at)
}

/**
 * The order of axes in which ONNX reads the kernel of a node: filters first.
 * @returns null where no order does: it is no such node, or its axes are put together besides
 */
export function onnxOrder(node: GraphNode): OnnxOrder | null {
  switch (node.op) {
    case 'conv': {
      const { input, output, spatial } = node.attributes.kernel
      const kernel = { output: 0, input: 1, spatial: after(spatial.length, 2) }
      return {
        perm: [output, input, ...spatial],
        node: { ...node, attributes: { ...node.attributes, kernel } },
      }
    }
    case 'depthwiseConv': {
      const { channel, multiplier, spatial } = node.attributes.kernel
      if (multiplier === null) return null
      const kernel = { channel: 0, multiplier: 1, spatial: after(spatial.length, 2) }
      return {
        perm: [channel, multiplier, ...spatial],
        node: { ...node, attributes: { ...node.attributes, kernel } },
      }
    }
    case 'transposedConv': {
      const { input, output, spatial } = node.attributes.kernel
      const kernel = { input: 0, output: 1, spatial: after(spatial.length, 2) }
      return {
        perm: [input, output, ...spatial],
        node: { ...node, attributes: { ...node.attributes, kernel } },
      }
    }
    case 'matMul': {
      const { attributes } = node
      return attributes.transposeB
        ? { perm: [1, 0], node: { ...node, attributes: { ...attributes, transposeB: false } } }
        : { perm: [0, 1], node }
    }
    default:
      return null
  }
}
