import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { normalizeBytes, scaleNames, withColor, withScale } from '../../../data/preparation'
import type { Preparation, ScaleName } from '../../../data/preparation'
import { fitted } from './teacher-fit'
import { numbersFit } from './teacher-numbers'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const plain: Preparation = {
  ...{ fit: 'stretch', height: 2, width: 4, color: 'rgb' },
  ...{ mean: [0, 0, 0], std: [1, 1, 1] },
}
const bytes = Uint8Array.from({ length: 24 }, (_, at) => (at * 71) % 256)

/** The student sees blue first where its numbers are Caffe's. */
const preparation = (name: ScaleName): Preparation =>
  withScale(name === 'caffe' ? withColor(plain, 'bgr') : plain, name)

const prepared = (name: ScaleName): Float32Array => {
  const out = new Float32Array(bytes.length)
  // From the first channel of three to the last, and the other way.
  const shown = name === 'caffe' ? bytes.map((_, at) => bytes[at + 2 - 2 * (at % 3)] ?? 0) : bytes
  normalizeBytes(shown, preparation(name), out)
  return out
}

test.each(scaleNames.flatMap((own) => scaleNames.map((other) => [own, other] as const)))(
  'what a student is shown as %s is %s to its teacher, wherever channels are',
  (own, other) => {
    const sides = [[2, 4, 3], [3, 2, 4], [24]]
    for (const shape of sides)
      for (const dtype of ['float32', 'int32'] as const) {
        const port = { name: 'x', shape: [null, ...shape], dtype }
        const numbers = numbersFit(preparation(own), preparation(other), {
          inputs: [port],
        })
        expect(numbers === null).toBe(own === other)
        const fit = { order: null, resize: null, channels: null, numbers }
        const isFirst = shape[0] === 3
        const [shown] = tf.tidy(() => {
          const picture = tf.tensor(prepared(own), [1, 2, 4, 3])
          const laid = isFirst ? tf.transpose(picture, [0, 3, 1, 2]) : picture
          return fitted([tf.reshape(laid, [1, ...shape])], fit).map((one) => {
            const again = isFirst ? tf.transpose(one, [0, 2, 3, 1]) : one
            return again.clone()
          })
        })
        const found = shown?.dataSync() ?? []
        const isRounded = dtype === 'int32' && own !== other
        prepared(other).forEach((value, at) => {
          expect(found[at]).toBeCloseTo(isRounded ? Math.round(value) : value, isRounded ? 0 : 3)
        })
        shown?.dispose()
      }
  },
)
