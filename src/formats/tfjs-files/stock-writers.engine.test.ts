import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { graphBundle, smallGraph } from '../../../testing/files/graph-files'
import { bundleOf, smallModel, textBytes } from '../../../testing/files/layers-files'
import { savedFiles } from '../../../testing/models/stock-model'
import { savedInBrowser, sentFiles } from '../../../testing/models/stock-writers'
import { memoryFile } from '../../files/file-bundle'
import type { FileBundle } from '../../files/file-bundle'
import { openModel } from '../importers'

const go = () => Promise.resolve()

function model(): tf.LayersModel {
  const made = tf.sequential({ name: 'stock' })
  made.add(tf.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3, name: 'conv' }))
  made.add(tf.layers.flatten({ name: 'flat' }))
  made.add(tf.layers.dense({ units: 3, activation: 'softmax', name: 'head' }))
  made.setUserDefinedMetadata({ labels: ['a', 'b', 'c'] })
  return made
}

/** Every way of stock TensorFlow.js to write a model that does not need a native library. */
const writers: Readonly<Record<string, (made: tf.LayersModel) => Promise<FileBundle>>> = {
  'downloads://': (made) => savedInBrowser(tf, () => made.save('downloads://my-model')),
  'downloads:// without a name': (made) => savedInBrowser(tf, () => made.save('downloads://')),
  'downloads:// with the optimizer': (made) => {
    made.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
    return savedInBrowser(tf, () => made.save('downloads://my-model', { includeOptimizer: true }))
  },
  'a name with a space, a dot and Han': (made) =>
    savedInBrowser(tf, () => made.save('downloads://net v1.2 模型')),
  'indexeddb://, then to files': (made) =>
    savedInBrowser(tf, async () => {
      await made.save('indexeddb://kept')
      await (await tf.loadLayersModel('indexeddb://kept')).save('downloads://kept')
    }),
  'localstorage://, then to files': (made) =>
    savedInBrowser(tf, async () => {
      await made.save('localstorage://kept')
      await (await tf.loadLayersModel('localstorage://kept')).save('downloads://kept')
    }),
  'http://, as the server gets it': async (made) => {
    let files: FileBundle = []
    const fetchFunc = async (_url: string, { body }: { body: FormData }): Promise<Response> => {
      files = await sentFiles(body)
      return new Response()
    }
    await made.save(tf.io.http('http://localhost/upload', { fetchFunc } as never))
    return files
  },
  'a save handler that names its file': (made) => savedFiles(tf, made, 'net/'),
}

describe.each(Object.entries(writers))('%s', (_name, write) => {
  test('opens with the weights that were saved', async () => {
    const made = model()
    const files = await write(made)
    expect(files.length).toBeGreaterThanOrEqual(2)
    const opened = await openModel(files, go)
    const saved = await Promise.all(made.getWeights().map((weight) => weight.data()))
    expect(opened.weights.map(({ values }) => values)).toEqual(saved)
    expect(opened.obstacles.run).toBeNull()
    made.dispose()
  })
})

test('a graph model that stock code saves again opens', async () => {
  const files = graphBundle(smallGraph())
  const first = await openModel(files, go)
  const bytes = async (path: RegExp): Promise<Uint8Array> => {
    const file = files.find((item) => path.test(item.path))
    return file === undefined ? new Uint8Array() : file.read(0, file.size)
  }
  const json = JSON.parse(new TextDecoder().decode(await bytes(/json$/))) as tf.io.ModelJSON
  const shards = await Promise.all(
    json.weightsManifest.flatMap(({ paths }) => paths.map((path) => bytes(new RegExp(`${path}$`)))),
  )
  const artifacts = await tf.io.getModelArtifactsForJSON(json, (groups) =>
    Promise.resolve([
      groups.flatMap(({ weights }) => weights),
      Uint8Array.from(shards.flatMap((shard) => [...shard])).buffer,
    ]),
  )
  const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts))
  const saved = await savedInBrowser(tf, () => graph.save('downloads://graph'))
  const opened = await openModel(saved, go)
  expect(opened.weights.map(({ values }) => values)).toEqual(
    first.weights.map(({ values }) => values),
  )
  expect(opened.format).toBe('tfjs-graph')
})

/** The small model in the files of tools that do not run here, by what their code writes. */
function laidOut(
  json: string,
  groups: readonly (readonly string[])[],
  more: Readonly<Record<string, string>> = {},
): FileBundle {
  const { json: root, shards } = smallModel()
  const whole = Uint8Array.from([...shards.values()].flatMap((shard) => [...shard]))
  const weights = root.weightsManifest.flatMap((group) => group.weights)
  const each = weights.length / groups.length
  const files: FileBundle[number][] = []
  let at = 0
  root.weightsManifest = groups.map((paths, index) => {
    const own = weights.slice(index * each, (index + 1) * each)
    const bytes = own.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0)
    const size = Math.ceil(bytes / paths.length)
    paths.forEach((path, shard) => {
      const part = whole.slice(at + shard * size, Math.min(at + bytes, at + (shard + 1) * size))
      files.push(memoryFile(path.replace(/^.*[/\\]/, ''), part))
    })
    at += bytes
    return { paths: [...paths], weights: own }
  })
  const texts = Object.entries({ [json]: JSON.stringify(root), ...more })
  return [...texts.map(([path, text]) => memoryFile(path, textBytes(text))), ...files]
}

test.each<[string, FileBundle]>([
  [
    'Teachable Machine',
    laidOut('model.json', [['./weights.bin']], {
      'metadata.json': '{"tmVersion": "2.4.7", "labels": ["a", "b", "c"]}',
    }),
  ],
  [
    'ml5, saved under a name',
    laidOut('pose.json', [['pose.weights.bin']], {
      'pose_meta.json': '{"inputUnits": [4], "outputUnits": 3, "outputs": {}}',
    }),
  ],
  ['the file handler of tfjs-node', laidOut('model.json', [['weights.bin']])],
  [
    'the converter, sharded',
    laidOut('model.json', [[1, 2, 3].map((shard) => `group1-shard${shard}of3.bin`)]),
  ],
  [
    'the converter, a group a layer',
    laidOut('model.json', [['group1-shard1of1.bin'], ['group2-shard1of1.bin']]),
  ],
  ['the converter before 1.0', laidOut('model.json', [['group1-shard1of1']])],
  ['a script on Windows', laidOut('model.json', [['.\\weights\\group1-shard1of1.bin']])],
])('files of %s open', async (_tool, files) => {
  const opened = await openModel(files, go)
  const plain = await openModel(bundleOf(smallModel()), go)
  expect(opened.weights.map(({ values }) => values)).toEqual(
    plain.weights.map(({ values }) => values),
  )
})
