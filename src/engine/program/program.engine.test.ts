import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answersOf } from '../../../testing/engine/distance'
import { openNet } from '../../../testing/engine/open-net'
import { graphBundle, smallGraph } from '../../../testing/files/graph-files'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { openModel } from '../../formats/importers'
import { createGraphModel } from '../model/graph-model'
import { createLayersModel } from '../model/layers-model'
import { Program } from './program'
import { unrunnable } from '../../graph/unrunnable'

beforeAll(() => tf.setBackend('cpu'))

const go = (): Promise<void> => Promise.resolve()

/** A convolution called twice, a sum, dropout, two outputs, a model inside. */
function net(): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 3], name: 'picture' })
  const conv = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'conv' })
  const once = conv.apply(input) as tf.SymbolicTensor
  const twice = conv.apply(once) as tf.SymbolicTensor
  const sum = tf.layers.add({ name: 'sum' }).apply([input, twice]) as tf.SymbolicTensor
  const dropped = tf.layers.dropout({ rate: 0.5, name: 'drop' }).apply(sum) as tf.SymbolicTensor
  const inner = tf.sequential({
    name: 'inner',
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 3], name: 'flat' }),
      tf.layers.dense({ units: 4, activation: 'softmax', name: 'dense' }),
    ],
  })
  const answer = inner.apply(dropped) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: [answer, dropped] })
}

const picture = (count: number): tf.Tensor => tf.randomNormal([count, 8, 8, 3], 0, 1, 'float32', 1)

describe('a program', () => {
  it('gives the same numbers layer by layer, says each, and frees all between', async () => {
    const opened = await openNet(net())
    const before = tf.memory().numTensors
    const program = new Program(opened)
    const input = picture(2)
    const whole = program.predict([input])
    const held = tf.memory().numTensors
    const layers: string[] = []
    const seen: number[] = []
    const found = await program.predictInSteps([input], (layer) => {
      layers.push(layer)
      seen.push(tf.memory().numTensors - held)
      return Promise.resolve()
    })
    expect(answersOf(found)).toEqual(answersOf(whole))
    expect(layers).toEqual(['conv', 'sum', 'drop', 'inner/flat', 'inner/dense'])
    // What is alive at most: an output that waits, and what the next layer reads.
    expect(Math.max(...seen)).toBe(2)
    tf.dispose([whole, found, input])
    program.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('ends between two layers and leaves nothing behind', async () => {
    const opened = await openNet(net())
    const before = tf.memory().numTensors
    const program = new Program(opened)
    const input = picture(1)
    const held = tf.memory().numTensors
    let left = 3
    const stop = (): Promise<void> =>
      --left === 0 ? Promise.reject(new Error('stop')) : Promise.resolve()
    await expect(program.predictInSteps([input], stop)).rejects.toThrow('stop')
    expect(tf.memory().numTensors).toBe(held)
    input.dispose()
    program.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('shows what each layer reads, as the layers of TensorFlow.js read it', async () => {
    const opened = await openNet(net())
    const input = picture(2)
    const looked = async (model: Pick<Program, 'lookInSteps'> | null) => {
      const seen: [string, readonly number[], readonly number[]][] = []
      await model?.lookInSteps(
        [input],
        (layer, x) => seen.push([layer, x.shape, [...x.dataSync()]]),
        go,
      )
      return seen
    }
    const program = new Program(opened)
    const layers = await createLayersModel(opened)
    const [own, stock] = [
      await looked(program),
      await looked({ lookInSteps: layers.lookInSteps ?? fail }),
    ]
    expect(new Map(own.map(([layer, ...value]) => [layer, value]))).toEqual(
      new Map(stock.toReversed().map(([layer, ...value]) => [layer, value])),
    )
    program.dispose()
    layers.dispose()
    input.dispose()
  })

  it('says of its inputs and outputs what the model of TensorFlow.js says', async () => {
    const opened = await openNet(net())
    const [program, layers] = [new Program(opened), await createLayersModel(opened)]
    // TensorFlow.js counts on where a name was taken once.
    const unnumbered = (name: string): string => name.replace(/_\d+$/, '')
    expect(program.inputs).toEqual(
      layers.inputs.map((port) => ({ ...port, name: unnumbered(port.name) })),
    )
    const facts = (model: Pick<Program, 'outputs'>) =>
      model.outputs.map(({ dtype, kind, meaning, shape }) => ({ dtype, kind, meaning, shape }))
    expect(facts(program)).toEqual(facts(layers))
    expect(program.outputs.map(({ name }) => name)).toEqual(['inner/dense', 'drop'])
    for (const [layer, shape] of program.outputShapes)
      expect([layer, layers.outputShapes.get(layer)]).toEqual([layer, shape])
    program.dispose()
    layers.dispose()
  })

  it('says of a graph what the model of TensorFlow.js says', async () => {
    const opened = await openModel(graphBundle(smallGraph()), go)
    const [program, graph] = [new Program(opened), await createGraphModel(opened)]
    expect(program.inputs).toEqual(graph.inputs)
    expect(program.outputs).toEqual(graph.outputs)
    for (const [layer, shape] of graph.outputShapes)
      expect([layer, program.outputShapes.get(layer)]).toEqual([layer, shape])
    program.dispose()
    graph.dispose()
  })

  it('uploads only weights that changed, and computes with them', async () => {
    const opened = await openNet(net())
    const before = tf.memory().numTensors
    const program = new Program(opened)
    const input = picture(2)
    const weights = opened.weights.map(({ spec, values }) => ({
      spec,
      values: values as Float32Array,
    }))
    const assigned: string[] = []
    for (const [name, variable] of program.variables) {
      const assign = variable.assign.bind(variable)
      variable.assign = (value) => {
        assigned.push(name)
        assign(value)
      }
    }
    await program.setWeights(weights, go)
    expect(assigned).toEqual([])
    const changed = weights.map((weight) =>
      weight.spec.name === 'conv/kernel'
        ? { ...weight, values: weight.values.map((value) => value / 2) }
        : weight,
    )
    await program.setWeights(changed, go)
    expect(assigned).toEqual(['conv/kernel'])
    const found = program.predict([input])
    const fresh = new Program({
      ...opened,
      weights: opened.weights.map((weight, at) => ({ ...weight, ...changed[at] })),
    })
    const wanted = fresh.predict([input])
    expect(answersOf(found)).toEqual(answersOf(wanted))
    tf.dispose([found, wanted, input])
    program.dispose()
    fresh.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('runs a graph of one batch as often as it takes', () => {
    const graph = graphOf({
      inputs: { x: [2, 3] },
      nodes: [node('unary', { function: 'Square' }, ['x'])],
    })
    const program = new Program({ graph, weights: [] })
    expect(program.frozenBatch).toBe(2)
    const input = tf.range(0, 15).reshape([5, 3])
    const [found] = program.predict([input])
    expect(found?.arraySync()).toEqual(input.square().arraySync())
    tf.dispose([found, input])
  })

  it('turns a kernel once, and again where it changes', async () => {
    const graph = graphOf({
      inputs: { x: [null, 3, 4] },
      parameters: { kernel: [2, 3, 3] },
      nodes: [
        node(
          'conv',
          {
            strides: [1],
            dilations: [1],
            padding: 'sameUpper',
            layout: 'channelsFirst',
            kernel: { spatial: [2], input: 1, output: 0 },
            groups: 1,
          },
          ['x', 'kernel'],
        ),
      ],
    })
    const [spec] = graph.parameters.values()
    if (spec === undefined) throw new Error('no kernel')
    const values = Float32Array.from({ length: 18 }, (_, at) => Math.sin(at))
    const weight = {
      spec,
      values,
      storedAs: 'float32',
      storedBytes: 72,
      zeros: 0,
      quantized: null,
    } as const
    const program = new Program({ graph, weights: [weight] })
    const input = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 5)
    const wanted = (by: number): tf.Tensor =>
      tf.tidy(() => {
        const kernel = tf.tensor3d(values, [2, 3, 3]).mul(by).transpose([2, 1, 0])
        const rows = input.transpose<tf.Tensor3D>([0, 2, 1])
        return tf.conv1d(rows, kernel as tf.Tensor3D, 1, 'same').transpose([0, 2, 1])
      })
    const transposes = await countedKernels('Transpose', async () => {
      for (const by of [1, 1, 2]) {
        if (by === 2)
          await program.setWeights([{ spec, values: values.map((value) => 2 * value) }], go)
        const [found] = program.predict([input])
        expect(answersOf(found === undefined ? [] : [found])).toEqual(answersOf([wanted(by)]))
      }
    })
    // Of the program: two in each of three passes, and two of the kernel. Of what is wanted: three each.
    expect(transposes).toBe(3 * 2 + 2 + 3 * 3)
    program.dispose()
  })
})

function fail(): never {
  throw new Error('layers can be looked between')
}

async function countedKernels(name: string, work: () => Promise<void>): Promise<number> {
  const own = tf.getKernel(name, 'cpu')
  let count = 0
  tf.unregisterKernel(name, 'cpu')
  tf.registerKernel({
    ...own,
    kernelFunc: (parameters) => {
      count++
      return own.kernelFunc(parameters)
    },
  })
  await work()
  tf.unregisterKernel(name, 'cpu')
  tf.registerKernel(own)
  return count
}

describe('what nothing here runs is found before it runs:', () => {
  const opaque = node('opaque', { config: {}, outputs: 1 }, ['x'], ['strange'])

  it('an operator that stayed as it was, by name', () => {
    const graph = graphOf({
      inputs: { x: [null, 3] },
      nodes: [opaque, node('unary', { function: 'Relu' }, ['strange'])],
    })
    expect(unrunnable(graph)).toEqual([opaque])
    expect(() => new Program({ graph, weights: [] })).toThrow('strange')
  })

  it('one that no output reads is nobody’s business', () => {
    const graph = graphOf({
      inputs: { x: [null, 3] },
      nodes: [opaque, node('unary', { function: 'Relu' }, ['x'])],
    })
    expect(unrunnable(graph)).toEqual([])
  })

  it('a mask of which TensorFlow.js makes something that no operator says', async () => {
    const words = tf.input({ shape: [6] })
    const table = tf.layers.embedding({ inputDim: 7, outputDim: 4, maskZero: true })
    const sum = tf.layers
      .add()
      .apply([table.apply(words), table.apply(words)] as tf.SymbolicTensor[])
    const memory = tf.layers.lstm({ units: 3, name: 'memory' })
    const outputs = memory.apply(sum) as tf.SymbolicTensor
    const { graph } = await openNet(tf.model({ inputs: words, outputs }))
    expect(unrunnable(graph).map(({ id }) => id)).toEqual(['memory'])
  })
})
