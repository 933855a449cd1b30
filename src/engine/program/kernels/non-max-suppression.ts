import * as tf from '@tensorflow/tfjs'
import { given, numbersOf } from './kernel'
import type { Call, Kernel } from './kernel'

/** Boxes by their sides, the smaller numbers first: many are compared with many. */
interface Boxes {
  readonly left: Float64Array
  readonly top: Float64Array
  readonly right: Float64Array
  readonly bottom: Float64Array
  readonly area: Float64Array
}

function boxesIn(numbers: Float32Array, count: number, isCentered: boolean): Boxes {
  const list = (): Float64Array => new Float64Array(count)
  const boxes: Boxes = { left: list(), top: list(), right: list(), bottom: list(), area: list() }
  for (let at = 0; at < count; at++) {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.subarray(4 * at, 4 * at + 4)
    const [left, right] = isCentered ? [a - c / 2, a + c / 2] : b < d ? [b, d] : [d, b]
    const [top, bottom] = isCentered ? [b - d / 2, b + d / 2] : a < c ? [a, c] : [c, a]
    boxes.left[at] = left
    boxes.right[at] = right
    boxes.top[at] = top
    boxes.bottom[at] = bottom
    boxes.area[at] = Math.max(0, right - left) * Math.max(0, bottom - top)
  }
  return boxes
}

/** Places that are remembered of one sample: 64 MB. */
const MOST_REMEMBERED = 2 ** 24

/** Which boxes share more than so much of what both cover; found for a box once, whatever classes take it. */
class Covered {
  private readonly known: (Int32Array | undefined)[] = []
  private remembered = 0

  constructor(
    private readonly boxes: Boxes,
    private readonly limit: number,
  ) {}

  by(at: number): Int32Array {
    const known = this.known[at]
    if (known !== undefined) return known
    const found = this.found(at)
    this.remembered += found.length
    if (this.remembered <= MOST_REMEMBERED) this.known[at] = found
    return found
  }

  private found(at: number): Int32Array {
    const { area, bottom, left, right, top } = this.boxes
    const found = new Int32Array(area.length)
    let count = 0
    const [l = 0, t = 0, r = 0, b = 0, own = 0] = [
      left[at],
      top[at],
      right[at],
      bottom[at],
      area[at],
    ]
    for (let other = 0; other < area.length; other++) {
      const wide = Math.min(r, right[other] ?? 0) - Math.max(l, left[other] ?? 0)
      const high = Math.min(b, bottom[other] ?? 0) - Math.max(t, top[other] ?? 0)
      const both = Math.max(0, wide) * Math.max(0, high)
      const share = both === 0 ? 0 : Math.fround(both / (own + (area[other] ?? 0) - both))
      if (share > this.limit) found[count++] = other
    }
    return found.slice(0, count)
  }
}

function oneNumber(call: Call<'nonMaxSuppression'>, place: number, other: number): number {
  return (call.inputs[place] ?? null) === null ? other : (numbersOf(call, place)[0] ?? other)
}

/** How many there are is known when they are chosen, so numbers are read here; their kernels in TensorFlow.js read them too. */
export const nonMaxSuppression: Kernel<'nonMaxSuppression'> = (call) => {
  const [boxes, scores] = [given(call, 0), given(call, 1)]
  const [most, limit, least] = [
    oneNumber(call, 2, 0),
    oneNumber(call, 3, 0),
    oneNumber(call, 4, -Infinity),
  ]
  const [, count = 0] = boxes.shape
  const [batch = 0, classes = 0] = scores.shape
  const [corners, chances] = [boxes.dataSync<'float32'>(), scores.dataSync<'float32'>()]
  const chosen: number[] = []
  for (let sample = 0; sample < batch; sample++) {
    const first = 4 * sample * count
    const own = boxesIn(
      corners.subarray(first, first + 4 * count),
      count,
      call.node.attributes.centered,
    )
    const covered = new Covered(own, limit)
    for (let kind = 0; kind < classes; kind++) {
      const begin = (sample * classes + kind) * count
      const scored = chances.subarray(begin, begin + count)
      for (const at of chosenOf(covered, scored, { most, least })) chosen.push(sample, kind, at)
    }
  }
  return tf.tensor2d(chosen, [chosen.length / 3, 3], 'int32')
}

interface Limits {
  readonly most: number
  readonly least: number
}

/** Of boxes with equal scores the first comes first. */
function chosenOf(
  covered: Covered,
  scores: Float32Array,
  { least, most }: Limits,
): readonly number[] {
  const order = Array.from(scores, (_, at) => at)
    .filter((at) => least === -Infinity || (scores[at] ?? -Infinity) > least)
    .toSorted((a, b) => (scores[b] ?? -Infinity) - (scores[a] ?? -Infinity) || a - b)
  const taken: number[] = []
  const isCovered = new Uint8Array(scores.length)
  for (const at of order) {
    if (taken.length >= most) break
    if (isCovered[at] === 1) continue
    taken.push(at)
    for (const other of covered.by(at)) isCovered[other] = 1
  }
  return taken
}
