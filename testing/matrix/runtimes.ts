/** What the runtimes that people use make of a download: its weights and its outputs. */
import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs'
import type { ExportedModel } from '../../src/formats/exporter'
import type { OpenedModel, OpenedWeight } from '../../src/formats/format'
import { answersOf } from '../engine/distance'
import type { Answer } from '../engine/distance'
import { answeredByOnnx, weightsByOnnx } from '../engine/onnx-written'
import { loadGraphWithStock, loadWithStock } from '../models/stock-model'
import { asTensors } from './made-inputs'

/** What a runtime says of a file. */
export interface Told {
  readonly runtime: string
  /** null: it was asked for weights alone. */
  readonly outputs: readonly Answer[] | null
  /** SHA-256 of the numbers, as float32, by the name of the weight; those that it does not hold by themselves are missing. */
  readonly weights: ReadonlyMap<string, string>
}

/** SHA-256 of numbers as they lie in memory. */
export function hashOf({ buffer, byteLength, byteOffset }: OpenedWeight['values']): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')
}

type Files = ExportedModel['files']

/** Of a layers model. */
async function byLayers(files: Files, inputs: readonly tf.Tensor[]): Promise<Told> {
  const model = await loadWithStock(tf, files)
  const outputs = [model.predict([...inputs])].flat()
  const weights = new Map(
    model.weights.map((weight) => [weight.originalName, numbersHash(weight.read())] as const),
  )
  const told = { runtime: 'loadLayersModel', outputs: answersOf(outputs), weights }
  tf.dispose(outputs)
  model.dispose()
  return told
}

/** Of a graph model; codes are decoded by the graph, and what that makes of them is asked for by name. */
async function byGraph(
  { decoded, files, held }: ExportedModel,
  names: readonly string[],
  inputs: readonly tf.Tensor[],
): Promise<Told> {
  const model = await loadGraphWithStock(tf, files)
  const outputs = [model.predict([...inputs]) as tf.Tensor | tf.Tensor[]].flat()
  const weights = new Map<string, string>()
  const given = Object.fromEntries(model.inputNodes.map((name, at) => [name, inputs[at]]))
  for (const [at, name] of names.entries()) {
    const own = held[at]?.name ?? ''
    const [stored] = model.weights[own] ?? []
    if (stored !== undefined) weights.set(name, numbersHash(stored))
    if (decoded?.weights.includes(own) !== true) continue
    const made = model.execute(given as tf.NamedTensorMap, own)
    weights.set(name, numbersHash([made].flat()[0]))
    tf.dispose(made)
  }
  const told = { runtime: 'loadGraphModel', outputs: answersOf(outputs), weights }
  tf.dispose(outputs)
  model.dispose()
  return told
}

function numbersHash(tensor: tf.Tensor | undefined): string {
  return hashOf(tensor?.dataSync() ?? new Float32Array(0))
}

/** @param isOfOne the file takes one sample at a time */
async function byOnnx(
  files: Files,
  isOfOne: boolean,
  names: readonly string[],
  inputs: readonly tf.Tensor[],
): Promise<Told> {
  const [file] = files
  if (file === undefined) throw new Error('no file was written')
  const found = isOfOne
    ? await oneByOne(inputs, (one) => answeredByOnnx(file.bytes, one))
    : await answeredByOnnx(file.bytes, inputs)
  const outputs = answersOf(found)
  tf.dispose(found)
  const first = isOfOne ? inputs.map((input) => input.slice(0, 1)) : inputs
  const decoded = await weightsByOnnx(file.bytes, names, first)
  if (isOfOne) tf.dispose([...first])
  const weights = new Map([...decoded].map(([name, values]) => [name, hashOf(values)] as const))
  return { runtime: 'onnxruntime-web', outputs, weights }
}

async function oneByOne(
  inputs: readonly tf.Tensor[],
  run: (inputs: readonly tf.Tensor[]) => Promise<tf.Tensor[]>,
): Promise<tf.Tensor[]> {
  const said: tf.Tensor[][] = []
  for (let at = 0; at < (inputs[0]?.shape[0] ?? 0); at++) {
    const one = inputs.map((input) => input.slice(at, 1))
    said.push(await run(one))
    tf.dispose(one)
  }
  const all = (said[0] ?? []).map((_, output) =>
    tf.concat(said.flatMap((each) => each[output] ?? [])),
  )
  tf.dispose(said)
  return all
}

/**
 * Has stock TensorFlow.js or onnxruntime-web run what was written. Needs a backend.
 * @returns null where neither reads such files
 */
export async function runInNode(
  model: OpenedModel,
  exported: ExportedModel,
  inputs: readonly Answer[],
): Promise<Told | null> {
  const names = model.weights.map(({ spec }) => spec.name)
  const floats = model.weights.flatMap(({ spec }) => (spec.dtype === 'float32' ? [spec.name] : []))
  const { files, usage } = exported
  // Of what is written from a graph that lost filters this is no longer so.
  const isOfOne =
    model.skeleton !== undefined && model.notes.some(({ code }) => code === 'note/any-batch')
  const given = asTensors(inputs)
  try {
    if (files.some(({ path }) => path.endsWith('.onnx')))
      return await byOnnx(files, isOfOne, floats, given)
    if (usage.code.includes('loadGraphModel')) return await byGraph(exported, names, given)
    if (usage.code.includes('loadLayersModel')) return await byLayers(files, given)
    return null
  } finally {
    tf.dispose(given)
  }
}
