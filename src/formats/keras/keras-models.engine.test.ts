import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { answeredByStock, asBundle } from '../../../testing/files/written-again'
import { openedKeras, recordedKeras } from '../../../testing/files/recorded-keras'
import type { Numbers, RecordedKeras } from '../../../testing/files/recorded-keras'
import { loadWithStock } from '../../../testing/models/stock-model'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { Program } from '../../engine/program/program'
import { memoryFile } from '../../files/file-bundle'
import { exactTarget, writeModel } from '../exporters'
import { openModel } from '../importers'

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5

/** Files that scripts/writers/keras_cases.py wrote; all of them where KERAS_CASES says where they lie. */
const own = join(import.meta.dirname, '../../../testing/files/keras-cases')
const folder = process.env['KERAS_CASES'] ?? own
const records = recordedKeras(folder).map((record) => [record.name, record] as const)

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

function tensorsOf(numbers: readonly Numbers[]): tf.Tensor[] {
  return numbers.map(({ shape, values }) => tf.tensor(values, [...shape]))
}

function distanceFromKeras(found: readonly tf.Tensor[], { outputs }: RecordedKeras): number {
  const wanted = outputs.map(({ shape, values }) => ({
    ...{ shape, dtype: 'float32' },
    values: [...values],
  }))
  return distance(answersOf(found), wanted)
}

it.each(records)('%s says what Keras says', async (_, record) => {
  const opened = await openedKeras(record)
  expect(opened.obstacles.run).toBeNull()
  const program = new Program(opened)
  const inputs = tensorsOf(record.inputs)
  const found = program.predict(inputs)
  expect(distanceFromKeras(found, record)).toBeLessThanOrEqual(TOLERANCE)
  tf.dispose([inputs, found])
  program.dispose()
})

it('an .h5 of Keras 3, which does not say what is an operation and what a layer', async () => {
  const path = 'testing/models/keras/masked-steps.keras3.h5'
  const opened = await openModel([memoryFile(path, new Uint8Array(readFileSync(path)))], () =>
    Promise.resolve(),
  )
  const record = recordedKeras(own).find(({ name }) => name === 'masked_steps.keras3')
  if (record === undefined) throw new Error('nothing is recorded')
  const program = new Program(opened)
  const inputs = tensorsOf(record.inputs)
  const found = program.predict(inputs)
  expect(distanceFromKeras(found, record)).toBeLessThanOrEqual(TOLERANCE)
  tf.dispose([inputs, found])
  program.dispose()
})

describe('what is downloaded, as layers or as a graph, says in stock TensorFlow.js what Keras says:', () => {
  it.each(records)('%s', async (name, record) => {
    const opened = await openedKeras(record)
    const isStock = Object.keys(opened.topology).length > 0
    expect([name, isStock]).toEqual([name, stock.has(name)])
    const { files, usage } = await writeModel(opened, opened.weights, exactTarget(opened), () =>
      Promise.resolve(),
    )
    expect(usage.code).toContain(isStock ? 'loadLayersModel' : 'loadGraphModel')
    const inputs = tensorsOf(record.inputs)
    const found = isStock
      ? await answeredByLayers(files, inputs)
      : await answeredByStock(tf, files, inputs)
    expect(distanceFromKeras(found, record)).toBeLessThanOrEqual(TOLERANCE)
    tf.dispose(found)
    if (!isStock) {
      // And opened again it is a model that runs and trains.
      const again = await openModel(asBundle(files), () => Promise.resolve())
      expect(again.graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([])
      const program = new Program(again)
      const own = program.predict(inputs)
      expect(distanceFromKeras(own, record)).toBeLessThanOrEqual(TOLERANCE)
      tf.dispose(own)
      program.dispose()
    }
    tf.dispose(inputs)
  })
})

async function answeredByLayers(
  files: Parameters<typeof loadWithStock>[1],
  inputs: tf.Tensor[],
): Promise<tf.Tensor[]> {
  const model = await loadWithStock(tf, files)
  const found = [model.predict(inputs)].flat()
  model.dispose()
  return found
}

/** All other nets have a layer that TensorFlow.js lacks, or computes otherwise. */
const stock: ReadonlySet<string> = new Set([
  ...[
    'by_name.keras3',
    'both_ways.tfkeras',
    'by_name.tfkeras',
    'named.keras3',
    'sequential.keras3',
    'sequential.tfkeras',
    'shapes.keras3',
    'shapes.tfkeras',
  ],
  ...['shuffled.keras3', 'shuffled.tfkeras', 'states.keras3', 'states.tfkeras'],
  ...['stock.keras3', 'stock.tfkeras', 'prepared.keras3', 'prepared.tfkeras'],
])
