import * as tf from '@tensorflow/tfjs'
import type { GroupLayout } from '../../core/group-layout'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'
import { GroupRoom, forEachKernelStretch } from './weight-groups'
import type { Ends } from './weight-groups'

interface Clipping {
  readonly groups: GroupLayout
  readonly ends: Ends
}

/** A kernel of our own: weights within the ends of their group. */
export const clipToEnds = trainingKernel(
  'ClipToEnds',
  (host: KernelHost, { x }: { readonly x: tf.TensorInfo }, { groups, ends }: Clipping) => {
    const clipped = host.output(x.shape)
    const room = new GroupRoom(host, groups, x, 2)
    room.row(0).set(ends.low)
    room.row(1).set(ends.high)
    forEachKernelStretch(groups, x, ({ from, group, turns }) => {
      const [source, target] = [host.address(x) + from, host.address(clipped) + from]
      host.module.clipToEnds(source, target, room.at(0) + group, room.at(1) + group, ...turns)
    })
    room.release()
    return clipped
  },
)

/** The weights within the ends of their group. Nothing flows back. Needs the SIMD kernels. */
export function clippedToEnds(x: tf.Tensor, groups: GroupLayout, ends: Ends): tf.Tensor {
  const how = { groups, ends } as unknown as tf.NamedAttrMap
  return tf.engine().runKernel(clipToEnds.kernelName, { x }, how)
}
