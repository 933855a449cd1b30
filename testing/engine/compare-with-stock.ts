import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { openModel } from '../../src/formats/importers'
import { foldConstants } from '../../src/graph/fold-constants'
import type { ModelGraph } from '../../src/graph/graph'
import { shapesOf } from '../../src/graph/shapes-of'
import { graphBundle } from '../files/graph-files'
import type { GraphFiles } from '../files/graph-files'
import { runGraph } from './run-graph'

async function stockModel({ json, shards }: GraphFiles): Promise<tf.GraphModel> {
  const artifacts = await tf.io.getModelArtifactsForJSON(
    JSON.parse(JSON.stringify(json)) as tf.io.ModelJSON,
    ([group]) => {
      const bytes = shards.get(group?.paths[0] ?? '') ?? new Uint8Array()
      return Promise.resolve([group?.weights ?? [], bytes.slice().buffer])
    },
  )
  return tf.loadGraphModel(tf.io.fromMemory(artifacts))
}

/**
 * What stock TensorFlow.js computes with a file has to be what its graph says, in all outputs; what is said of their
 * shapes before it runs has to be so, and folding must change nothing.
 */
export async function compareWithStock(
  files: GraphFiles,
  ...inputs: readonly tf.Tensor[]
): Promise<ModelGraph> {
  const model = await stockModel(files)
  const opened = await openModel(graphBundle(files), () => Promise.resolve())
  const { graph } = opened
  const given = Object.fromEntries(
    graph.inputs.flatMap(({ value }, index) => {
      const input = inputs[index]
      return input === undefined ? [] : [[value, input] as const]
    }),
  )
  const result = model.execute(given, model.outputNodes)
  const wanted = Array.isArray(result) ? result : [result]
  const found = runGraph(graph, opened, given)
  compareShapes(graph, given, wanted)
  const folded = runGraph(foldConstants(graph), opened, given)
  expect(folded.map((tensor) => [tensor.shape, tensor.dataSync()])).toEqual(
    found.map((tensor) => [tensor.shape, tensor.dataSync()]),
  )
  expect(found.map(({ dtype, shape }) => [shape, dtype])).toEqual(
    wanted.map(({ dtype, shape }) => [shape, dtype]),
  )
  const shapes = shapesOf(graph)
  for (const [index, tensor] of found.entries()) {
    const sides = shapes.get(graph.outputs[index] ?? '') ?? tensor.shape
    expect(sides.map((side, axis) => side ?? tensor.shape[axis])).toEqual(tensor.shape)
    const values = wanted[index]?.dataSync() ?? []
    const largest = [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    const apart = [...tensor.dataSync()].reduce(
      (most, value, place) => Math.max(most, Math.abs(value - (values[place] ?? NaN))),
      0,
    )
    expect(apart / largest).toBeLessThan(1e-5)
  }
  tf.dispose([wanted, found, folded])
  model.dispose()
  return graph
}

/** Sides that are known while inputs are open are right, and all are known once inputs are closed. */
function compareShapes(
  graph: ModelGraph,
  given: Readonly<Record<string, tf.Tensor>>,
  wanted: readonly tf.Tensor[],
): void {
  const open = shapesOf(graph)
  const closed = shapesOf(
    graph,
    new Map(Object.entries(given).map(([name, { shape }]) => [name, shape])),
  )
  for (const [index, name] of graph.outputs.entries()) {
    const { shape = [] } = wanted[index] ?? {}
    const said = open.get(name)
    if (said !== undefined) expect(shape.map((side, at) => said[at] && side)).toEqual(said)
    if (!graph.nodes.some(({ op }) => op === 'opaque')) expect(closed.get(name)).toEqual(shape)
  }
}
