import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { bundleOf, richModel, smallModel } from '../../../testing/files/layers-files'
import { mutateModel } from '../../../testing/files/mutate-model'
import { loadWithStock } from '../../../testing/models/stock-model'
import { StudioError } from '../../core/errors'
import { createRandom } from '../../core/random'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'
import { decodeWeight } from '../tfjs-files/decode-weight'
import { tfjsExporter } from '../tfjs-files/export-model-files'

const go = () => Promise.resolve()

test('decoding agrees with tf.io.decodeWeights in every type', () => {
  const random = createRandom(3)
  const bytes = Uint8Array.from({ length: 4096 }, () => random.below(256))
  // Exponents without NaN and infinity.
  const floats = bytes.map((byte, index) => (index % 4 === 3 ? byte & 0xbf : byte))
  const halves = bytes.map((byte, index) => (index % 2 === 1 ? byte & 0xbb : byte))
  const quantized = { scale: 0.0123456789, min: -1.987654321 }
  const cases = [
    { dtype: 'float32', storedAs: 'float32', data: floats },
    { dtype: 'int32', storedAs: 'int32', data: bytes },
    { dtype: 'bool', storedAs: 'bool', data: bytes.map((byte) => byte & 1) },
    { dtype: 'float32', storedAs: 'float16', data: halves },
    { dtype: 'float32', storedAs: 'uint8', data: bytes },
    { dtype: 'float32', storedAs: 'uint16', data: bytes },
    { dtype: 'int32', storedAs: 'uint8', data: bytes },
    { dtype: 'int32', storedAs: 'uint16', data: bytes },
  ] as const
  for (const { dtype, storedAs, data } of cases) {
    const size = { float32: 4, int32: 4, bool: 1, float16: 2, uint8: 1, uint16: 2 }[storedAs]
    const entry: tf.io.WeightsManifestEntry = { name: 'w', shape: [data.length / size], dtype }
    if (storedAs === 'float16') entry.quantization = { dtype: 'float16' }
    if (storedAs === 'uint8' || storedAs === 'uint16')
      entry.quantization = { dtype: storedAs, ...quantized }
    const stock = tf.io.decodeWeights(data.slice().buffer, [entry])['w']
    const ours = decodeWeight({ dtype, storedAs, ...quantized }, data.slice())
    expect(ours.values, `${dtype} as ${storedAs}`).toEqual(stock?.dataSync())
  }
})

test('whatever passes the checks is built or refused by stock tfjs', async () => {
  const random = createRandom(21)
  const next = () => random.uniform()
  const counts = { refused: 0, built: 0, notBuilt: 0 }
  for (let round = 0; round < 600; round++) {
    const files = round % 2 === 0 ? smallModel() : richModel()
    mutateModel(files, next)
    let model: OpenedModel
    try {
      model = await openModel(bundleOf(files), go)
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      counts.refused++
      continue
    }
    try {
      const exported = await tfjsExporter.write(model, model.weights, 'float32', go)
      ;(await loadWithStock(tf, exported.files)).dispose()
      counts.built++
    } catch {
      counts.notBuilt++
    }
  }
  expect(counts.refused).toBeGreaterThan(250)
  expect(counts.built).toBeGreaterThan(counts.notBuilt)
})
