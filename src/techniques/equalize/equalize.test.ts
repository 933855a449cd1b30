import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { graphOf, node } from '../../../testing/models/small-graphs'
import type { TensorSpec } from '../../core/tensor-spec'
import { createPipeline } from '../pipeline'
import { defaultRecipe, withConfig } from '../recipe'
import type { Statistics } from '../statistics'
import { balance, magnitudesOf } from './balance'
import { sidesOf } from './kernel-sides'

interface Golden {
  readonly cases: readonly {
    readonly sides: readonly number[]
    readonly kernels: readonly string[]
    readonly biases: readonly string[]
    readonly afterKernels: readonly string[]
    readonly afterBiases: readonly string[]
  }[]
}

const { cases } = JSON.parse(readFileSync('golden/equalize.json', 'utf8')) as Golden

function floats(hex: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  return new Float32Array(bytes.buffer)
}

const matMul = { transposeA: false, transposeB: false }

/** Dense layers with a ReLU behind each. */
function chain(sides: readonly number[]) {
  const layers = sides.slice(1).map((_, at) => `layer${at}`)
  return graphOf({
    inputs: { x: [2, sides[0] ?? 1] },
    parameters: Object.fromEntries(
      layers.flatMap((name, at) => [
        [`${name}/kernel`, [sides[at] ?? 1, sides[at + 1] ?? 1]],
        [`${name}/bias`, [sides[at + 1] ?? 1]],
      ]),
    ),
    nodes: layers.flatMap((name, at) => [
      node(
        'matMul',
        matMul,
        [at === 0 ? 'x' : `relu${at - 1}`, `${name}/kernel`, `${name}/bias`],
        [name],
      ),
      node('unary', { function: 'Relu' }, [name], [`relu${at}`]),
    ]),
  })
}

const on = withConfig(defaultRecipe, 'equalize', {}, true)

it.each(cases)('has the ranges that NumPy finds for sides $sides', (one) => {
  const graph = chain(one.sides)
  const weights = one.kernels.flatMap((kernel, at) => {
    const spec = (name: string): TensorSpec => {
      const found = graph.parameters.get(name)
      if (found === undefined) throw new Error(name)
      return { ...found, layerName: `layer${at}` }
    }
    return [
      { spec: spec(`layer${at}/kernel`), values: floats(kernel) },
      { spec: spec(`layer${at}/bias`), values: floats(one.biases[at] ?? '') },
    ]
  })
  const { factors, notes, tensors } = createPipeline(weights, graph).runAll(on)
  const wanted = one.afterKernels.flatMap((kernel, at) => [kernel, one.afterBiases[at] ?? ''])
  for (const [at, hex] of wanted.entries())
    for (const [place, value] of floats(hex).entries())
      // It stops where a round moves no factor by more than a thousandth.
      expect(tensors[at]?.values[place]).toBeCloseTo(value, 1.5 - Math.log10(Math.abs(value) + 1))
  expect(notes.map(({ note }) => note)).toEqual(one.kernels.map(() => 'equalized'))
  // Errors are measured against what came, in the scale that it has now.
  for (const { encoded, spec, values } of tensors) {
    const own = factors.get(spec.name)
    if (own === undefined) continue
    const before = weights.find((weight) => weight.spec.name === spec.name)?.values
    expect(encoded).toMatchObject({ kind: 'float' })
    expect(values).toEqual(before?.map((value, index) => value * (own[index] ?? 1)))
  }
})

it('is no shift that biases would have to take back', () => {
  const graph = chain([3, 4, 2])
  const weights = [...graph.parameters.values()].map((spec) => ({
    spec: {
      ...spec,
      layerName: spec.name.split('/')[0] ?? '',
      role: spec.shape.length === 2 ? ('kernel' as const) : ('bias' as const),
      channel: { count: spec.shape.at(-1) ?? 1, inner: 1 },
    },
    values: Float32Array.from({ length: spec.shape.reduce((a, b) => a * b, 1) }, (_, i) => i - 2.5),
  }))
  const pipeline = createPipeline(weights, graph)
  const corrected = pipeline.runAll(withConfig(on, 'bias-correction', {}, true), {
    facts: { state: 'missing', reason: 'noData' },
    statistics: {
      key: 'a',
      of: ((layer: string) => {
        const values = [1, 2, -3, 0.5].slice(0, layer === 'layer0' ? 3 : 4)
        return { sides: [values.length], values: Float64Array.from(values) }
      }) as Statistics['of'],
    },
  })
  expect(corrected.notes.filter(({ note }) => note === 'bias')).toHaveLength(2)
  const alone = pipeline.runAll(on)
  for (const [at, { values }] of corrected.tensors.entries())
    for (const [place, value] of values.entries())
      expect(value).toBeCloseTo(alone.tensors[at]?.values[place] ?? NaN, 4)
})

it('leaves alone whoever shares its outputs, or asked not to take part', () => {
  const graph = chain([3, 4, 2])
  const both = { ...graph, outputs: [...graph.outputs, 'relu0'] }
  const weights = [...graph.parameters.values()].map((spec) => ({
    spec,
    values: Float32Array.from({ length: spec.shape.reduce((a, b) => a * b, 1) }, (_, i) => i - 2),
  }))
  const run = (model: typeof graph, recipe = on) => createPipeline(weights, model).runAll(recipe)
  expect(run(both).factors.size).toBe(0)
  expect(run(graph).factors.size).toBe(3)
  const layer = weights[0]?.spec.layerName ?? ''
  const without = withConfig(on, 'equalize', { overrides: { [layer]: { enabled: false } } }, true)
  expect(run(graph, without).factors.size).toBe(0)
})

it('a kernel beside a normalization gets the range of its widest channel in each', () => {
  const sides = sidesOf(
    { ...node('matMul', matMul, ['x', 'k']), op: 'matMul', attributes: matMul },
    [2, 3],
  )
  const own = magnitudesOf(Float32Array.of(1, -8, 0, 2, 4, 0), sides, false)
  const link = { channels: 3, maker: 'k', reader: null, divided: [], multiplied: ['gamma'] }
  const { scales } = balance([link], new Map([['k', own]]))
  expect([...(scales[0] ?? [])]).toEqual([0.25, 1, 1])
})
