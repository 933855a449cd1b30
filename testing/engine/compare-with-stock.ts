import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { openModel } from '../../src/formats/importers'
import type { OpenedModel } from '../../src/formats/format'
import { Program } from '../../src/engine/program/program'
import type { ModelGraph } from '../../src/graph/graph'
import { shapesOf } from '../../src/graph/shapes-of'
import { valueTypes } from '../../src/graph/value-types'
import { graphBundle } from '../files/graph-files'
import type { GraphFiles } from '../files/graph-files'
import { answeredByStock, writtenFiles } from '../files/written-again'
import { answersOf, distance } from './distance'
import type { Answer } from './distance'
import { answeredByOnnx, onnxFileOf } from './onnx-written'
import { runUnfolded } from './run-unfolded'

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
  inputs: readonly tf.Tensor[],
  tolerance = 1e-6,
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
  const found = runUnfolded(opened, inputs)
  compareShapes(graph, given, wanted)
  const before = tf.memory().numTensors
  const program = new Program(opened)
  const folded = program.predict(inputs)
  program.dispose()
  expect(tf.memory().numTensors - before).toBe(folded.length)
  const [own, answers, stock] = [found, folded, wanted].map(answersOf)
  expect(answers).toEqual(own)
  expect(own?.map(({ dtype, shape }) => [shape, dtype])).toEqual(
    stock?.map(({ dtype, shape }) => [shape, dtype]),
  )
  const types = valueTypes(graph)
  expect(graph.outputs.map((name) => types.get(name))).toEqual(wanted.map(({ dtype }) => dtype))
  expect(distance(answers ?? [], stock ?? [])).toBeLessThanOrEqual(tolerance)
  if (!graph.nodes.some(({ op }) => op === 'opaque')) await compareWritten(opened, inputs, answers)
  tf.dispose([wanted, found, folded])
  model.dispose()
  return graph
}

/** Asked for by `npm run check:onnx-out`: hundreds of files are too many for every test. */
const asksOnnx = process.env['ONNX_OUT'] === '1'

/** Written from the graph alone it says the same. */
async function compareWritten(
  opened: OpenedModel,
  inputs: readonly tf.Tensor[],
  answers: readonly Answer[] = [],
): Promise<void> {
  const again = await answeredByStock(tf, await writtenFiles(opened), inputs)
  expect(distance(answersOf(again), answers)).toBeLessThanOrEqual(1e-5)
  tf.dispose(again)
  if (!asksOnnx) return
  const byOnnx = await answeredByOnnx(onnxFileOf(opened), inputs)
  expect(distance(answersOf(byOnnx), answers)).toBeLessThanOrEqual(1e-5)
  tf.dispose(byOnnx)
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
