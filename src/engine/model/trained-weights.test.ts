import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { WeightTensor } from '../../core/weight-tensor'
import { readTrainedWeights, writeTrainedWeights } from './trained-weights'

const weights: WeightTensor[] = [3, 2].map((length, index) => ({
  spec: {
    name: `w${index}`,
    shape: [length],
    dtype: 'float32',
    role: 'kernel',
    layerName: 'w',
    layerKind: 'dense',
    channel: { count: 1, inner: length },
  },
  values: Float32Array.from({ length }, (_, i) => i / 8 + index),
}))

it('trained weights are named by the SHA-256 of their bytes, and read back only as themselves', async () => {
  const { id, weights: blob } = await writeTrainedWeights(weights, [])
  const bytes = await blob.arrayBuffer()
  expect(bytes.byteLength).toBe(20)
  expect(id).toBe(createHash('sha256').update(new Uint8Array(bytes)).digest('hex'))
  const again = await readTrainedWeights(weights, id, bytes)
  expect(again.map(({ values }) => [...values])).toEqual(weights.map(({ values }) => [...values]))
  new Uint8Array(bytes)[7] = 99
  await expect(readTrainedWeights(weights, id, bytes)).rejects.toMatchObject({
    code: 'train/checkpoint',
  })
  await expect(readTrainedWeights(weights, id, bytes.slice(4))).rejects.toMatchObject({
    code: 'train/checkpoint',
  })
})
