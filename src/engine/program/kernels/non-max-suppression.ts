import * as tf from '@tensorflow/tfjs'
import { given, numbersOf } from './kernel'
import type { Call, Kernel } from './kernel'

/** Two corners of a box, the smaller numbers first. */
interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function boxAt(numbers: Float32Array, at: number, isCentered: boolean): Box {
  const [a = 0, b = 0, c = 0, d = 0] = numbers.subarray(4 * at, 4 * at + 4)
  if (isCentered) return { left: a - c / 2, top: b - d / 2, right: a + c / 2, bottom: b + d / 2 }
  const [left, right] = b < d ? [b, d] : [d, b]
  const [top, bottom] = a < c ? [a, c] : [c, a]
  return { left, top, right, bottom }
}

function areaOf({ bottom, left, right, top }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top)
}

/** What both cover, as a share of what either covers. */
function overlap(a: Box, b: Box): number {
  const both = areaOf({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  })
  return both === 0 ? 0 : Math.fround(both / (areaOf(a) + areaOf(b) - both))
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
    const own = Array.from({ length: count }, (_, at) =>
      boxAt(corners, sample * count + at, call.node.attributes.centered),
    )
    for (let kind = 0; kind < classes; kind++) {
      const first = (sample * classes + kind) * count
      const scored = chances.subarray(first, first + count)
      for (const at of chosenOf(own, scored, { most, limit, least })) chosen.push(sample, kind, at)
    }
  }
  return tf.tensor2d(chosen, [chosen.length / 3, 3], 'int32')
}

interface Limits {
  readonly most: number
  readonly limit: number
  readonly least: number
}

/** Of boxes with equal scores the first comes first. */
function chosenOf(boxes: readonly Box[], scores: Float32Array, limits: Limits): readonly number[] {
  const { least, limit, most } = limits
  const taken: number[] = []
  const order = boxes
    .map((box, at) => ({ box, at, score: scores[at] ?? -Infinity }))
    .filter(({ score }) => least === -Infinity || score > least)
    .toSorted((a, b) => b.score - a.score || a.at - b.at)
  for (const { at, box } of order) {
    if (taken.length >= most) break
    const isApart = taken.every((other) => overlap(box, boxes[other] ?? box) <= limit)
    if (isApart) taken.push(at)
  }
  return taken
}
