import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Drop } from '../../files/drop'
import { memoryFile } from '../../files/file-bundle'
import { readHdf5 } from '../../files/hdf5/hdf5-file'
import type { Hdf5Group } from '../../files/hdf5/hdf5-file'
import { openModel } from '../importers'
import { findKeras } from './find-keras'
import { namedWeights } from './named-weights'
import { openKeras } from './open-keras'

const go = () => Promise.resolve()

interface Written {
  /** By layer, in the order of `layer.get_weights()`. */
  readonly weights: Record<string, readonly (readonly number[])[]>
  readonly files: string
}

const folder = 'testing/models/keras'
const { models } = JSON.parse(readFileSync(`${folder}/small.json`, 'utf8')) as {
  models: readonly Written[]
}
const cases = models.flatMap(({ files, weights }) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${files}.`) && !name.endsWith('.json'))
    .map((name) => [name, weights] as const),
)

const fileOf = (name: string) => memoryFile(name, new Uint8Array(readFileSync(`${folder}/${name}`)))

async function opened(names: readonly string[]) {
  const found = await findKeras(new Drop(names.map(fileOf)))
  if (found === null) throw new Error(`${names.join()} is no file of Keras`)
  return openKeras(found, go)
}

test('the same model in seven files, of which one has its lists of names in pieces', () => {
  expect(cases.length).toBe(7)
})

test.each(cases)('%s: the weights of each layer as Keras has them', async (name, expected) => {
  const keras = await opened([name])
  expect(keras.writer).toBe(name.includes('tfkeras') ? 'keras-2' : 'keras-3')
  const alone = /alone|weights/.test(name)
  expect(keras.config === null).toBe(alone)
  const found: Record<string, number[][]> = {}
  for (const layer of Object.keys(expected)) {
    const values = []
    for (const weight of keras.weightsOf(layer)) values.push(Array.from(await weight.read()))
    found[layer] = values
  }
  expect(found).toEqual(expected)
  const all = Object.values(expected).flat().length
  expect(keras.weights.length).toBe(all)
})

test.each(cases)('%s opens for its weights, kernels to be compressed among them', async (name) => {
  const { format, layers, weights, notes } = await openModel([fileOf(name)], go)
  expect(format).toBe('keras')
  const roles = weights.map(({ spec }) => `${spec.layerName} ${spec.role} ${spec.shape.join('x')}`)
  expect(roles).toEqual(
    expect.arrayContaining([
      'dense_7 kernel 3x3x1x4',
      'dense kernel 3x3x4x4',
      'conv2d kernel 16x6',
      'result bias 3',
      'conv2d_1 normalization 4',
    ]),
  )
  expect(layers.filter(({ weightNames }) => weightNames.length > 0).length).toBe(5)
  const isWhole = !/alone|weights/.test(name)
  expect(notes.map(({ code }) => code)).toEqual([
    ...(isWhole ? ['note/own-runtime'] : []),
    ...(name.includes('alone') ? [] : ['note/optimizer-state']),
  ])
})

test('a layer with a slash in its name has its group in another: tf-keras names layers so', async () => {
  const path = 'small.tfkeras.h5'
  const { source, root } = await readHdf5(fileOf(path), go)
  const groupOf = (group: Hdf5Group | undefined, name: string): Hdf5Group => {
    const found = group?.groups.get(name)
    if (found === undefined) throw new Error(`${name} is not there`)
    return found
  }
  const all = groupOf(root, 'model_weights')
  const inner = { ...all, groups: new Map([['of the block', groupOf(all, 'dense_7')]]) }
  const moved: Hdf5Group = {
    ...root,
    attributes: new Map([['layer_names', ['first/of the block']]]),
    groups: new Map([['first', inner]]),
  }
  const { weightsOf } = namedWeights({ source, root: moved }, [])
  const shapes = weightsOf('first/of the block').map(({ shape }) => shape)
  expect(shapes).toEqual([[3, 3, 1, 4], [4]])
})
