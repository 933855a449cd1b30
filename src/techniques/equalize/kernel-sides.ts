import { elementCount } from '../../core/tensor-spec'
import type { GraphNode, NodeOf } from '../../graph/operators'

/** A node whose outputs are sums of what it reads times its kernel, the second input. */
export type KernelNode = NodeOf<'conv' | 'depthwiseConv' | 'matMul'>

/** How a flat index of a kernel tells which channel it reads, and which it gives. */
export interface KernelSides {
  readonly inputs: number
  readonly outputs: number
  readonly inputOf: (index: number) => number
  readonly outputOf: (index: number) => number
}

/** Whether each channel that the node gives, and each that it reads, has a place of its own in the kernel. */
export function isKernelNode(node: GraphNode, shape: readonly number[]): node is KernelNode {
  switch (node.op) {
    case 'conv':
      return node.attributes.groups === 1
    case 'depthwiseConv': {
      const { multiplier } = node.attributes.kernel
      return multiplier === null || shape[multiplier] === 1
    }
    case 'matMul':
      return shape.length === 2 && !node.attributes.transposeA
    default:
      return false
  }
}

export function sidesOf(node: KernelNode, shape: readonly number[]): KernelSides {
  const [input, output] = axesOf(node)
  return {
    inputs: shape[input] ?? 1,
    outputs: shape[output] ?? 1,
    inputOf: along(shape, input),
    outputOf: along(shape, output),
  }
}

function axesOf(node: KernelNode): readonly [input: number, output: number] {
  if (node.op === 'matMul') return node.attributes.transposeB ? [1, 0] : [0, 1]
  const { kernel } = node.attributes
  return 'channel' in kernel ? [kernel.channel, kernel.channel] : [kernel.input, kernel.output]
}

function along(shape: readonly number[], axis: number): (index: number) => number {
  const side = shape[axis] ?? 1
  const inner = elementCount(shape.slice(axis + 1))
  return (index) => Math.floor(index / inner) % side
}
