import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { chosenChannels, halfOfAll } from '../../testing/engine/cut-ground'
import { mobileGraph, transformerGraph } from '../../testing/files/converted-graphs'
import { graphBundle, inOneByte, smallGraph } from '../../testing/files/graph-files'
import type { GraphFiles } from '../../testing/files/graph-files'
import { T } from '../../testing/files/graph-attributes'
import { GraphWriter } from '../../testing/files/graph-writer'
import { unfusedGraph } from '../../testing/files/unfused-graph'
import { throughFiles } from '../../testing/files/through-files'
import { maskReaders } from '../../testing/models/mask-readers'
import { createGraphModel } from '../engine/model/graph-model'
import { editModel } from '../formats/edit-model'
import type { OpenedModel } from '../formats/format'
import { openModel } from '../formats/importers'
import { foldConstants } from '../graph/fold-constants'
import { nodeMacs } from '../graph/macs-of'
import { shapesOf } from '../graph/shapes-of'
import { channelEdits } from './channel-edits'
import { mapChannels } from './channel-map'
import { blockEdits, depthBlocks } from './depth-blocks'

const go = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function answers(model: OpenedModel): Promise<number[]> {
  const runnable = await createGraphModel(model)
  const inputs = runnable.inputs.map(({ shape, dtype }) => {
    const sides = shape.map((side, axis) => (axis === 0 ? 2 : (side ?? 16)))
    return dtype === 'int32' ? tf.ones(sides, 'int32') : tf.randomNormal(sides, 0, 1, 'float32', 7)
  })
  const outputs = runnable.predict(inputs)
  const values = await Promise.all(outputs.map(async (output) => Array.from(await output.data())))
  tf.dispose([...inputs, ...outputs])
  runnable.dispose()
  return values.flat()
}

function total(macs: ReadonlyMap<string, number | null>): number {
  return [...macs.values()].reduce<number>((sum, work) => sum + (work ?? 0), 0)
}

const graphs: readonly (readonly [string, () => GraphFiles])[] = [
  ['small', smallGraph],
  ['MobileNetV2-shaped', mobileGraph],
  ['MobileNetV2-shaped, of one byte a weight', () => inOneByte(mobileGraph())],
  ['unfused', unfusedGraph],
]

function givingItsInput(): GraphFiles {
  const graph = new GraphWriter()
  const product = (x: string, name: string): string =>
    graph.node('MatMul', name, [x, graph.weight(`${name}/kernel`, [4, 4])], { T })
  graph.input('x', [-1, 4])
  graph.node('Relu', 'y', [product(product('x', 'first'), 'second')], { T })
  const port = (name: string) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: { dim: [{ size: '-1' }, { size: '4' }] },
  })
  return graph.files({ inputs: { x: port('x') }, outputs: { x: port('x'), y: port('y') } })
}

describe('a graph model in the form of the converter', () => {
  it.each(graphs)(
    '%s, cut to half of its work, is in stock what nobody reading it was',
    async (_, files) => {
      const model = await openModel(graphBundle(files()), go)
      const graph = foldConstants(model.graph)
      const map = mapChannels(graph, shapesOf(graph))
      const macs = nodeMacs(graph)
      const target = { ...halfOfAll, of: 'macs', scope: 'perLayer' } as const
      const removed = await chosenChannels({ ...model, graph }, map, target)
      const smaller = await throughFiles(
        await editModel(model, channelEdits(graph, map, removed), go),
      )
      expect(removed.size).toBeGreaterThan(0)
      expect(total(nodeMacs(smaller.graph))).toBeLessThanOrEqual(total(macs) / 2)
      const wanted = await answers(maskReaders(model, map, removed))
      const found = await answers(smaller)
      expect(found).toHaveLength(wanted.length)
      const scale = Math.max(1, ...wanted.map(Math.abs))
      found.forEach((value, at) => {
        expect(Math.abs(value - (wanted[at] ?? NaN)) / scale).toBeLessThan(1e-5)
      })
    },
  )

  it.each([
    ...graphs,
    ['transformer', transformerGraph] as const,
    ['one that gives its input as well', givingItsInput] as const,
  ])('%s does without each of its blocks', async (_, files) => {
    const model = await openModel(graphBundle(files()), go)
    const { graph } = model
    const shapes = shapesOf(graph)
    for (const { id, layers } of depthBlocks(graph, shapes)) {
      expect(layers).not.toHaveLength(0)
      const shallow = await throughFiles(
        await editModel(model, blockEdits(graph, shapes, [id]), go),
      )
      expect(shallow.weights.length).toBeLessThan(model.weights.length)
      expect((await answers(shallow)).every(Number.isFinite)).toBe(true)
    }
  })
})
