import { describe, expect, test } from 'vitest'
import { textBytes } from '../../../testing/files/layers-files'
import { testRefusals } from '../../../testing/files/refusals'
import { faceManifest } from '../../../testing/files/weights-manifests'
import { memoryFile } from '../../files/file-bundle'
import type { FileBundle } from '../../files/file-bundle'
import { openModel } from '../importers'
import { tfjsExporter } from './export-model-files'

const go = () => Promise.resolve()

/** A manifest with one kernel of 8 float32, in a file of any name. */
function manifest(name: string, weights: object, paths: readonly string[]): FileBundle {
  return [
    memoryFile(name, textBytes(JSON.stringify([{ paths, weights: [weights] }]))),
    ...paths.map((path) => memoryFile(path, new Uint8Array(32 / paths.length))),
  ]
}

const kernel = { name: 'fc/weights', shape: [4, 2], dtype: 'float32' }

describe('a list of weights without layers', () => {
  test('opens for its weights, with the reason why nothing runs', async () => {
    const opened = await openModel(faceManifest(), go)
    expect(opened.name).toBe('face_expression_model')
    expect(opened.obstacles.run?.code).toBe('open/no-topology')
    expect(opened.layers.map(({ name, kind }) => [name, kind])).toEqual([['conv', 'convolution']])
    expect(opened.weights.map(({ spec, storedAs }) => [spec.name, spec.role, storedAs])).toEqual([
      ['conv/filters', 'kernel', 'uint8'],
      ['conv/bias', 'bias', 'float32'],
    ])
    expect(opened.weights[0]?.values[1]).toBe(7 / 64 - 2)
  })

  test('is downloaded as such a list, which opens to the same values', async () => {
    const opened = await openModel(faceManifest(), go)
    const { files, usage } = await tfjsExporter.write(opened, opened.weights, 'exact', go)
    expect(files.map(({ path }) => path)).toEqual([
      'face_expression_model-weights_manifest.json',
      'group1-shard1of1.bin',
    ])
    expect(usage.code).toContain('tf.io.loadWeights')
    const again = await openModel(
      files.map(({ path, bytes }) => memoryFile(path, bytes)),
      go,
    )
    expect(again.weights.map(({ values }) => values)).toEqual(
      opened.weights.map(({ values }) => values),
    )
  })

  test('has tensors of nothing, which converters write and no step changes', async () => {
    const weights = [kernel, { name: 'empty/weights', shape: [0, 2], dtype: 'float32' }]
    const text = JSON.stringify([{ paths: ['a.bin'], weights }])
    const files = [
      memoryFile('weights_manifest.json', textBytes(text)),
      memoryFile('a.bin', new Uint8Array(32)),
    ]
    const opened = await openModel(files, go)
    expect(opened.weights.map(({ spec, values }) => [spec.role, values.length])).toEqual([
      ['kernel', 8],
      ['other', 0],
    ])
    const { files: written } = await tfjsExporter.write(opened, opened.weights, 'exact', go)
    const again = await openModel(
      written.map(({ path, bytes }) => memoryFile(path, bytes)),
      go,
    )
    expect(again.weights.map(({ spec }) => spec.shape)).toEqual([
      [4, 2],
      [0, 2],
    ])
  })

  test.each([
    ['weights_manifest.json', 'fc/weights', ['group1-shard1of1'], 'weights'],
    ['tiny_face-weights_manifest.json', 'fc/weights', ['tiny-shard1', 'tiny-shard2'], 'tiny_face'],
    ['my-manifest (1).json', 'fc/weights', ['./weights.bin'], 'my-manifest'],
    ['manifest.json', 'MobilenetV1/Conv2d_0/depthwise_weights', ['a.bin'], 'manifest'],
  ])('%s with %s in %j', async (name, weight, paths, title) => {
    const opened = await openModel(manifest(name, { ...kernel, name: weight }, paths), go)
    expect([opened.name, opened.weights.length]).toEqual([title, 1])
    expect(opened.weights[0]?.spec.role).toMatch(/kernel$/i)
  })

  test('is told from other lists beside it by what it holds', async () => {
    const words = memoryFile('words.json', textBytes('["hello", "world"]'))
    const opened = await openModel([words, ...faceManifest()], go)
    expect(opened.weights).toHaveLength(2)
  })
})

testRefusals([
  {
    name: 'a list of weights without its file',
    files: () => faceManifest().slice(0, 1),
    code: 'open/missing-shards',
    message:
      'face_expression_model-weights_manifest.json needs 1 weight files, 0 arrived. Still missing: face_expression_model.bin.',
  },
  {
    name: 'a list of weights with a path upwards',
    files: () => manifest('w.json', kernel, ['../w.bin']),
    code: 'open/unsafe-path',
    message:
      'w.json, [0].paths[0]: expected the name of a file beside model.json, found "../w.bin".',
  },
  {
    name: 'a list that holds no weights',
    files: () => [memoryFile('model.json', textBytes('[1, 2]'))],
    code: 'open/field',
    message:
      'model.json, top level: expected an object with modelTopology and weightsManifest, found a list.',
  },
  {
    name: 'two lists of weights',
    files: () => [...faceManifest('a/'), ...faceManifest('b/')],
    code: 'open/several-models',
    message:
      'These files each describe a model: a/face_expression_model-weights_manifest.json, b/face_expression_model-weights_manifest.json.',
  },
])
