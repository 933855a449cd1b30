import type * as tf from '@tensorflow/tfjs'
import { groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { elementCount } from '../../core/tensor-spec'
import type { DeviceBackend } from './device-backend'
import { elementwise, groupSums } from './device-shaders'

export interface DeviceRange {
  /** Whether every group's range is the same on both sides of zero. */
  readonly isEven: boolean
  readonly levels: number
  readonly groups: GroupLayout
}

/** Ends of each group, and what is done between them. */
export interface RangedOnDevice {
  readonly x: tf.TensorInfo
  /** One number for each group, in any shape. */
  readonly low: tf.TensorInfo
  readonly high: tf.TensorInfo
}

/** WGSL: the group `g` of the weight at `i`. */
const groupOfWeight = `
  let row = i / (uniforms.side * uniforms.inner);
  let bands = (uniforms.axis + uniforms.block - 1) / uniforms.block;
  let band = (row / uniforms.axis) * bands + (row % uniforms.axis) / uniforms.block;
  let g = band * uniforms.side + (i / uniforms.inner) % uniforms.side;`

function numbersOf({ count, inner, block, axis }: GroupLayout) {
  return { side: count, inner, block, axis }
}

/** [2, groups]: the smallest and the largest weight within the ends, zero included. */
export function extremesOnDevice(
  backend: DeviceBackend,
  { x, low, high }: RangedOnDevice,
  { groups }: Pick<DeviceRange, 'groups'>,
): tf.TensorInfo {
  return groupSums(backend, 'extremes', {
    ...{ groups, x, inputs: { x, low, high }, results: 2 },
    start: 'vec3<f32>(0.0)',
    body: `
      let w = min(high[g], max(low[g], x[i]));
      total = vec3<f32>(min(total.x, w), max(total.y, w), 0.0);`,
    join: 'vec3<f32>(min(a.x, b.x), max(a.y, b.y), 0.0)',
  })
}

/** What affine codes restore of weights within ends that were chosen for the extremes. */
export function restoredOnDevice(
  backend: DeviceBackend,
  { x, low, high }: RangedOnDevice,
  extremes: tf.TensorInfo,
  { groups, isEven, levels }: DeviceRange,
): tf.TensorInfo {
  const of = { x, low, high, extremes }
  const numbers = { ...numbersOf(groups), groups: groupsOf(x, groups), levels }
  const even = `
    let half = f32(uniforms.levels / 2);
    let width = max(most, -least) / (half - 1.0);
    let scale = select(1.0, width, width > 0.0);
    let zero = half;
    let first = 1.0;`
  const uneven = `
    let width = (most - least) / (f32(uniforms.levels) - 1.0);
    let scale = select(1.0, width, width > 0.0);
    let zero = min(f32(uniforms.levels) - 1.0, floor(-least / scale + 0.5));
    let first = 0.0;`
  return elementwise(backend, isEven ? 'restoreEven' : 'restoreUneven', {
    ...{ shape: x.shape, inputs: of, numbers },
    body: `
      ${groupOfWeight}
      let least = extremes[g];
      let most = extremes[uniforms.groups + g];
      ${isEven ? even : uneven}
      let w = min(high[g], max(low[g], x[i]));
      let code = clamp(floor(w / scale + (zero + 0.5)), first, f32(uniforms.levels) - 1.0);
      result[i] = (code - zero) * scale;`,
  })
}

/** [3, groups]: sums of (restored - w) dy within the ends, of dy on the upper and of dy on the lower end. */
export function rangeSumsOnDevice(
  backend: DeviceBackend,
  { x, low, high, restored, dy }: RangedOnDevice & Record<'restored' | 'dy', tf.TensorInfo>,
  { groups }: Pick<DeviceRange, 'groups'>,
): tf.TensorInfo {
  return groupSums(backend, 'rangeSums', {
    ...{ groups, x, inputs: { x, low, high, restored, dy }, results: 3 },
    start: 'vec3<f32>(0.0)',
    body: `
      if (x[i] >= high[g]) { total.y += dy[i]; }
      else if (x[i] <= low[g]) { total.z += dy[i]; }
      else { total.x += (restored[i] - x[i]) * dy[i]; }`,
    join: 'a + b',
  })
}

/** Weights within the ends of their group. */
export function clippedOnDevice(
  backend: DeviceBackend,
  { x, low, high }: RangedOnDevice,
  { groups }: Pick<DeviceRange, 'groups'>,
): tf.TensorInfo {
  return elementwise(backend, 'clipToEnds', {
    ...{ shape: x.shape, inputs: { x, low, high }, numbers: numbersOf(groups) },
    body: `${groupOfWeight} result[i] = min(high[g], max(low[g], x[i]));`,
  })
}

function groupsOf(x: tf.TensorInfo, layout: GroupLayout): number {
  return groupCount(layout, elementCount(x.shape))
}

/** The gradient of the loss with respect to the logarithm of one end, of each group; see `rangeGradient`. */
export function endGradientOnDevice(
  backend: DeviceBackend,
  end: 'low' | 'high' | 'even',
  { low, high, sums }: Record<'low' | 'high' | 'sums', tf.TensorInfo>,
  scale: number,
): tf.TensorInfo {
  const groups = elementCount(high.shape)
  const formulas = {
    even: '(moved + (top - bottom) * high[i])',
    high: '(moved * high[i] / (high[i] - low[i]) + top * high[i])',
    low: '(-moved * low[i] / (high[i] - low[i]) + bottom * low[i])',
  }
  return elementwise(backend, `endGradient:${end}`, {
    ...{ shape: high.shape, numbers: { groups, scale } },
    inputs: end === 'even' ? { sums, high } : { sums, low, high },
    body: `
      let moved = sums[i];
      let top = sums[uniforms.groups + i];
      let bottom = sums[2 * uniforms.groups + i];
      result[i] = uniforms.scale * ${formulas[end]};`,
  })
}
