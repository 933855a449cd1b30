import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message, onnxFile, onnxModel } from '../../../testing/files/onnx-writer'
import type { Field } from '../../../testing/files/onnx-writer'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { loadGraphWithStock } from '../../../testing/models/stock-model'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { Program } from '../../engine/program/program'
import { decodeFloats } from '../named-weights/element-types'
import { writeModel } from '../exporters'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'

const go = (): Promise<void> => Promise.resolve()
const types = { F32: 1, U8: 2, I8: 3, I32: 6, I64: 7, F16: 10 } as const

/** A value of so many elements. */
const port = (name: string, type: number, count: number): Uint8Array =>
  message([1, name], [2, message([1, message([1, type], [2, message([1, message([1, count])])])])])

/** A list of whole numbers of 64 bits. */
const list = (name: string, values: readonly number[]): Field => [
  5,
  message(
    ...([[1, values.length]] as Field[]),
    [2, types.I64],
    ...values.map((value): Field => [7, value]),
    [8, name],
  ),
]

const attribute = (name: string, value: number): Field => [
  5,
  message([1, name], [3, value], [20, 2]),
]

interface Case {
  readonly op: string
  readonly inputs: readonly (readonly [keyof typeof types, readonly number[]])[]
  readonly wanted: readonly number[]
  readonly settings?: readonly Field[]
  readonly initializers?: readonly Field[]
  readonly reads?: readonly string[]
}

function fileOf({ op, inputs, settings = [], initializers = [], reads, wanted }: Case) {
  const names = inputs.map((_, at) => `x${at}`)
  const only = message(
    ...(reads ?? names).map((name): Field => [1, name]),
    [2, 'y'],
    [4, op],
    ...settings,
  )
  return onnxFile(
    onnxModel(
      [1, only],
      ...initializers,
      ...inputs.map(([type, values], at): Field => [
        11,
        port(`x${at}`, types[type], values.length),
      ]),
      [12, port('y', types.I64, wanted.length)],
    ),
  )
}

function given({ inputs }: Case): tf.Tensor[] {
  return inputs.map(([type, values]) =>
    tf.tensor1d([...values], type === 'F32' ? 'float32' : 'int32'),
  )
}

const far = [-100000007, 100000007, -7, 8, 2147483646]

/** Each by what ONNX says of it, counted by hand. */
const cases: readonly Case[] = [
  {
    ...{ op: 'Clip', inputs: [['I64', [-3, 4, 9]]], wanted: [0, 4, 5] },
    ...{ initializers: [scalar('least', 0), scalar('most', 5)], reads: ['x0', 'least', 'most'] },
  },
  {
    ...{ op: 'Div', wanted: [-33333335, -33333335, -3, 2, 1] },
    inputs: [
      ['I64', far],
      ['I64', [3, -3, 2, 3, 2147483646]],
    ],
  },
  {
    ...{ op: 'Mod', wanted: [-2, 2, -1, 2, 0], settings: [attribute('fmod', 1)] },
    inputs: [
      ['I64', far],
      ['I64', [3, -3, 2, 3, 2]],
    ],
  },
  { op: 'Neg', inputs: [['I64', far]], wanted: far.map((value) => -value) },
  { op: 'Abs', inputs: [['I64', far]], wanted: far.map(Math.abs) },
  {
    ...{ op: 'Gather', wanted: [30, 10, 20] },
    inputs: [
      ['I64', [10, 20, 30]],
      ['I64', [-1, 0, -2]],
    ],
  },
  ...(
    [
      ['U8', 255],
      ['I8', -1],
    ] as const
  ).map(([type, all]) => ({
    ...{ op: 'Cast', settings: [attribute('to', types[type])] },
    inputs: [['I64', [-1, 300, 255, 256]]] as const,
    wanted: [all, 44, all, 0],
  })),
  {
    op: 'Add',
    inputs: [
      ['U8', [250, 3]],
      ['U8', [10, 4]],
    ],
    wanted: [4, 7],
  },
]

function scalar(name: string, value: number): Field {
  return [5, message([2, types.I64], [7, value], [8, name])]
}

async function answersOf(opened: OpenedModel, one: Case): Promise<readonly number[][]> {
  const inputs = given(one)
  const program = new Program(opened)
  const own = program.predict(inputs)
  const { files } = await writeModel(
    opened,
    opened.weights,
    { container: 'tfjs', precision: 'exact' },
    go,
  )
  const stock = await loadGraphWithStock(tf, files)
  const written = [stock.predict(inputs)].flat() as tf.Tensor[]
  const found = [...own, ...written].map((tensor) => [...tensor.dataSync()])
  tf.dispose([inputs, own, written])
  stock.dispose()
  program.dispose()
  return found
}

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

describe('whole numbers are exact here and in what is downloaded:', () => {
  it.each(cases.map((one) => [one.op, one] as const))('%s', async (_, one) => {
    const opened = await openModel(fileOf(one), go)
    expect(opened.obstacles.run).toBeNull()
    for (const backend of ['wasm', 'cpu']) {
      await (backend === 'wasm' ? startWasmBackend() : tf.setBackend('cpu'))
      for (const found of await answersOf(opened, one)) expect(found, backend).toEqual(one.wanted)
    }
  })
})

describe('what cannot be exact is refused with its setting:', () => {
  const whole: Case['inputs'] = [['I64', [1, 2]]]
  it.each([
    ['ReduceMean', { settings: [] }, 'type', 'I64'],
    [
      'Add',
      { initializers: [list('far', [3e9, 1])], reads: ['x0', 'far'] },
      'whole number',
      '3000000000',
    ],
    ['Cast', { settings: [attribute('to', 17)] }, 'to', 'F8_E4M3'],
    ['Exp', {}, 'type', 'I64'],
  ] as const)('%s', async (op, more, setting, value) => {
    const { graph, obstacles, refillable } = await openModel(
      fileOf({ op, inputs: whole, wanted: [0, 0], ...more }),
      go,
    )
    expect(refillable).toBeDefined()
    expect(obstacles.train?.params['operator']).toMatch(new RegExp(`, ${setting}=${value}$`))
    expect(graph.nodes[0]?.op).toBe('opaque')
  })
})

it('halves are rounded to the nearest, of two to the even one, and beyond the largest there is none', async () => {
  const bits = Uint16Array.from({ length: 0x7c00 }, (_, at) => at)
  const halves = decodeFloats('F16', new Uint8Array(bits.buffer))
  const asked: number[] = [65519.9, 65520, -1e30, 0]
  const wanted: number[] = [65504, Infinity, -Infinity, 0]
  for (let at = 0; at + 1 < halves.length; at += 7) {
    const [a = 0, b = 0] = [halves[at], halves[at + 1]]
    const middle = (a + b) / 2
    asked.push(a, middle, -middle, a + (b - a) * 0.49, a + (b - a) * 0.51)
    const even = at % 2 === 0 ? a : b
    wanted.push(a, even, -even, a, b)
  }
  const only = node('unary', { function: 'Rounded', to: 'float16' }, ['x'], ['y'])
  const program = new Program({
    graph: graphOf({ inputs: { x: [null] }, nodes: [only], outputs: ['y'] }),
    weights: [],
  })
  await startWasmBackend()
  const x = tf.tensor1d(asked)
  const [y] = program.predict([x])
  expect([...(y?.dataSync() ?? [])]).toEqual(wanted.map((value) => value + 0))
  tf.dispose([x, y])
  program.dispose()
})

it('a promised output that nothing gives is refused, and newer operators are told of', async () => {
  const files = fileOf({ op: 'Neg', inputs: [['F32', [1]]], wanted: [1] })
  const { notes } = await openModel(files, go)
  expect(notes.map(({ code }) => code)).not.toContain('note/onnx-newer')
  const graph: Field[] = [
    [1, message([1, 'x'], [2, 'y'], [4, 'Neg'])],
    [11, port('x', types.F32, 1)],
    [12, port('y', types.F32, 1)],
  ]
  const newer = message([1, 15], [2, 'later'], [8, message([2, 99])], [7, message(...graph)])
  const told = await openModel(onnxFile(newer), go)
  expect(told.notes).toContainEqual({ code: 'note/onnx-newer', params: { version: 99, known: 28 } })
  const missing = onnxFile(onnxModel(...graph, [12, port('z', types.F32, 1)]))
  await expect(openModel(missing, go)).rejects.toMatchObject({
    ...{ code: 'open/onnx-field', params: { field: 'graph.output[1]', found: 'z' } },
  })
})
