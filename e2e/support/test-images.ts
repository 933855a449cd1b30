import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'

/** The official test images of a built-in data set, [count, 28, 28, 1], 0..1, and their labels. */
export function testImages(dataset: 'mnist' | 'fashion-mnist'): {
  readonly images: tf.Tensor4D
  readonly labels: Uint8Array
} {
  const read = (part: string) =>
    gunzipSync(readFileSync(`public/datasets/${dataset}/test-${part}.bin`))
  const labels = new Uint8Array(read('labels'))
  const pixels = Float32Array.from(read('images'), (byte) => byte / 255)
  return { images: tf.tensor4d(pixels, [labels.length, 28, 28, 1]), labels }
}

/** Index of the largest value of each row. */
export function topOfRows(values: Float32Array, classes: number): number[] {
  return Array.from({ length: values.length / classes }, (_, row) => {
    const scores = values.subarray(row * classes, (row + 1) * classes)
    return scores.indexOf(Math.max(...scores))
  })
}

/** Difference between the largest and the second largest value of a row. */
export function margin(values: Float32Array, classes: number, row: number): number {
  const [first = 0, second = 0] = values
    .slice(row * classes, (row + 1) * classes)
    .toSorted((a, b) => b - a)
  return first - second
}
