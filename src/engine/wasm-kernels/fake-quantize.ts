import * as tf from '@tensorflow/tfjs'
import type { GroupLayout } from '../../core/group-layout'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'
import { GroupRoom, forEachKernelStretch } from './weight-groups'
import type { Ends } from './weight-groups'

/** How weights become codes, and these weights again: (code - zeroPoint) * scale. */
export interface GroupCodes {
  readonly scale: ArrayLike<number>
  readonly zeroPoint: ArrayLike<number>
  /** nearest: floor(w / scale + zeroPoint + 1/2). below: floor(w / scale) + half the codes. */
  readonly rounding: 'nearest' | 'below'
  readonly first: number
  readonly last: number
}

export interface FakeQuantizing {
  readonly groups: GroupLayout
  /** What weights are clipped to first; null: nothing. */
  readonly ends: Ends | null
  /**
   * Chooses codes.
   * @param ranges from the smallest weight to the largest, zero included; NaN or infinite where a weight is
   * @param weights as they lie in the backend's memory, not clipped; to be read before anything is made there
   */
  readonly codesFor: (ranges: Ends, weights: Float32Array) => GroupCodes
}

const [LOW, HIGH, SCALE, INVERSE, ZERO] = [0, 1, 2, 3, 4] as const

/** A kernel of our own: weights as their codes restore them, bit for bit what `encode` and `decode` make of them. */
export const fakeQuantize = trainingKernel(
  'FakeQuantize',
  (host: KernelHost, { x }: { readonly x: tf.TensorInfo }, how: FakeQuantizing) => {
    const { groups, ends, codesFor } = how
    const restored = host.output(x.shape)
    const room = new GroupRoom(host, groups, x, 5)
    try {
      const [low, high] = [room.row(LOW).fill(0), room.row(HIGH).fill(0)]
      forEachKernelStretch(groups, x, ({ from, group, turns }) => {
        const at = host.address(x) + from
        host.module.groupRanges(at, room.at(LOW) + group, room.at(HIGH) + group, ...turns)
      })
      if (ends !== null) {
        clipEnds(low, ends)
        clipEnds(high, ends)
      }
      const codes = codesFor({ low: low.slice(), high: high.slice() }, host.floats(x))
      low.set(ends?.low ?? low.fill(-Infinity))
      high.set(ends?.high ?? high.fill(Infinity))
      room.row(SCALE).set(codes.scale)
      const inverse = room.row(INVERSE)
      for (let group = 0; group < inverse.length; group++)
        inverse[group] = 1 / (codes.scale[group] ?? 1)
      room.row(ZERO).set(codes.zeroPoint)
      const { first, last, rounding } = codes
      const isNearest = rounding === 'nearest'
      const [turned, before, behind] = isNearest
        ? ([1, 0.5, 0] as const)
        : ([0, 0, (last + 1) / 2] as const)
      forEachKernelStretch(groups, x, ({ from, group, turns }) => {
        host.module.restoreCodes(
          host.address(x) + from,
          host.address(restored) + from,
          room.at(SCALE) + group,
          room.at(INVERSE) + group,
          room.at(ZERO) + group,
          room.at(LOW) + group,
          room.at(HIGH) + group,
          ...turns,
          turned,
          before,
          behind,
          first,
          last,
        )
      })
    } catch (error) {
      host.release(restored)
      throw error
    } finally {
      room.release()
    }
    return restored
  },
)

/** Extremes of clipped weights are the extremes, clipped. */
function clipEnds(extremes: Float32Array, { low, high }: Ends): void {
  for (let group = 0; group < extremes.length; group++) {
    const extreme = extremes[group] ?? 0
    if (extreme > (high[group] ?? 0)) extremes[group] = high[group] ?? 0
    else if (extreme < (low[group] ?? 0)) extremes[group] = low[group] ?? 0
  }
}

/** The weights as codes restore them. No gradient of its own. Needs the SIMD kernels. */
export function fakelyQuantized(x: tf.Tensor, how: FakeQuantizing): tf.Tensor {
  return tf.engine().runKernel(fakeQuantize.kernelName, { x }, how as unknown as tf.NamedAttrMap)
}
