import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, file, freshEngine } from '../../../testing/engine/drive-engine'
import { floatTensor, joined, message, node, onnxModel } from '../../../testing/files/onnx-writer'
import { port, product, varint } from '../../../testing/files/onnx-writer'
import { savedFiles } from '../../../testing/models/stock-model'
import type { Field } from '../../../testing/files/onnx-writer'

const engine = freshEngine()

/** Whole numbers of a file. */
function wholes(name: string, values: readonly number[]): Field {
  const data = joined(values.map((value) => varint(value)))
  return [5, message([1, values.length], [2, 7], [8, name], [7, data])]
}

/** Behind a product of two inputs that gives three numbers. */
function behindProduct(...fields: readonly Field[]): Uint8Array {
  return onnxModel(
    [1, node('MatMul', ['x', 'w'], ['a'])],
    ...fields,
    ...product.slice(1, 2),
    [11, port('x', [0, 2])],
    [12, message([1, 'y'], [2, message([1, message([1, 1])])])],
  )
}

async function opened(bytes: Uint8Array) {
  const { result } = await drained(engine.current.model.open({ files: [file('n.onnx', bytes)] }))
  return result
}

describe('a model that does not run opens for its weights and says, without words of a library,', () => {
  it('in which layer it stopped, and what that was given', async () => {
    const bytes = behindProduct([1, node('Reshape', ['a', 'to'], ['y'])], wholes('to', [0, 7]))
    expect((await opened(bytes)).obstacles.run).toEqual({
      code: 'open/forward-failed',
      params: { file: 'n.onnx', layer: 'Reshape_1', found: '[1 × 3]' },
    })
  })

  it('how much memory an absurd padding asks for, and does not try', async () => {
    const bytes = behindProduct(
      [1, node('Pad', ['a', 'pads'], ['y'])],
      wholes('pads', [0, 0, 0, 2_000_000_000]),
    )
    expect((await opened(bytes)).obstacles.run).toEqual({
      code: 'open/needs-memory',
      params: { file: 'n.onnx', layer: 'Pad_1', bytes: 8_000_000_012 },
    })
  })

  it('that rows of its output are no samples', async () => {
    const flat = onnxModel(
      [1, node('Reshape', ['x', 'to'], ['y'])],
      wholes('to', [1, 6]),
      [11, port('x', [2, 3])],
      [12, port('y', [1, 6])],
    )
    const { obstacles } = await opened(flat)
    const params = { file: 'n.onnx', output: 'Reshape_0', found: '1 × 6', samples: 2 }
    expect(obstacles.run).toEqual({ code: 'open/other-rows', params })
  })

  it('that only a run shows rows of its output, which are no samples', async () => {
    const turned = onnxModel(
      [1, node('Transpose', ['x'], ['t'])],
      [1, node('MatMul', ['t', 'w'], ['y'])],
      ...product.slice(1, 2),
      [11, port('x', [2, 0])],
      [12, port('y', [0, 3])],
    )
    const { obstacles } = await opened(turned)
    const params = { file: 'n.onnx', output: 'MatMul_1', found: '16 × 3', samples: 2 }
    expect(obstacles.run).toEqual({ code: 'open/other-rows', params })
  })

  it('that its inputs were frozen to different numbers of samples', async () => {
    const both = onnxModel(
      [1, node('Add', ['x', 'z'], ['y'])],
      [11, port('x', [4, 3])],
      [11, port('z', [1, 3])],
      [12, port('y', [4, 3])],
    )
    const { obstacles } = await opened(both)
    const params = { file: 'n.onnx', input: 'x', samples: 4, other: 'z', found: 1 }
    expect(obstacles.run).toEqual({ code: 'open/several-batches', params })
  })

  it('what stock TensorFlow.js was given when it stopped', async () => {
    // Longer than any sequence that is tried.
    const long = tf.layers.conv1d({ filters: 2, kernelSize: 300, inputShape: [null, 3] })
    const saved = await savedFiles(tf, tf.sequential({ layers: [long] }))
    const files = await Promise.all(
      saved.map(async (one) => file(one.path, await one.read(0, one.size))),
    )
    const { result } = await drained(engine.current.model.open({ files }))
    expect(result.obstacles.run).toEqual({
      code: 'open/forward-stopped',
      params: { file: 'model.json', found: '[1 × 256 × 3]' },
    })
  })

  it('that as many rows come as boxes are chosen', async () => {
    const boxes = [5, floatTensor('boxes', [1, 3, 4])] as const
    const bytes = behindProduct(
      [1, node('Unsqueeze', ['a', 'first'], ['scores'])],
      [1, node('NonMaxSuppression', ['boxes', 'scores', 'most'], ['y'])],
      ...[boxes, wholes('first', [1]), wholes('most', [2])],
    )
    expect((await opened(bytes)).obstacles.run).toEqual({
      code: 'open/no-rows',
      params: {
        ...{ file: 'n.onnx', output: 'y' },
        operator: 'NonMaxSuppression (NonMaxSuppression_2)',
      },
    })
  })
})

it('an operator that is known stays unknown for values of no known shape, and the page says so', async () => {
  const bytes = behindProduct(
    [1, node('Unique', ['a'], ['u'])],
    [1, node('MatMul', ['u', 'u'], ['y'])],
  )
  const { notes } = await opened(bytes)
  expect(notes).toContainEqual({
    code: 'note/opaque-layers',
    params: { count: 2, names: 'Unique (Unique_1); MatMul (MatMul_2), shape(u)=?' },
  })
})
