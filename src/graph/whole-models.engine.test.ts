import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { mobileGraph, segmentGraph, transformerGraph } from '../../testing/files/converted-graphs'
import { graphBundle, smallGraph } from '../../testing/files/graph-files'
import { randomNetFiles } from '../../testing/models/random-nets'
import { stockMacs } from '../../testing/models/stock-macs'
import { createGraphModel } from '../engine/model/graph-model'
import { createLayersModel } from '../engine/model/layers-model'
import { openModel } from '../formats/importers'
import { foldConstants } from './fold-constants'
import type { ModelGraph } from './graph'
import { macsOf } from './macs-of'
import { shapesOf } from './shapes-of'
import type { Shape } from './values'

const NETS = 200

const go = () => Promise.resolve()

async function built(seed: number) {
  const opened = await openModel(await randomNetFiles(seed), go)
  return { graph: opened.graph, model: await createLayersModel(opened) }
}

/** What convolutions and products of matrices do; normalisations are other kernels. */
function productMacs(graph: ModelGraph): number {
  const normalizing = new Set(
    graph.nodes.filter(({ op }) => op.endsWith('Normalization')).map(({ layer }) => layer),
  )
  return [...macsOf(graph)]
    .filter(([layer]) => !normalizing.has(layer))
    .reduce((sum, [, macs]) => sum + (macs ?? NaN), 0)
}

// Other tests of this process choose other backends, which lack operators.
beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('random nets', () => {
  it('have the shapes in all layers that stock TensorFlow.js says', async () => {
    let layers = 0
    for (let seed = 0; seed < NETS; seed++) {
      const { graph, model } = await built(seed)
      const shapes = shapesOf(graph)
      for (const { name, outputs } of graph.layers) {
        const stock = model.outputShapes.get(name)
        // Of models that are called for each step of a sequence stock says nothing of the layers inside.
        if (stock === undefined) continue
        layers++
        expect(shapes.get(outputs[0] ?? ''), `net ${seed}, ${name}`).toEqual(stock)
      }
      // Keras computes no sizes.
      expect(foldConstants(graph).nodes, `net ${seed}`).toEqual(graph.nodes)
      model.dispose()
    }
    expect(layers).toBeGreaterThan(NETS * 10)
  })

  it('multiply and add as often as the kernels do that stock TensorFlow.js calls', async () => {
    let nets = 0
    for (let seed = 0; seed < NETS; seed++) {
      const { graph, model } = await built(seed)
      const inputs = model.inputs.map(({ shape }) => tf.zeros([1, ...shape.slice(1).map(Number)]))
      // Stock runs a layer again for each of its outputs that somebody reads.
      if (graph.nodes.every(({ outputs }) => outputs.length === 1)) {
        nets++
        const stock = await stockMacs(() => model.predict(inputs))
        expect(productMacs(graph), `net ${seed}`).toBe(stock)
      }
      tf.dispose(inputs)
      model.dispose()
    }
    expect(nets).toBeGreaterThan(NETS / 2)
  })
})

describe('graphs as the converter writes them', () => {
  it.each([
    ['small', smallGraph],
    ['MobileNet, fused', mobileGraph],
    ['transformer', transformerGraph],
    ['segments', segmentGraph],
  ])('%s: shapes and work are those of what stock TensorFlow.js runs', async (_, build) => {
    const opened = await openModel(graphBundle(build()), go)
    const { graph } = opened
    const model = await createGraphModel(opened)
    const shapes = shapesOf(graph, new Map(model.inputs.map(oneSample)))
    const rows = graph.layers.filter(({ name }) => model.outputShapes.has(name))
    expect(rows.length).toBeGreaterThan(8)
    for (const { name, outputs } of rows) {
      const shape = shapes.get(outputs[0] ?? '') ?? []
      // The trace takes a one that stands first for the batch.
      const traced = shape[0] === 1 ? [null, ...shape.slice(1)] : shape
      expect(model.outputShapes.get(name), name).toEqual(traced)
    }
    model.dispose()
  })
})

function oneSample({ name, shape }: { name: string; shape: Shape }): [string, Shape] {
  return [name, [1, ...shape.slice(1)]]
}
