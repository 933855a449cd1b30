import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { onnxFiles, onnxNets, recordedNumbers } from '../../../testing/files/onnx-nets'
import type { OnnxNumbers } from '../../../testing/files/onnx-tensor'
import { loadGraphWithStock } from '../../../testing/models/stock-model'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { Program } from '../../engine/program/program'
import { memoryFile } from '../../files/file-bundle'
import { learntWeights } from '../../graph/learnt-weights'
import type { OpenedModel } from '../format'
import { writeModel } from '../exporters'
import { openModel } from '../importers'

const go = () => Promise.resolve()
const tfjs = { container: 'tfjs', precision: 'exact' } as const

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

/** How far a model is from what is recorded. */
function apart(
  opened: OpenedModel,
  inputs: readonly OnnxNumbers[],
  outputs: readonly OnnxNumbers[],
): number {
  const program = new Program(opened)
  const given = inputs.map(({ dtype, shape, values }) => tf.tensor([...values], [...shape], dtype))
  try {
    const found = program.predict(given)
    const distanceFound = distance(answersOf(found), outputs)
    tf.dispose(found)
    return distanceFound
  } finally {
    tf.dispose(given)
    program.dispose()
  }
}

describe('small nets say what onnxruntime says:', () => {
  it.each(onnxNets)('%s', async (name) => {
    const opened = await openModel(onnxFiles(name), go)
    expect(opened.obstacles).toEqual({ run: null, train: null, cut: null })
    const [inputs, outputs] = [
      await recordedNumbers(name, 'input'),
      await recordedNumbers(name, 'output'),
    ]
    expect(apart(opened, inputs, outputs)).toBeLessThanOrEqual(TOLERANCE)
  })
})

/** Weights that are pruned and have scales of their own. */
function kernelsOf({ weights }: Pick<OpenedModel, 'weights'>) {
  const kernels = weights.filter(({ spec: { role } }) => /kernel|embedding/i.test(role))
  // Names are made safe for TensorFlow.
  return kernels.map(({ spec: { channel, role } }) => [role, channel])
}

describe('what is downloaded says the same in stock TensorFlow.js, and opens with its kernels:', () => {
  it.each(onnxNets)('%s', async (name) => {
    const opened = await openModel(onnxFiles(name), go)
    const { files } = await writeModel(opened, opened.weights, tfjs, go)
    const model = await loadGraphWithStock(tf, files)
    const inputs = await recordedNumbers(name, 'input')
    const given = inputs.map(({ dtype, shape, values }) =>
      tf.tensor([...values], [...shape], dtype),
    )
    const found = [model.predict(given)].flat() as tf.Tensor[]
    const wanted = await recordedNumbers(name, 'output')
    expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(TOLERANCE)
    tf.dispose([given, found])
    model.dispose()
    const again = await openModel(
      files.map(({ path, bytes }) => memoryFile(path, bytes)),
      go,
    )
    // Steps of a cell are products by themselves there, which read parts of what the file has as one.
    const own = opened.weights.filter(({ spec }) => spec.layerKind !== 'recurrent')
    expect(kernelsOf(again)).toEqual(kernelsOf({ weights: own }))
  })
})

it('a file of one sample takes any number, says so, and says of one alone what it says of it among others', async () => {
  const opened = await openModel(onnxFiles('single'), go)
  expect(opened.notes).toContainEqual({ code: 'note/any-batch', params: {} })
  expect(opened.graph.inputs[0]?.shape).toEqual([null, 1, 6, 6])
  const first = ([{ dtype, shape, values } = fallback]: readonly OnnxNumbers[]) => {
    const each = values.length / (shape[0] ?? 1)
    return [{ dtype, shape: [1, ...shape.slice(1)], values: values.slice(0, each) }]
  }
  const [inputs, outputs] = [
    await recordedNumbers('single', 'input'),
    await recordedNumbers('single', 'output'),
  ]
  expect(apart(opened, first(inputs), first(outputs))).toBeLessThanOrEqual(TOLERANCE)
})

const fallback: OnnxNumbers = { dtype: 'float32', shape: [], values: [] }

it('cells through time learn all that they read, in whatever order their file has it', async () => {
  const { graph } = await openModel(onnxFiles('sequence'), go)
  const cells = ['gru', 'lstm'].flatMap((name) => ['b', 'r', 'w'].map((part) => `${name}.${part}`))
  expect([...learntWeights(graph)].toSorted()).toEqual([...cells, 'head.b', 'head.w'].toSorted())
})

test('what torch has folded into convolutions is said, and of files of others nothing', async () => {
  const told = async (name: string) => (await openModel(onnxFiles(name), go)).notes
  const note = { code: 'note/folded-by-torch', params: {} }
  expect(await told('torch')).toContainEqual(note)
  expect(await told('auto.torchscript')).toContainEqual(note)
  expect(await told('lstm.torchscript')).not.toContainEqual(note)
  expect(await told('cnn')).not.toContainEqual(note)
})

describe('what weights are for:', () => {
  it('kernels of all kinds, by the operators that read them', async () => {
    const { weights } = await openModel(onnxFiles('cnn'), go)
    const found = Object.fromEntries(
      weights.map(({ spec: { channel, name, role } }) => [
        name,
        [role, channel.count, channel.inner],
      ]),
    )
    expect(found).toMatchObject({
      'stem.weight': ['kernel', 8, 9],
      'stem.bias': ['bias', 1, 8],
      'norm.scale': ['normalization', 1, 8],
      'depth.weight': ['depthwiseKernel', 8, 9],
      'grouped.weight': ['kernel', 12, 36],
      'fc.weight': ['kernel', 10, 12],
    })
  })

  it('an embedding of a node, halves that are cast, masks that are no weight', async () => {
    const { graph, weights } = await openModel(onnxFiles('attention'), go)
    const found = new Map(weights.map((weight) => [weight.spec.name, weight]))
    expect(found.get('table')?.spec.role).toBe('embedding')
    expect(found.get('positions')?.storedAs).toBe('float16')
    expect(found.has('mask')).toBe(false)
    expect(graph.constants.get('mask')?.values?.[5]).toBe(-Infinity)
  })
})
