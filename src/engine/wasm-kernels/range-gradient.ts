import * as tf from '@tensorflow/tfjs'
import type { GroupLayout } from '../../core/group-layout'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'
import { GroupRoom, forEachKernelStretch } from './weight-groups'
import type { Ends } from './weight-groups'

interface Inputs {
  readonly weights: tf.TensorInfo
  /** What codes restore of them. */
  readonly restored: tf.TensorInfo
  readonly dy: tf.TensorInfo
}

interface Ranged {
  readonly groups: GroupLayout
  readonly ends: Ends
}

/** Doubles are two floats long. */
const [LOW, HIGH, MOVED, TOP, BOTTOM, PARTS, ROWS] = [0, 1, 2, 4, 6, 8, 11] as const

/**
 * A kernel of our own: of each group the sum of (restored - w) dy over weights within the ends, and of dy over those on
 * the upper and on the lower end, [3, groups].
 */
export const rangeGradientSums = trainingKernel(
  'RangeGradientSums',
  (host: KernelHost, { weights, restored, dy }: Inputs, { groups, ends }: Ranged) => {
    const room = new GroupRoom(host, groups, weights, ROWS)
    const sums = host.output([3, room.groups])
    room.row(LOW).set(ends.low)
    room.row(HIGH).set(ends.high)
    for (const sums of [MOVED, TOP, BOTTOM]) {
      room.row(sums).fill(0)
      room.row(sums + 1).fill(0)
    }
    forEachKernelStretch(groups, weights, ({ from, group, turns }) => {
      host.module.rangeGradientSums(
        host.address(weights) + from,
        host.address(restored) + from,
        host.address(dy) + from,
        room.at(LOW) + group,
        room.at(HIGH) + group,
        room.at(MOVED) + 2 * group,
        room.at(TOP) + 2 * group,
        room.at(BOTTOM) + 2 * group,
        room.at(PARTS),
        ...turns,
      )
    })
    const { buffer } = host.floats(sums)
    host.floats(sums).set(doublesAt(buffer, room.at(MOVED), 3 * room.groups))
    room.release()
    return sums
  },
)

/** Wherever they begin: an array of doubles would have to begin at a multiple of eight. */
function doublesAt(buffer: ArrayBufferLike, at: number, count: number): Float32Array {
  const view = new DataView(buffer, at)
  const values = new Float32Array(count)
  for (let index = 0; index < count; index++) values[index] = view.getFloat64(8 * index, true)
  return values
}

/** The sums, [3, groups]; the caller disposes them. Needs the SIMD kernels. */
export function summedForRanges(
  inputs: { readonly weights: tf.Tensor; readonly restored: tf.Tensor; readonly dy: tf.Tensor },
  groups: GroupLayout,
  ends: Ends,
): tf.Tensor {
  const how = { groups, ends } as unknown as tf.NamedAttrMap
  return tf.engine().runKernel(rangeGradientSums.kernelName, { ...inputs }, how)
}
