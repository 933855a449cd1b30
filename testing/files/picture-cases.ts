/** Pictures whose bright block says the class, for a model of one layer that is right about all of them. */
import * as tf from '@tensorflow/tfjs'
import { encode } from 'fast-png'
import { createRandom } from '../../src/core/random'
import { savedFiles } from '../models/stock-model'

const SIDE = 8
const CELL = 2

/** Whether a pixel is of the block of a class. */
function isBlock(label: number, y: number, x: number): boolean {
  const across = SIDE / CELL
  return (
    Math.floor(y / CELL) === Math.floor(label / across) && Math.floor(x / CELL) === label % across
  )
}

/** A grey PNG of 8 by 8 pixels; each index gives another one. */
export function casePicture(label: number, index: number): Uint8Array {
  const random = createRandom(7919 * label + index)
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
    isBlock(label, Math.floor(at / SIDE), at % SIDE) ? 200 + random.below(56) : random.below(40),
  )
  return encode({ width: SIDE, height: SIDE, data, channels: 1 })
}

/** Pictures by path; each path says its class. */
export function casePictures(labels: Iterable<readonly [path: string, label: number]>) {
  return new Map([...labels].map(([path, label], index) => [path, casePicture(label, index)]))
}

/** A model whose output `k` answers to the block of class `k`. */
export async function caseModel(outputs: number): Promise<File[]> {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [SIDE, SIDE, 1] }),
      tf.layers.dense({ units: outputs, activation: 'softmax' }),
    ],
  })
  const kernel = Array.from({ length: SIDE * SIDE }, (_, at) =>
    Array.from({ length: outputs }, (_unused, label) =>
      isBlock(label, Math.floor(at / SIDE), at % SIDE) ? 4 : 0,
    ),
  )
  model.setWeights([tf.tensor2d(kernel), tf.zeros([outputs])])
  const bundle = await savedFiles(tf, model)
  return Promise.all(
    bundle.map(async (part) => new File([(await part.read(0, part.size)) as BlobPart], part.path)),
  )
}

/** Numbers from 0. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at)
