import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { cases, modelOf, weightsOf } from '../../../../testing/engine/gradient-cases/case-models'
import type { CaseModel } from '../../../../testing/engine/gradient-cases/case-models'
import { answeredByStock, asBundle, writtenFiles } from '../../../../testing/files/written-again'
import { randomInputs, randomNet } from '../../../../testing/models/random-nets'
import { graphOf, node } from '../../../../testing/models/small-graphs'
import { loadGraphWithStock, savedFiles } from '../../../../testing/models/stock-model'
import { startWasmBackend } from '../../../engine/host/wasm-in-node'
import { Program } from '../../../engine/program/program'
import type { ModelGraph } from '../../../graph/graph'
import { isRefused } from '../../graph-writing/not-writable'
import { openModel } from '../../importers'
import { MOST_STEPS } from './write-recurrent'
import { writeGraph } from './write-graph'

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5

const go = (): Promise<void> => Promise.resolve()

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

/** What the program of a graph says is what stock TensorFlow.js says to the graph as it is written. */
async function compare(model: CaseModel, inputs: readonly tf.Tensor[]): Promise<void> {
  const program = new Program(model)
  const own = program.predict(inputs)
  const wanted = answersOf(own)
  const found = await answeredByStock(tf, await writtenFiles(model), inputs)
  expect(distance(answersOf(found), wanted)).toBeLessThanOrEqual(TOLERANCE)
  tf.dispose([own, found])
  program.dispose()
}

describe('an operator is written as operators that say the same in stock TensorFlow.js:', () => {
  it.each(cases)('%s', async (op, each) => {
    for (const one of each) {
      const { model, inputs } = modelOf(op, one)
      await compare(model, inputs)
      tf.dispose(inputs)
    }
  })
})

it.each(['wasm', 'cpu'])(
  'classes become rows of real and of whole numbers in stock TensorFlow.js on %s',
  async (backend) => {
    await tf.setBackend(backend)
    for (const [on, off] of [
      [1, 0],
      [2.5, -0.75],
    ] as const) {
      const attributes = { depth: 4, on, off, dtype: 'float32' } as const
      const graph = graphOf({
        inputs: { x: [null, 5] },
        nodes: [
          node('oneHot', attributes, ['x'], ['rows']),
          node('oneHot', { ...attributes, on: 3, off: 1, dtype: 'int32' }, ['x'], ['wholes']),
          node('combine', { function: 'Mul' }, ['rows', 'rows'], ['squares']),
        ],
        outputs: ['rows', 'wholes', 'squares'],
      })
      // Two of them are no class.
      const inputs = [tf.tensor([[0, 3, -1, 4, 2]])]
      await compare({ graph, weights: [] }, inputs)
      const [rows, wholes] = await answeredByStock(
        tf,
        await writtenFiles({ graph, weights: [] }),
        inputs,
      )
      const row = (at: number, own: number, rest: number): number[] =>
        [0, 1, 2, 3].map((place) => (place === at ? own : rest))
      expect([...(rows?.dataSync() ?? [])].slice(0, 12)).toEqual(
        [0, 3, -1].flatMap((at) => row(at, on, off)),
      )
      expect([...(wholes?.dataSync() ?? [])].slice(12, 20)).toEqual(
        [4, 2].flatMap((at) => row(at, 3, 1)),
      )
      tf.dispose(inputs)
    }
    await tf.setBackend('wasm')
  },
)

const NETS = 25

it(`${NETS} random nets are written as graphs that say the same, and open again`, async () => {
  for (let seed = 0; seed < NETS; seed++) {
    const net = randomNet(seed)
    const inputs = randomInputs(net, 2, seed)
    const opened = await openModel(await savedFiles(tf, net), go)
    net.dispose()
    await compare(opened, inputs)
    const again = await openModel(asBundle(await writtenFiles(opened)), go)
    expect(again.notes).toEqual([{ code: 'note/graph-model', params: {} }])
    const [program, own] = [new Program(opened), new Program(again)]
    const [wanted, found] = [program, own].map((each) => each.predict(inputs))
    expect(distance(answersOf(found ?? []), answersOf(wanted ?? []))).toBeLessThanOrEqual(TOLERANCE)
    tf.dispose([inputs, wanted ?? [], found ?? []])
    program.dispose()
    own.dispose()
  }
})

/** A sum of two inputs and of weights, in layers of these names. */
function namedSum(names: readonly string[], inputs: readonly string[]): ModelGraph {
  const last = `v${names.length - 1}`
  const graph = graphOf({
    inputs: Object.fromEntries(inputs.map((name) => [name, [null, 2]])),
    parameters: Object.fromEntries(names.map((name) => [`w ${name}`, [2]])),
    nodes: names.map((name, at) => {
      const before = at === 0 ? [...inputs] : [`v${at - 1}`]
      const reads = [...before, `w ${name}`]
      return node('combine', { function: 'Sub' }, reads, [`v${at}`], name)
    }),
    outputs: [last, 'v0', last],
  })
  // Whole numbers as keys have come in another order.
  const ordered = inputs.flatMap((name) => graph.inputs.filter(({ value }) => value === name))
  return { ...graph, inputs: ordered }
}

describe('names', () => {
  const long = '长'.repeat(10_000)
  const odd = [
    ...[
      'a b',
      'a:b',
      'a_b',
      'a b ',
      '中文',
      '^up',
      '7',
      '07',
      ' ',
      '-',
      '__proto__',
      'constructor',
    ],
    ...['toString/kernel', 'x/__proto__', long, `${long}x`, 'hidden', 'hidden_1', 'HIDDEN'],
  ]

  it('of any kind become names that stock TensorFlow.js takes, each its own, weights beside their layers', async () => {
    const graph = namedSum(odd, ['2 in', '1'])
    const weights = weightsOf(graph, () => 0.25)
    const inputs = [tf.tensor([[4, 8]]), tf.tensor([[1, 2]])]
    await compare({ graph, weights }, inputs)
    const written = writeGraph(
      graph,
      weights.map(({ spec }) => spec),
    )
    if (isRefused(written)) throw new Error('refused')
    const { node: nodes } = written.topology as { node: { name: string }[] }
    const names = nodes.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z\d][-A-Za-z\d._/]{0,299}$/)
    expect(names).toEqual(expect.arrayContaining(['hidden', 'hidden_1', 'HIDDEN', 'w_hidden']))
    expect(Object.keys(written.signature)).toEqual(['inputs', 'outputs'])
    const again = await openModel(asBundle(await writtenFiles({ graph, weights })), go)
    expect(again.weights).toHaveLength(weights.length)
    tf.dispose(inputs)
  })

  it('of inputs and outputs keep their order, also where they are numbers or one value twice', async () => {
    const graph = namedSum(['late', 'early'], ['2', '1'])
    const weights = weightsOf(graph, () => 1)
    const files = await writtenFiles({ graph, weights })
    const model = await loadGraphWithStock(tf, files)
    expect(model.inputs.map(({ name }) => name)).toEqual(['x2', 'x1'])
    const outputs = model.predict([tf.tensor([[8, 9]]), tf.tensor([[1, 2]])]) as tf.Tensor[]
    expect(outputs.map((output) => [...output.dataSync()])).toEqual([
      [5, 5],
      [6, 6],
      [5, 5],
    ])
    model.dispose()
  })
})

describe('what cannot be written is named with the reason:', () => {
  const steps = (count: number | null): ModelGraph =>
    graphOf({
      inputs: { x: [null, count, 3] },
      parameters: { kernel: [3, 2], states: [2, 2] },
      nodes: [
        node(
          'recurrent',
          {
            cells: [
              {
                ...{ kind: 'simple', units: 2, biased: false, activation: null, gates: null },
                dropout: { input: 0, state: 0 },
              },
            ],
            ...{ backwards: false, masked: false, directions: null, sequences: false },
            ...{ states: false, window: null },
          },
          ['x', 'kernel', 'states'],
          ['y'],
          'reader',
        ),
      ],
    })
  const refusal = (graph: ModelGraph): unknown => {
    const written = writeGraph(graph, [...graph.parameters.values()])
    return isRefused(written) ? written : null
  }

  it('sequences that are too long, or of open length', () => {
    expect(refusal(steps(MOST_STEPS))).toBeNull()
    expect(refusal(steps(MOST_STEPS + 1))).toEqual({ refused: 'steps', layer: 'reader' })
    expect(refusal(steps(null))).toEqual({ refused: 'openSides', layer: 'reader' })
  })

  it('what nothing here means, and what is more than a file should hold', () => {
    const opaque = graphOf({
      inputs: { x: [null, 2] },
      nodes: [node('opaque', { config: {}, outputs: 1 }, ['x'], ['y'], 'strange')],
    })
    expect(refusal(opaque)).toEqual({ refused: 'unknown', layer: 'strange' })
    const stretched = graphOf({
      inputs: { x: [null, 8, 1] },
      nodes: [
        node(
          'resize',
          {
            ...{ to: { factors: [2 ** 28] }, mode: 'nearest', coordinates: 'halfPixel' },
            layout: 'channelsLast',
          },
          ['x'],
          ['y'],
          'stretched',
        ),
      ],
    })
    expect(refusal(stretched)).toEqual({ refused: 'tooMuch', layer: 'stretched' })
    const rooms = graphOf({
      inputs: { x: [null, 2, 2, 2, 300] },
      parameters: { k: [1, 1, 1, 300] },
      nodes: [
        node(
          'depthwiseConv',
          {
            ...{ strides: [1, 1, 1], dilations: [1, 1, 1], padding: 'sameUpper' as const },
            layout: 'channelsLast',
            kernel: { spatial: [0, 1, 2], channel: 3, multiplier: null },
          },
          ['x', 'k'],
          ['y'],
          'rooms',
        ),
      ],
    })
    expect(refusal(rooms)).toEqual({ refused: 'tooMuch', layer: 'rooms' })
  })
})
