import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout } from '../../core/tensor-spec'

/** Where the outputs of a kernel lie: PyTorch has them first, transposed convolutions second, Keras and Flax last. */
export type OutputAxis = 'first' | 'second' | 'last'

/** A kernel, and what stands beside it. */
export interface KernelFacts {
  /** Last part of the name of its layer. */
  readonly layer: string
  /** Of the kernel itself. */
  readonly name: string
  readonly shape: readonly number[]
  /** Length of the bias that goes with it, which is the number of outputs; null where there is none. */
  readonly bias: number | null
}

/** GPT-2 keeps its products as [in, out], in layers called so. */
const TURNED = /^c_(?:attn|fc|proj)$/
const TRANSPOSED = /transpose|deconv|up_?conv|conv_?t(?:$|[^a-z])/i

/** Tells the axis of outputs: by the length of the bias where that can only be one of them, else by names. */
export function outputAxisOf(kernel: KernelFacts): OutputAxis {
  const { bias, layer, name, shape } = kernel
  if (/kernel$/.test(name)) return 'last'
  const [first, second] = shape
  if (bias !== null && first !== second) {
    if (bias === first) return 'first'
    if (bias === second) return 'second'
  }
  return (shape.length > 2 ? TRANSPOSED : TURNED).test(layer) ? 'second' : 'first'
}

export function channelsAlong(axis: OutputAxis, shape: readonly number[]): ChannelLayout {
  const at = axis === 'first' ? 0 : axis === 'second' ? 1 : shape.length - 1
  return { count: shape[at] ?? 1, inner: elementCount(shape.slice(at + 1)) }
}
