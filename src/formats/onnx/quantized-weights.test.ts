import { describe, expect, it } from 'vitest'
import { message, node, onnxFile, onnxModel, port } from '../../../testing/files/onnx-writer'
import type { Field } from '../../../testing/files/onnx-writer'
import { onnxFiles } from '../../../testing/files/onnx-nets'
import { learntWeights } from '../../graph/learnt-weights'
import { outputFacts } from '../../graph/output-facts'
import { unsquashed } from '../../graph/unsquashed'
import type { OpenedModel, OpenedWeight } from '../format'
import { memoryFile } from '../../files/file-bundle'
import { exporterFor, writeModel } from '../exporters'
import { openModel } from '../importers'

const go = () => Promise.resolve()

/** Bits of codes, how many scales there are, how the file holds them and in how many bytes. */
function told({ held, storedAs, storedBytes }: OpenedWeight) {
  const codes = held?.kind === 'codes' ? held.tensor : null
  const scales = codes?.kind === 'affine' ? codes.scale.length : null
  return [storedAs, codes?.bits ?? null, scales, storedBytes]
}

function toldOf({ weights }: OpenedModel): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(weights.map((weight) => [weight.spec.name, told(weight)]))
}

describe('codes open as what they are:', () => {
  it('behind DequantizeLinear, with a scale for each filter', async () => {
    const opened = await openModel(onnxFiles('qdq-channels'), go)
    expect(toldOf(opened)).toEqual({
      'stem.weight_quantized': ['int8', 8, 8, 72 + 8 * 4 + 8],
      'depth.weight_quantized': ['int8', 8, 8, 72 + 8 * 4 + 8],
      'point.weight_quantized': ['int8', 8, 8, 64 + 8 * 4 + 8],
      'fc.weight_quantized': ['int8', 8, 10, 80 + 10 * 4 + 10],
      'stem.bias_quantized': ['int32', null, null, 32],
      'depth.bias_quantized': ['int32', null, null, 32],
      'point.bias_quantized': ['int32', null, null, 32],
      'fc.bias_quantized': ['int32', null, null, 40],
    })
    const [stem] = opened.weights
    expect(stem?.spec).toMatchObject({ role: 'kernel', channel: { count: 8, inner: 9 } })
    expect(opened.notes).toContainEqual({
      code: 'note/quantized-weights',
      params: { count: 4, total: 8, dtypes: 'int8' },
    })
    expect(learntWeights(opened.graph).size).toBe(8)
  })

  it('of 2, 4 and 8 bits in blocks, and weights without their zeros', async () => {
    const opened = await openModel(onnxFiles('words'), go)
    expect(toldOf(opened)).toEqual({
      'table.codes': ['uint4', 4, 12 * 3, 12 * 20 + 12 * 3 * 4 + 12 * 2],
      matrix0: ['uint4', 4, 24 * 3, 24 * 3 * 8 + 24 * 3 * 4 + 24 * 2],
      matrix1: ['uint8', 8, 24 * 2, 24 * 2 * 16 + 24 * 2 * 4],
      matrix2: ['uint2', 2, 24, 24 * 8 + 24 * 4 + 24],
      matrix3: ['uint4', 4, 16, 16 * 16 + 16 * 4],
      'blocked.codes': ['int4', 4, 4 * 12, 96 + 4 * 12 * 4],
      'columns.codes': ['uint4', 4, 10, 60 + 40 + 5],
      rounded: ['float32', 8, 1, 320],
      'whole.codes': ['uint8', 8, 1, 160 + 4 + 1],
      'bias.codes': ['int32', null, null, 80],
      flat: ['float32', null, null, 30 * 4 + 30 * 8],
      paired: ['float32', null, null, 4 * 4 + 8 * 8],
    })
    // All of them, also what is rounded as it runs.
    expect(learntWeights(opened.graph).size).toBe(opened.weights.length)
  })

  it.each(['qdq-channels', 'qdq-tensors'])(
    '%s leaves as ONNX first of all, in codes as it came',
    async (name) => {
      const opened = await openModel(onnxFiles(name), go)
      expect([opened.container, opened.alsoAs]).toEqual(['onnx', ['tfjs']])
      const held = opened.weights.map((weight) =>
        weight.held?.kind === 'codes' ? weight.held.tensor : weight,
      )
      const { files } = await writeModel(
        opened,
        held,
        { container: 'onnx', precision: 'exact' },
        go,
      )
      const written = await openModel(
        files.map(({ bytes, path }) => memoryFile(path, bytes)),
        go,
      )
      const coded = ({ weights }: OpenedModel): number =>
        weights.filter((weight) => weight.held?.kind === 'codes').length
      expect(coded(written)).toBe(coded(opened))
    },
  )

  it.each(['qdq-channels', 'qdq-tensors', 'qoperator'])(
    '%s gives codes of probabilities',
    async (name) => {
      const { graph } = await openModel(onnxFiles(name), go)
      expect(outputFacts(graph)).toEqual([{ kind: 'probabilities', gathered: false }])
      const around = unsquashed(graph)
      const makers = new Map(around.graph.nodes.map((one) => [one.outputs[0], one]))
      const [softmax] = graph.nodes.filter(({ op }) => op === 'softmax')
      expect(around.squashing).toBe('softmax')
      // Scores come out as they go into it.
      expect(around.graph.outputs).toEqual([softmax?.inputs[0]])
      expect(makers.has(softmax?.inputs[0] ?? '')).toBe(true)
    },
  )

  it.each(['qoperator', 'dynamic'])('that operators read: %s', async (name) => {
    const { graph, notes, weights } = await openModel(onnxFiles(name), go)
    const kernels = weights.filter(({ spec }) => spec.role.endsWith('ernel'))
    expect(kernels.map(told).map(([, ...facts]) => facts)).toEqual([
      [8, 1, 72 + 4 + 1],
      [8, 1, 72 + 4 + 1],
      [8, 1, 64 + 4 + 1],
      [8, 1, 80 + 4 + 1],
    ])
    expect(learntWeights(graph).size).toBe(8)
    const isOfBatch = notes.some(({ code }) => code === 'note/range-of-batch')
    expect(isOfBatch).toBe(name === 'dynamic')
  })

  it('and those of one range stay as long in a file of TensorFlow.js', async () => {
    const opened = await openModel(onnxFiles('qdq-tensors'), go)
    const { store } = exporterFor('tfjs')
    const forms = opened.weights.map((weight) => store(weight, weight, 'exact', opened))
    expect(forms.map(({ bytes, storedAs }) => [storedAs, bytes]).slice(0, 4)).toEqual([
      ['uint8', 72],
      ['uint8', 72],
      ['uint8', 64],
      ['uint8', 80],
    ])
  })
})

/** A TensorProto of bytes. */
function bytes(
  name: string,
  type: number,
  sides: readonly number[],
  values: Uint8Array,
): Uint8Array {
  return message(...sides.map((side): Field => [1, side]), [2, type], [8, name], [9, values])
}

function model(nodes: readonly Uint8Array[], ...tensors: readonly Uint8Array[]) {
  return onnxFile(
    onnxModel(
      ...nodes.map((one): Field => [1, one]),
      ...tensors.map((one): Field => [5, one]),
      [11, port('x', [0, 2])],
      [12, port('y', [0, 3])],
    ),
  )
}

const U8 = 2
const FLOAT8 = 17

describe('what is no weight of real numbers:', () => {
  it('whole numbers that are multiplied run, and do not train', async () => {
    const { obstacles, weights } = await openModel(
      model(
        [
          node('DynamicQuantizeLinear', ['x'], ['q', 's', 'z']),
          node('MatMulInteger', ['q', 'w', 'z'], ['y']),
        ],
        bytes('w', U8, [2, 3], Uint8Array.of(0, 1, 2, 3, 254, 255)),
      ),
      go,
    )
    expect(weights.map(({ values }) => [...values])).toEqual([[0, 1, 2, 3, 254, 255]])
    expect(obstacles).toMatchObject({
      ...{ run: null, cut: null },
      train: { code: 'train/operator', params: { operator: 'MatMulInteger (MatMulInteger_1)' } },
    })
  })

  it('sums that float32 does not hold are refused by name', async () => {
    const wide = Array.from({ length: 300 * 3 }, () => 1)
    const { obstacles } = await openModel(
      model(
        [
          node('MatMul', ['x', 'v'], ['h']),
          node('DynamicQuantizeLinear', ['h'], ['q', 's', 'z']),
          node('MatMulInteger', ['q', 'w', 'z'], ['y']),
        ],
        bytes('v', 1, [2, 300], new Uint8Array(2 * 300 * 4)),
        bytes('w', U8, [300, 3], Uint8Array.from(wide)),
      ),
      go,
    )
    expect(obstacles.run).toBeNull()
    expect(obstacles.train).toMatchObject({
      code: 'open/only-onnx-runtime',
      params: { operator: 'MatMulInteger (MatMulInteger_2), sum' },
    })
  })

  it.each([
    ['scales of another number', bytes('s', 1, [2], new Uint8Array(8)), U8, 'shape'],
    ['floats of 8 bits', bytes('s', 1, [], new Uint8Array(4)), FLOAT8, 'type=F8_E4M3'],
  ])('%s: the operator is named', async (_, scale, type, why) => {
    const { obstacles, weights } = await openModel(
      model(
        [node('DequantizeLinear', ['w', 's'], ['v']), node('MatMul', ['x', 'v'], ['y'])],
        bytes('w', type, [2, 3], new Uint8Array(6)),
        scale,
      ),
      go,
    )
    expect(obstacles.train?.params).toMatchObject({
      operator: `DequantizeLinear (DequantizeLinear_0), ${why}`,
    })
    if (type === FLOAT8) expect(weights[0]?.storedAs).toBe('float8')
  })
})
