import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { drained, file } from '../../../testing/engine/drive-engine'
import { smallEnvironment } from '../../../testing/engine/small-environment'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { createEngine } from '../engine'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const TENSORS = 6
const WEIGHTS = 2 ** 20
/** A peak is seen only where it is so much more than the one before, so that garbage is not collected all the time. */
const SLACK = 2 ** 22
const MODEL_BYTES = 4 * TENSORS * WEIGHTS

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of all arrays that somebody still holds; what is in a Blob lies elsewhere. */
function liveBytes(): number {
  // What the first one has found is freed beside it; the second one waits for that.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

/** Weights alone, which nothing runs: all that is held is held for the file. They repeat, so they deflate fast. */
function weightsFiles(): File[] {
  const values = Float32Array.from({ length: TENSORS * WEIGHTS }, (_, index) => (index % 251) / 64)
  const weights = Array.from({ length: TENSORS }, (_, index) => ({
    name: `part${index}/weights`,
    shape: [1024, WEIGHTS / 1024],
    dtype: 'float32',
  }))
  return [
    file('big-weights_manifest.json', JSON.stringify([{ paths: ['all.bin'], weights }])),
    file('all.bin', new Uint8Array(values.buffer)),
  ]
}

it('a download holds a few shards at a time, never the model', async () => {
  let [most, watching] = [0, false]
  const watch = (): void => {
    // Less than the most is no news, with its garbage or without.
    if (watching && process.memoryUsage().arrayBuffers > most + SLACK)
      most = Math.max(most, liveBytes())
  }
  const engine = createEngine(smallEnvironment({ beat: watch }))
  await engine.start({ forced: 'wasm', exclude: [] })
  await drained(engine.model.open({ files: weightsFiles() }))
  const recipe = recipeWith({})
  const before = (most = liveBytes())
  watching = true
  const target = { container: 'tfjs', precision: 'float32' } as const
  const { result } = await drained(engine.recipe.export({ recipe, target }))
  watching = false
  expect(result.shardBytes).toBe(MODEL_BYTES)
  // It did look while the file was made.
  expect(most).toBeGreaterThan(before)
  // A shard, what it deflates to, what it inflates to, the piece of a tensor that it is compared with: that is
  // the same for every model. Who holds the model once, or all of its shards, holds more.
  expect(most + SLACK - before).toBeLessThan(MODEL_BYTES)
  // What is finished lies in Blobs; the last shard that was read may be on its way out.
  await new Promise((resolve) => setImmediate(resolve))
  expect(liveBytes() - before).toBeLessThan(MODEL_BYTES / 2)
  await engine.model.close()
})
