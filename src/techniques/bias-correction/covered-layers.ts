import type { LayerFacts } from '../technique'
import type { KernelWalk } from './patch-means'

/** Layers whose outputs, before their activation, are linear in their inputs, by class. */
export type CoveredClass =
  'Dense' | 'Conv1D' | 'Conv2D' | 'Conv3D' | 'DepthwiseConv2D' | 'SeparableConv2D'

/** Axes that a kernel has a width on. */
const axesOf: Readonly<Record<CoveredClass, number>> = {
  Dense: 0,
  Conv1D: 1,
  Conv2D: 2,
  Conv3D: 3,
  DepthwiseConv2D: 2,
  SeparableConv2D: 2,
}

export function coveredClass(className: string): CoveredClass | null {
  return Object.hasOwn(axesOf, className) ? (className as CoveredClass) : null
}

/** A separable convolution has a depthwise kernel and a pointwise one. */
export function kernelsOf(kind: CoveredClass): number {
  return kind === 'SeparableConv2D' ? 2 : 1
}

/**
 * How the kernel of a covered layer moves.
 * @param shape of the (depthwise) kernel
 * @returns null where channels come first, or where settings are none that is known
 */
export function kernelWalk(
  kind: CoveredClass,
  shape: readonly number[],
  { config }: Pick<LayerFacts, 'config'>,
): KernelWalk | null {
  if (config['data_format'] === 'channels_first') return null
  const axes = axesOf[kind]
  const strides = perAxis(config['strides'], axes)
  const dilations = perAxis(config['dilation_rate'], axes)
  const padding = config['padding'] ?? 'valid'
  if (strides === null || dilations === null) return null
  if (padding !== 'valid' && padding !== 'same' && padding !== 'causal') return null
  return { width: shape.slice(0, axes), strides, dilations, padding }
}

function perAxis(setting: unknown, axes: number): readonly number[] | null {
  const list: unknown[] = Array.isArray(setting) ? setting : Array<unknown>(axes).fill(setting ?? 1)
  const numbers = list.filter((item): item is number => Number.isInteger(item) && Number(item) > 0)
  return numbers.length === axes && list.length === axes ? numbers : null
}
