import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { Program } from '../../engine/program/program'
import { memoryFile } from '../../files/file-bundle'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'

/** By scripts/writers/tfmot_wrapped.py. */
const folder = 'testing/models/tfmot'
const told = JSON.parse(readFileSync(`${folder}/wrapped.json`, 'utf8')) as {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly weights: readonly (readonly number[])[]
}

function opened(name: string): Promise<OpenedModel> {
  const bytes = new Uint8Array(readFileSync(`${folder}/${name}`))
  return openModel([memoryFile(name, bytes)], () => Promise.resolve())
}

it('kernels that a wrapper of clustering keeps are found in a .keras file, and are the nearest of their centroids', async () => {
  const model = await opened('clustered.keras')
  expect(model.obstacles.run).toBeNull()
  for (const { spec, values } of model.weights)
    if (spec.role === 'kernel') expect(new Set(values).size).toBeLessThanOrEqual(4)
  const program = new Program(model)
  const found = tf.tidy(() => program.predict([tf.tensor([...told.x], [3, 6, 6, 1])])[0])
  const said = found?.dataSync()
  expect(said).toHaveLength(15)
  for (const [at, wanted] of told.y.entries())
    expect(Math.abs((said?.[at] ?? NaN) - wanted)).toBeLessThan(1e-6)
  tf.dispose(found)
  program.dispose()
})

it('kernels that a wrapper of quantization keeps are found in a .keras file as they were', async () => {
  const model = await opened('quantized.keras')
  expect(model.obstacles.run).toBeNull()
  expect(model.weights.map(({ values }) => [...values])).toEqual(
    told.weights.map((values) => values.map(Math.fround)),
  )
})
