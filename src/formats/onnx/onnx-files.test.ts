import { expect, test } from 'vitest'
import {
  floatTensor,
  message,
  node,
  onnxFile,
  onnxModel,
  port,
  product,
} from '../../../testing/files/onnx-writer'
import type { Field } from '../../../testing/files/onnx-writer'
import { Drop } from '../../files/drop'
import { memoryFile } from '../../files/file-bundle'
import { learntWeights } from '../../graph/learnt-weights'
import { unrunnable } from '../../graph/unrunnable'
import { shapesOf } from '../../graph/shapes-of'
import { mapChannels } from '../../structure/channel-map'
import { writeModel } from '../exporters'
import { missingFiles, openModel } from '../importers'

const go = () => Promise.resolve()
const whole = onnxModel(...product)

test('files of one name are told apart by their folders, and none stands for another', async () => {
  const at = (location: string, name: string): Field => [
    5,
    floatTensor(name, [20], [13, message([1, 'location'], [2, location])], [14, 1]),
  ]
  const model = onnxFile(onnxModel(...product, at('a/w.bin', 'u'), at('b\\w.bin', 'v')))
  const weights = (path: string, value: number) =>
    memoryFile(path, new Uint8Array(new Float32Array(20).fill(value).buffer))
  const one = [...model, weights('net/a/w.bin', 1)]
  expect(await missingFiles(new Drop(one), go)).toEqual(['w.bin'])
  const opened = await openModel([...one, weights('net/b/w.bin', 2)], go)
  const first = (name: string) => opened.weights.find(({ spec }) => spec.name === name)?.values[0]
  expect([first('u'), first('v')]).toEqual([1, 2])
})

test('weights that came before their model are kept for it', async () => {
  const data = memoryFile('net.onnx.data', new Uint8Array(8))
  expect(await missingFiles(new Drop([data]), go)).toEqual(['model.onnx'])
})

test('kernels that are cast on their way are learnt, and constants in attributes are read', async () => {
  const sides = message(
    [2, 'to'],
    [4, 'Constant'],
    [5, message([1, 'value_ints'], [8, -1], [8, 2], [20, 7])],
  )
  const cast = message([1, 'half'], [2, 'k'], [4, 'Cast'], [5, message([1, 'to'], [3, 1], [20, 2])])
  const half = message([1, 2], [1, 3], [2, 10], [8, 'half'], [9, new Uint8Array(12)])
  const { graph, obstacles } = await openModel(
    onnxFile(
      onnxModel(
        ...[
          sides,
          node('Reshape', ['x', 'to'], ['r']),
          cast,
          node('MatMul', ['r', 'k'], ['y']),
        ].map((each): Field => [1, each]),
        [5, half],
        ...product.slice(2),
      ),
    ),
    () => Promise.resolve(),
  )
  expect(obstacles).toEqual({ run: null, train: null, cut: null })
  expect([...learntWeights(graph)]).toEqual(['half'])
  expect(graph.nodes.find(({ op }) => op === 'reshape')?.attributes).toEqual({ to: [-1, 2] })
})

/** As tf2onnx and torch leave kernels: turned, or flat and put into shape, before they are read. */
const turnedKernels: readonly Field[] = [
  ...[
    node('Reshape', ['v', 'to'], ['v1']),
    node('Conv', ['x', 'v1'], ['a']),
    node('Relu', ['a'], ['b']),
    turn('w', 'w1', [3, 2, 0, 1]),
    node('Conv', ['b', 'w1'], ['c']),
    node('Relu', ['c'], ['d']),
    node('GlobalAveragePool', ['d'], ['e']),
    node('Flatten', ['e'], ['f']),
    turn('u', 'u1', [1, 0]),
    node('MatMul', ['f', 'u1'], ['y']),
  ].map((each): Field => [1, each]),
  [5, floatTensor('w', [2, 1, 4, 6])],
  [5, floatTensor('v', [4])],
  [5, floatTensor('u', [5, 6])],
  [5, message([1, 4], [2, 7], [7, 4], [7, 1], [7, 1], [7, 1], [8, 'to'])],
  [11, port('x', [0, 1, 5, 5])],
  [12, port('y', [0, 5])],
]

function turn(from: string, to: string, perm: readonly number[]): Uint8Array {
  const axes = perm.map((axis): Field => [8, axis])
  return message([1, from], [2, to], [4, 'Transpose'], [5, message([1, 'perm'], ...axes, [20, 7])])
}

test('kernels that are turned or put into shape on their way are kernels, and lose filters', async () => {
  const { graph, weights } = await openModel(onnxFile(onnxModel(...turnedKernels)), () =>
    Promise.resolve(),
  )
  expect(weights.map(({ spec: { name, role, channel } }) => [name, role, channel])).toEqual([
    ['w', 'kernel', { count: 6, inner: 1 }],
    ['v', 'kernel', { count: 4, inner: 1 }],
    ['u', 'kernel', { count: 5, inner: 6 }],
  ])
  const { groups } = mapChannels(graph, shapesOf(graph))
  const free = groups.filter(({ fixed }) => fixed === null)
  expect(free.map(({ channels }) => channels.length)).toEqual([6])
})

test('the whole file of those cases opens', async () => {
  const { obstacles, weights } = await openModel(onnxFile(whole), go)
  expect([obstacles.run, weights.map(({ spec }) => spec.name)]).toEqual([null, ['w']])
})

test('what stands in the way is named, an operator that is none and a setting that has no meaning', async () => {
  const flatten = message(
    ...([
      [1, 'x'],
      [2, 'r'],
      [4, 'Flatten'],
    ] as const),
    [5, message([1, 'axis'], [4, 'one'], [20, 3])],
  )
  const open = (...nodes: readonly Uint8Array[]) => {
    const fields = nodes.map((each): Field => [1, each])
    return openModel(onnxFile(onnxModel(...fields, ...product.slice(1))), () => Promise.resolve())
  }
  const one = await open(node('Warp', ['x', 'w'], ['y']))
  const only = { code: 'open/only-onnx-runtime' as const }
  const warp = { ...only, params: { file: 'net.onnx', operator: 'Warp (Warp_0)' } }
  expect(one.obstacles).toEqual({ run: null, train: warp, cut: warp })
  expect([one.container, one.weights.length, one.refillable?.length]).toEqual(['onnx', 1, 3])
  const other = await open(flatten, node('MatMul', ['r', 'w'], ['y']))
  const params = { file: 'net.onnx', operator: 'Flatten (Flatten_0), axis=one' }
  expect(other.obstacles.train).toEqual({ ...only, params })
})

test('a normalisation that depends on who runs together is noted by name, and one with its own statistics is not', async () => {
  const notesOf = async (mode: number) => {
    const normalization = message(
      ...['x', 'scale', 'offset', 'mean', 'variance'].map((name): Field => [1, name]),
      ...([
        [2, 'y'],
        [3, 'bn'],
        [4, 'BatchNormalization'],
      ] as const),
      [5, message([1, 'training_mode'], [3, mode], [20, 2])],
    )
    const weights = ['scale', 'offset', 'mean', 'variance'].map((name): Field => [
      5,
      floatTensor(name, [3]),
    ])
    const ports = [11, 12].map((place): Field => [place, port(place === 11 ? 'x' : 'y', [0, 3, 2])])
    const { notes, obstacles } = await openModel(
      onnxFile(onnxModel([1, normalization], ...weights, ...ports)),
      go,
    )
    expect(obstacles.run).toBeNull()
    return notes.filter(({ code }) => code === 'note/statistics-of-batch')
  }
  expect(await notesOf(1)).toEqual([
    { code: 'note/statistics-of-batch', params: { operator: 'BatchNormalization (bn)' } },
  ])
  expect(await notesOf(0)).toEqual([])
})

test.each(['add', 'none'])(
  'rows that are put at places (%s) run again as a graph model of TensorFlow.js',
  async (reduction) => {
    const scatter = message(
      ...['x', 'places', 'w'].map((name): Field => [1, name]),
      ...([
        [2, 'y'],
        [4, 'ScatterND'],
      ] as const),
      [5, message([1, 'reduction'], [4, reduction], [20, 3])],
    )
    const places = new Uint8Array(BigInt64Array.of(3n, 1n).buffer)
    const opened = await openModel(
      onnxFile(
        onnxModel(
          [1, node('Mul', ['x', 'scale'], ['s'])],
          [1, scatter],
          [5, floatTensor('w', [2, 3])],
          [5, floatTensor('scale', [1])],
          [5, message([1, 2], [1, 1], [2, 7], [8, 'places'], [9, places])],
          [11, port('x', [4, 3])],
          [12, port('y', [4, 3])],
          [12, port('s', [4, 3])],
        ),
      ),
      go,
    )
    const target = { container: 'tfjs', precision: 'exact' } as const
    const { files } = await writeModel(opened, opened.weights, target, go)
    const again = await openModel(
      files.map(({ bytes, path }) => memoryFile(path, bytes)),
      go,
    )
    expect(again.graph.nodes.map(({ op }) => op)).toContain('scatter')
    expect(again.obstacles.run).toBeNull()
    expect(unrunnable(again.graph)).toEqual([])
  },
)

test('a weight without an element is written in every kind of file that is offered, and TensorFlow.js is not', async () => {
  const empty = message([1, 0], [1, 3], [2, 1], [8, 'none'], [9, new Uint8Array(0)])
  const opened = await openModel(onnxFile(onnxModel(...product, [5, empty])), go)
  expect([opened.container, opened.alsoAs]).toEqual(['onnx', ['safetensors']])
  expect(opened.notes).toContainEqual({ code: 'note/empty-weight', params: { tensor: 'none' } })
  for (const container of ['onnx', 'safetensors'] as const) {
    const target = { container, precision: 'float32' } as const
    const { files } = await writeModel(opened, opened.weights, target, go)
    const again = await openModel(
      files.map(({ bytes, path }) => memoryFile(path, bytes)),
      go,
    )
    expect(again.weights.map(({ spec }) => spec.shape)).toEqual([
      [2, 3],
      [0, 3],
    ])
  }
})

test('a port of unknown sides is one of any', async () => {
  const { graph } = await openModel(
    onnxFile(onnxModel(...product.slice(0, 2), [11, message([1, 'x'])], [12, port('y', [])])),
    () => Promise.resolve(),
  )
  expect(graph.inputs).toEqual([{ value: 'x', shape: null, dtype: 'float32' }])
})

test('a long file tells how far it is read, and is left as soon as it is cancelled', async () => {
  const nodes = Array.from({ length: 400 }, (_, at): Field => [
    1,
    node('Relu', [at === 0 ? 'x' : `r${at - 1}`], [`r${at}`]),
  ])
  const files = onnxFile(onnxModel(...nodes, [11, port('x', [2])], [12, port('r399', [2])]))
  const told: number[] = []
  await missingFiles(new Drop(files), (done, total) => {
    expect(total).toBe(files[0]?.size)
    told.push(done / total)
    return Promise.resolve()
  })
  expect(told.length).toBeGreaterThan(4)
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect(told.at(-1)).toBeLessThanOrEqual(1)
  let calls = 0
  const cancelled = missingFiles(new Drop(files), () => {
    calls++
    return Promise.reject(new Error('cancelled'))
  })
  await expect(cancelled).rejects.toThrow('cancelled')
  expect(calls).toBe(1)
})

test('a version that is said twice is one', async () => {
  const model = message(
    [1, 8],
    [8, message([2, 18])],
    [8, message([2, 18])],
    [7, message(...product)],
  )
  const { obstacles } = await openModel(onnxFile(model), go)
  expect(obstacles.run).toBeNull()
})
