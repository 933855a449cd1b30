import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { T, whole } from '../../testing/files/graph-attributes'
import { graphBundle } from '../../testing/files/graph-files'
import { GraphWriter } from '../../testing/files/graph-writer'
import { throughFiles } from '../../testing/files/through-files'
import { maskReaders } from '../../testing/models/mask-readers'
import { savedFiles } from '../../testing/models/stock-model'
import { buildInstant } from '../engine/model/build-model'
import { editModel } from '../formats/edit-model'
import type { OpenedModel } from '../formats/format'
import { openModel } from '../formats/importers'
import { shapesOf } from '../graph/shapes-of'
import { channelEdits } from './channel-edits'
import { mapChannels } from './channel-map'

const go = (): Promise<void> => Promise.resolve()
const WORDS = 20
const WIDTH = 8

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const { layers } = tf
const table = () =>
  layers.embedding({ inputDim: WORDS, outputDim: WIDTH, inputLength: 6, name: 'table' })
const head = () => layers.dense({ units: 3, activation: 'softmax', name: 'head' })

async function built(...list: tf.layers.Layer[]): Promise<OpenedModel> {
  const model = tf.sequential({ layers: list })
  const files = await savedFiles(tf, model)
  model.dispose()
  return openModel(files, go)
}

/** @param tied the outputs are products with the table, turned round */
function wordGraph(tied: boolean): Promise<OpenedModel> {
  const net = new GraphWriter()
  const words = net.input('words', [-1, 6], 'DT_INT32')
  const rows = net.weight('table', [WORDS, WIDTH])
  const axis = net.wholes('axis', [0], [])
  const found = net.node('GatherV2', 'found', [rows, words, axis], { batch_dims: whole(0) })
  const placed = net.node('AddV2', 'placed', [found, net.weight('places', [1, 6, WIDTH])], { T })
  const mean = net.node('Mean', 'mean', [placed, net.wholes('axes', [1])], {
    ...{ T, keep_dims: { b: false } },
  })
  const matrix = tied ? rows : net.weight('matrix', [WIDTH, 3])
  const turned = { transpose_a: { b: false }, transpose_b: { b: tied } }
  net.node('MatMul', 'y', [mean, matrix], { T, ...turned })
  return openModel(graphBundle(net.files()), go)
}

async function answers(model: OpenedModel): Promise<number[]> {
  const runnable = await buildInstant(model)
  const sentences = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 19]
  const words = tf.tensor2d(
    sentences,
    [2, 6],
    runnable.inputs[0]?.dtype === 'int32' ? 'int32' : 'float32',
  )
  const outputs = runnable.predict([words])
  const values = Array.from((await outputs[0]?.data()) ?? [])
  tf.dispose([words, ...outputs])
  runnable.dispose()
  return values
}

it.each<[string, () => Promise<OpenedModel>]>([
  ['a mean', () => built(table(), layers.globalAveragePooling1d({}), head())],
  [
    'a convolution over time',
    () =>
      built(
        table(),
        layers.conv1d({ filters: 4, kernelSize: 3, activation: 'relu' }),
        layers.flatten(),
        head(),
      ),
  ],
  ['a flatten', () => built(table(), layers.flatten(), head())],
  ['a graph', () => wordGraph(false)],
])('columns of a table before %s go as if nobody read them', async (_, open) => {
  const model = await open()
  const { graph } = model
  const map = mapChannels(graph, shapesOf(graph))
  const [made = []] = [...map.made.values()]
  expect(made).toHaveLength(WIDTH)
  const removed = new Set([made[0] ?? -1, made[3] ?? -1, made[7] ?? -1])
  const smaller = await throughFiles(await editModel(model, channelEdits(graph, map, removed), go))
  const [kernel] = [...map.kernels.values()]
  const left = smaller.weights.find(({ spec }) => spec.name === kernel?.weight)
  expect(left?.spec.shape).toEqual([WORDS, WIDTH - removed.size])
  const wanted = await answers(maskReaders(model, map, removed))
  const found = await answers(smaller)
  expect(found).toHaveLength(wanted.length)
  found.forEach((value, at) => {
    expect(Math.abs(value - (wanted[at] ?? NaN))).toBeLessThan(1e-5)
  })
})

it('a table that something else reads as well keeps its columns', async () => {
  const { graph } = await wordGraph(true)
  const { groups, made } = mapChannels(graph, shapesOf(graph))
  expect([made.size, groups]).toEqual([0, []])
})
