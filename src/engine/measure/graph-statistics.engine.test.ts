import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  mobileGraph,
  segmentGraph,
  transformerGraph,
} from '../../../testing/files/converted-graphs'
import { graphBundle, smallGraph } from '../../../testing/files/graph-files'
import type { GraphFiles } from '../../../testing/files/graph-files'
import { unfusedGraph } from '../../../testing/files/unfused-graph'
import { graphTwin } from '../../../testing/files/graph-twin'
import type { TwinForm } from '../../../testing/files/graph-twin'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { savedFiles } from '../../../testing/models/stock-model'
import { twinned } from '../../../testing/models/twinned-model'
import { isCompressible } from '../../core/tensor-spec'
import { openModel } from '../../formats/importers'
import { createGraphModel } from '../model/graph-model'
import type { StatisticKind } from '../../techniques/statistics'
import { createLayersModel } from '../model/layers-model'
import { Program } from '../program/program'
import { strangeOperator } from '../../graph/unrunnable'
import { agreeingProgram } from './agreeing-program'
import { StatisticsPass } from './statistics-pass'
import type { LookInSteps } from './statistics-pass'

beforeAll(() => tf.setBackend('cpu'))

const go = (): Promise<void> => Promise.resolve()
const kinds: readonly StatisticKind[] = ['mean', 'secondMoment', 'extremes', 'samples']

async function collected(
  look: LookInSteps,
  layers: readonly string[],
  batches: readonly tf.Tensor[],
): Promise<StatisticsPass> {
  const pass = new StatisticsPass(layers.flatMap((layer) => kinds.map((kind) => ({ layer, kind }))))
  for (const batch of batches) await pass.batch(look, [batch], batch.shape[0], go)
  return pass
}

/** All numbers of a statistic. */
function numbersIn(found: object | null): number[] {
  return Object.values(found ?? {}).flatMap((value: number | ArrayLike<number>) =>
    typeof value === 'number' ? [value] : Array.from(value),
  )
}

/** max |a - b| / max |b| */
function distance(found: readonly number[], wanted: readonly number[]): number {
  const most = Math.max(...found.map((value, at) => Math.abs(value - (wanted[at] ?? NaN))))
  return most / Math.max(...wanted.map(Math.abs))
}

describe('statistics of a graph are those of the layers that it was converted from,', () => {
  it.each<TwinForm>(['fused', 'apart'])('%s', async (form) => {
    const model = twinned()
    const layers = await createLayersModel(await openModel(await savedFiles(tf, model), go))
    const program = new Program(await openModel(graphBundle(graphTwin(model, form)), go))
    const x = tf.randomNormal([10, 6, 7, 2], 0.3, 1, 'float32', 4)
    const batches = tf.split(x, [4, 4, 2])
    const names = ['stem', 'deep', 'wide', 'hidden', 'answer']
    if (layers.lookInSteps === null) throw new Error('layers are looked between')
    const wanted = await collected(layers.lookInSteps, names, batches)
    const found = await collected(program.lookInSteps, names, batches)
    for (const layer of names)
      for (const kind of kinds) {
        const [own, other] = [found.of(layer, kind), wanted.of(layer, kind)]
        expect([layer, kind, other === null]).toEqual([layer, kind, false])
        expect(numbersIn(own)).toHaveLength(numbersIn(other).length)
        expect(distance(numbersIn(own), numbersIn(other))).toBeLessThan(1e-5)
      }
    tf.dispose([x, batches])
    program.dispose()
    layers.dispose()
    model.dispose()
  })
})

describe('statistics of a graph', () => {
  const window = {
    strides: [1],
    dilations: [1],
    padding: 'sameUpper',
    layout: 'channelsFirst',
    kernel: { spatial: [2], input: 1, output: 0 },
    groups: 1,
  } as const

  it('are of values as the graph has them, whichever way they lie while it runs', async () => {
    const graph = graphOf({
      inputs: { x: [null, 3, 5] },
      parameters: { one: [2, 3, 3], two: [2, 3, 3], three: [2, 2, 3] },
      nodes: [
        node('conv', window, ['x', 'one'], ['a'], 'first'),
        node('unary', { function: 'Relu' }, ['a'], ['r'], 'relu'),
        // Two that read the same, of which the second finds it turned.
        node('conv', window, ['r', 'three'], ['b'], 'second'),
        node('conv', window, ['x', 'two'], ['c'], 'beside'),
        node('combine', { function: 'Add' }, ['b', 'c'], ['d'], 'sum'),
      ],
    })
    const weights = [...graph.parameters.values()].map((spec) => {
      const count = spec.shape.reduce((product, side) => product * side, 1)
      const values = Float32Array.from({ length: count }, (_, at) => Math.sin(at + 1))
      return {
        spec,
        values,
        storedAs: 'float32',
        storedBytes: 0,
        zeros: 0,
        quantized: null,
      } as const
    })
    const program = new Program({ graph, weights })
    const x = tf.randomNormal([3, 3, 5], 0, 1, 'float32', 6)
    const seen: [string, number[]][] = []
    await program.lookInSteps([x], (layer, input) => seen.push([layer, input.shape]), go)
    expect(seen).toEqual([
      ['first', [3, 3, 5]],
      ['relu', [3, 2, 5]],
      ['second', [3, 2, 5]],
      ['beside', [3, 3, 5]],
      ['sum', [3, 2, 5]],
    ])
    const pass = await collected(program.lookInSteps, ['beside'], [x])
    expect(pass.of('beside', 'mean')?.values).toEqual(
      Float64Array.from(await x.sum(0).data(), (sum) => sum / 3),
    )
    program.dispose()
    x.dispose()
  })

  it('count every row where places of a sample stand among the samples', async () => {
    const graph = graphOf({
      inputs: { x: [null, 4, 3] },
      parameters: { kernel: [3, 2] },
      nodes: [
        node('reshape', { to: [-1, 3] }, ['x'], ['rows'], 'rows'),
        node(
          'matMul',
          { transposeA: false, transposeB: false },
          ['rows', 'kernel'],
          ['y'],
          'product',
        ),
      ],
    })
    const [spec] = graph.parameters.values()
    if (spec === undefined) throw new Error('no kernel')
    const kept = { storedAs: 'float32', storedBytes: 24, zeros: 0, quantized: null } as const
    const program = new Program({
      graph,
      weights: [{ spec, values: new Float32Array(6).fill(1), ...kept }],
    })
    const x = tf.randomNormal([5, 4, 3], 1, 1, 'float32', 8)
    const pass = await collected(program.lookInSteps, ['product'], [x.slice(0, 2), x.slice(2)])
    const wanted = [...(await x.mean([0, 1]).data())]
    expect(distance([...(pass.of('product', 'mean')?.values ?? [])], wanted)).toBeLessThan(1e-6)
    expect(pass.of('product', 'samples')?.count).toBe(20)
    program.dispose()
  })
})

describe('statistics of a graph in the form of the converter are collected for all layers that run once:', () => {
  it.each<[string, () => GraphFiles]>([
    ['small', smallGraph],
    ['MobileNetV2-shaped', mobileGraph],
    ['unfused', unfusedGraph],
    ['transformer', transformerGraph],
    ['segmentation', segmentGraph],
  ])('%s', async (_, files) => {
    const opened = await openModel(graphBundle(files()), go)
    expect(strangeOperator(opened.graph)).toBeNull()
    const stock = await createGraphModel(opened)
    const inputs = stock.inputs.map(({ shape, dtype }) => {
      const sides = shape.map((side, axis) => (axis === 0 ? 3 : (side ?? 16)))
      return dtype === 'int32' ? tf.ones(sides, dtype) : tf.randomNormal(sides, 0, 1, 'float32', 7)
    })
    const before = tf.memory().numTensors
    const program = await agreeingProgram(opened, [], stock, inputs, go)
    if (program === null) throw new Error('it answers otherwise')
    const compressible = [...opened.graph.parameters.values()].filter(isCompressible)
    const layers = [...new Set(compressible.map(({ layerName }) => layerName))]
    const pass = new StatisticsPass(layers.map((layer) => ({ layer, kind: 'secondMoment' })))
    await pass.batch(program.lookInSteps, inputs, 3, go)
    expect(layers.length).toBeGreaterThan(1)
    for (const layer of layers) {
      const values = pass.of(layer, 'secondMoment')?.values ?? new Float64Array()
      expect([layer, values.length > 0 && values.every(Number.isFinite)]).toEqual([layer, true])
    }
    program.dispose()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(inputs)
    stock.dispose()
  })
})
