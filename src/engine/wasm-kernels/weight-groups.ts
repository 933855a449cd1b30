import type * as tf from '@tensorflow/tfjs'
import { forEachStretch, groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'

/** The ends of each group's range; zero lies within. */
export interface Ends {
  readonly low: Float32Array
  readonly high: Float32Array
}

const FLOAT = 4

/** Room in the backend's memory for some numbers of each group, which `floats` shows once all outputs are made. */
export class GroupRoom {
  readonly groups: number
  private readonly tensor: tf.TensorInfo

  constructor(
    private readonly host: KernelHost,
    layout: GroupLayout,
    weights: tf.TensorInfo,
    rows: number,
  ) {
    this.groups = groupCount(layout, elementCount(weights.shape))
    this.tensor = host.output([rows, this.groups])
  }

  /** Where the numbers of a row begin. */
  at(row: number): number {
    return this.host.address(this.tensor) + row * this.groups * FLOAT
  }

  /** Memory that grows detaches it. */
  row(row: number): Float32Array {
    return this.host.floats(this.tensor).subarray(row * this.groups, (row + 1) * this.groups)
  }

  release(): void {
    this.host.release(this.tensor)
  }
}

/** What a stretch of weights is to a kernel. */
export interface KernelStretch {
  /** Bytes from the first weight. */
  readonly from: number
  /** Bytes from the first group, of floats. */
  readonly group: number
  readonly turns: [rows: number, count: number, run: number]
}

/** Visits weights stretch after stretch; that of a single group is one run. */
export function forEachKernelStretch(
  layout: GroupLayout,
  weights: tf.TensorInfo,
  visit: (stretch: KernelStretch) => void,
): void {
  forEachStretch(layout, elementCount(weights.shape), ({ start, end, first, count, run }) => {
    visit({
      from: start * FLOAT,
      group: first * FLOAT,
      turns: [(end - start) / (count * run), count, run],
    })
  })
}
