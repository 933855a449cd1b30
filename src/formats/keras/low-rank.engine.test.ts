import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { recordedFile } from '../../../testing/files/recorded-keras'
import { Program } from '../../engine/program/program'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../importers'
import type { ConfigLayer } from './config-layers'
import type { KerasWeight } from './keras-file'
import { adaptedKernels } from './low-rank'

/** `adapted` of scripts/writers/keras_nets.py, by scripts/writers/keras_cases.py. */
const path = (end: string) => `testing/models/keras/adapted.keras3.${end}`

it('kernels with low-rank products beside them are what Keras computes with', async () => {
  const bytes = new Uint8Array(readFileSync(path('h5')))
  const opened = await openModel([memoryFile('adapted.h5', bytes)], () => Promise.resolve())
  expect(opened.obstacles.run).toBeNull()
  expect(opened.notes).toContainEqual({ code: 'note/low-rank', params: { count: 6 } })
  expect(opened.weights.filter(({ spec }) => spec.name.includes('lora'))).toEqual([])
  const { inputs, outputs } = recordedFile(path('json'))
  const program = new Program(opened)
  const given = inputs.map(({ shape, values }) => tf.tensor(values, [...shape]))
  const found = program.predict(given)
  const wanted = outputs.map(({ shape, values }) => ({
    ...{ shape, dtype: 'float32' },
    values: [...values],
  }))
  expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(1e-5)
  tf.dispose([given, found])
  program.dispose()
})

function weight(name: string, shape: readonly number[], values: readonly number[]): KerasWeight {
  return {
    ...{ name, path: name, shape, dtype: 'float32' },
    read: () => Promise.resolve(Float32Array.from(values)),
  }
}

const layer = (config: ConfigLayer['config']): ConfigLayer => ({
  ...{ name: 'dense', className: 'Dense', layers: null, wrapped: null },
  config,
})

const kernel = weight('dense/kernel', [2, 3], [1, 2, 3, 4, 5, 6])
const a = weight('dense/lora_kernel_a', [2, 1], [1, 10])
const b = weight('dense/lora_kernel_b', [1, 3], [1, 2, 3])

it('counts by alpha and rank: 6 / 1 times the product', async () => {
  const settings = { lora_rank: 1, lora_alpha: 6 }
  const found = adaptedKernels('x.h5', [layer(settings)], () => [a, b, kernel])
  expect([found.get(a), found.get(b)]).toEqual([null, null])
  expect([...((await found.get(kernel)?.read()) ?? [])]).toEqual([7, 14, 21, 64, 125, 186])
})

it('a layer that says nothing of it keeps its weights as they are', () => {
  expect(adaptedKernels('x.h5', [layer({})], () => [a, b, kernel]).size).toBe(0)
})

it.each([
  ['a rank that is not the one of the layer', { lora_rank: 2 }, a, b],
  ['a part of another height', { lora_rank: 1 }, weight(a.name, [3, 1], [1, 2, 3]), b],
  ['a part of another width', { lora_rank: 1 }, a, weight(b.name, [1, 2], [1, 2])],
])('%s is refused', (_, settings, left, right) => {
  expect(() => adaptedKernels('x.h5', [layer(settings)], () => [left, right, kernel])).toThrow(
    expect.objectContaining({ code: 'open/weight-shape' }),
  )
})
