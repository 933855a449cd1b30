import { graphOf, node } from '../../../testing/models/small-graphs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import { elementCount } from '../../core/tensor-spec'
import type { TensorRole } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode } from '../../graph/operators'
import type { ValueName } from '../../graph/values'
import { createPipeline } from '../pipeline'
import { defaultRecipe, withConfig } from '../recipe'
import type { Recipe } from '../recipe'
import type { Calibration, StatisticOf, Statistics } from '../statistics'

function calibrationOf(means: Record<string, StatisticOf['mean']>, key = 'a'): Calibration {
  const of = (layer: string, kind: string) => (kind === 'mean' ? (means[layer] ?? null) : null)
  return {
    statistics: { key, of: of as Statistics['of'] },
    facts: {
      state: 'known',
      dataset: 'x',
      hash: null,
      split: 'train',
      samples: 4,
      seed: 1,
      weights: 'file',
      backend: 'cpu',
    },
  }
}

function weight(
  name: string,
  values: Float32Array,
  { shape, role = 'kernel' }: Pick<WeightTensor['spec'], 'shape'> & { role?: TensorRole },
): WeightTensor {
  const [layerName = ''] = name.split('/')
  const channel = { count: shape.at(-1) ?? 1, inner: 1 }
  const spec = { name, shape, role, layerName, layerKind: 'dense', channel } as const
  return { spec: { ...spec, dtype: 'float32' }, values }
}

/** Quantized coarsely, so that means move. */
const coarse = withConfig(defaultRecipe, 'quantize', { bits: 3 }, true)
const corrected = withConfig(coarse, 'bias-correction', {}, true)

const product = { transposeA: false, transposeB: false }
const normalized = { axis: -1, epsilon: 0.001, momentum: 0.99 }
const learned = ['norm/gamma', null, 'norm/moving_mean', 'norm/moving_variance']

/** Two products, the second without a bias and read by a normalization. */
const first = node('matMul', product, ['x', 'first/kernel', 'first/bias'], ['a'], 'first')
const second = node('matMul', product, ['a', 'second/kernel'], ['b'], 'second')
const norm = node('batchNormalization', normalized, ['b', ...learned], ['c'], 'norm')
const all = [first, second, norm]

const shapes = {
  'first/kernel': [4, 3],
  'first/bias': [3],
  'second/kernel': [3, 2],
  'norm/gamma': [2],
  'norm/moving_mean': [2],
  'norm/moving_variance': [2],
}

function graphWith(nodes: readonly GraphNode[]): ModelGraph {
  return graphOf({ inputs: { x: [null, 4] }, parameters: shapes, nodes })
}

function model(): { weights: WeightTensor[]; calibration: Calibration } {
  const random = createRandom(3)
  const roleOf = (name: string): TensorRole =>
    name.endsWith('kernel') ? 'kernel' : name.endsWith('bias') ? 'bias' : 'normalization'
  const weights = Object.entries(shapes).map(([name, shape]) => {
    const values = Float32Array.from({ length: elementCount(shape) }, () => random.normal())
    return weight(name, values, { shape, role: roleOf(name) })
  })
  const calibration = calibrationOf({
    first: { sides: [4], values: Float64Array.of(1, -2, 0.5, 3) },
    second: { sides: [3], values: Float64Array.of(0.25, 2, 1) },
  })
  return { weights, calibration }
}

const start = graphWith(all)

/** What a change of a kernel adds to the mean outputs, by hand. */
function shiftBy(before: WeightTensor | undefined, after: Float32Array, inputs: readonly number[]) {
  const outputs = before?.spec.shape.at(-1) ?? 0
  return Array.from({ length: outputs }, (_, output) =>
    inputs.reduce((sum, input, row) => {
      const at = row * outputs + output
      return sum + input * ((after[at] ?? NaN) - (before?.values[at] ?? NaN))
    }, 0),
  )
}

describe('the correction of a recipe', () => {
  it('takes the shift off the bias, or off the moving mean where there is no bias', () => {
    const { weights, calibration } = model()
    const { tensors, notes } = createPipeline(weights, start).runAll(corrected, calibration)
    expect(notes).toEqual([
      { technique: 'bias-correction', layer: 'first', note: 'bias' },
      { technique: 'bias-correction', layer: 'second', note: 'movingMean' },
    ])
    const first = shiftBy(weights[0], tensors[0]?.values ?? new Float32Array(), [1, -2, 0.5, 3])
    first.forEach((moved, channel) => {
      expect(moved).not.toBe(0)
      expect(tensors[1]?.values[channel]).toBeCloseTo(
        (weights[1]?.values[channel] ?? NaN) - moved,
        6,
      )
    })
    const second = shiftBy(weights[2], tensors[2]?.values ?? new Float32Array(), [0.25, 2, 1])
    second.forEach((moved, channel) => {
      expect(tensors[4]?.values[channel]).toBeCloseTo(
        (weights[4]?.values[channel] ?? NaN) + moved,
        6,
      )
    })
    expect(tensors[3]?.values).toBe(weights[3]?.values)
    expect(tensors[1]?.encoded.kind).toBe('float')
  })

  it.each<[string, readonly (ValueName | null)[], string]>([
    ['behind the product', ['b', 'second/shift'], 'bias'],
    ['in front of it', ['second/shift', 'b'], 'bias'],
    ['of one number for all channels', ['b', 'second/scalar'], 'noPlace'],
    ['that is no weight', ['b', 'a'], 'noPlace'],
  ])('takes the shift off what is added %s', (_, inputs, note) => {
    const { weights, calibration } = model()
    const added = [
      weight('second/shift', Float32Array.of(3, -4), { shape: [1, 2], role: 'bias' }),
      weight('second/scalar', Float32Array.of(5), { shape: [1], role: 'bias' }),
    ]
    const graph = graphOf({
      inputs: { x: [null, 4] },
      parameters: { ...shapes, 'second/shift': [1, 2], 'second/scalar': [1] },
      nodes: [first, second, node('combine', { function: 'Add' }, inputs, ['c'], 'add')],
    })
    const { tensors, notes } = createPipeline([...weights, ...added], graph).runAll(
      corrected,
      calibration,
    )
    expect(notes[1]).toEqual({ technique: 'bias-correction', layer: 'second', note })
    const moved = shiftBy(weights[2], tensors[2]?.values ?? new Float32Array(), [0.25, 2, 1])
    const found = [...(tensors[weights.length]?.values ?? [])]
    const wanted = [3, -4].map((value, at) => value - (note === 'bias' ? (moved[at] ?? NaN) : 0))
    wanted.forEach((value, at) => {
      expect(found[at]).toBeCloseTo(value, 6)
    })
  })

  it('leaves what is added alone where something else reads the product as well', () => {
    const { weights, calibration } = model()
    const shift = weight('second/shift', Float32Array.of(3, -4), { shape: [2], role: 'bias' })
    const graph = graphOf({
      inputs: { x: [null, 4] },
      parameters: { ...shapes, 'second/shift': [2] },
      nodes: [
        first,
        second,
        node('combine', { function: 'Add' }, ['b', 'second/shift'], ['c'], 'add'),
        node('unary', { function: 'Relu' }, ['b'], ['d'], 'beside'),
      ],
    })
    const { notes } = createPipeline([...weights, shift], graph).runAll(corrected, calibration)
    expect(notes[1]?.note).toBe('noPlace')
  })

  it('leaves a bias float that was quantized, at what the float bias asks for', () => {
    const { weights, calibration } = model()
    const pipeline = createPipeline(weights, start)
    const plain = pipeline.runAll(corrected, calibration).tensors[1]
    const coded = withConfig(corrected, 'quantize', { biases: 8 })
    expect(pipeline.runAll(coded, calibration).tensors[1]?.values).toEqual(plain?.values)
  })

  it('does nothing where no kernel has changed, where a layer is an exception, or without data', () => {
    const { weights, calibration } = model()
    const pipeline = createPipeline(weights, start)
    const alone = withConfig(defaultRecipe, 'bias-correction', {}, true)
    expect(pipeline.runAll(alone, calibration).notes).toEqual([])
    const overrides = { first: { enabled: false } }
    const partly = pipeline.runAll(
      withConfig(corrected, 'bias-correction', { overrides }),
      calibration,
    )
    expect(partly.notes.map(({ layer: name }) => name)).toEqual(['second'])
    expect(partly.tensors[1]?.values).toBe(weights[1]?.values)
    const blind = pipeline.runAll(corrected, {
      statistics: null,
      facts: { state: 'missing', reason: 'noData' },
    })
    expect(blind.notes).toEqual([])
    expect(blind.calibration).toEqual({ state: 'missing', reason: 'noData' })
    expect(blind.tensors.map(({ encoded }) => encoded)).toEqual(
      pipeline.runAll(coarse).tensors.map(({ encoded }) => encoded),
    )
  })

  it.each<[string, readonly GraphNode[], string]>([
    [
      'is of another kind',
      [node('opaque', { config: {}, outputs: 1 }, first.inputs, ['a'], 'first'), second, norm],
      'kind',
    ],
    [
      'multiplies what it is given turned round',
      [
        node('matMul', { ...product, transposeA: true }, first.inputs, ['a'], 'first'),
        second,
        norm,
      ],
      'kind',
    ],
    [
      'runs several times',
      [...all, node('matMul', product, ['x', 'first/kernel'], ['d'], 'first')],
      'several',
    ],
    [
      'shares its kernel',
      [...all, node('matMul', product, ['x', 'first/kernel'], ['d'], 'other')],
      'several',
    ],
    [
      'turns what it is given first',
      [
        node('transpose', { perm: [1, 0] }, ['x'], ['t'], 'first'),
        { ...first, inputs: ['t', 'first/kernel', 'first/bias'] },
        second,
        norm,
      ],
      'inputs',
    ],
    ['is not known by its inputs', [{ ...first, layer: 'other' }, second, norm], 'inputs'],
    [
      'adds a bias that others add as well',
      [...all, node('combine', { function: 'Add' }, ['a', 'first/bias'], ['d'])],
      'noPlace',
    ],
  ])('names a layer that %s', (_, changed, note) => {
    const { weights, calibration } = model()
    const { notes, tensors } = createPipeline(weights, graphWith(changed)).runAll(
      corrected,
      calibration,
    )
    expect(notes[0]?.note).toBe(note)
    expect(tensors[1]?.values).toBe(weights[1]?.values)
  })

  it.each<[string, readonly GraphNode[]]>([
    [
      'an activation stands between',
      [
        ...[first, second, node('unary', { function: 'Relu' }, ['b'], ['r'])],
        { ...norm, inputs: ['r', ...learned] },
      ],
    ],
    [
      'the normalization is over another axis',
      [
        ...[first, second],
        node('batchNormalization', { ...normalized, axis: 0 }, norm.inputs, ['c'], 'norm'),
      ],
    ],
    [
      'the normalization runs several times',
      [...all, node('batchNormalization', normalized, ['b', ...learned], ['d'], 'norm')],
    ],
    [
      'the normalization reads another layer',
      [first, second, { ...norm, inputs: ['a', ...learned] }],
    ],
  ])('finds no place for the shift where %s', (_, changed) => {
    const { weights, calibration } = model()
    const { notes, tensors } = createPipeline(weights, graphWith(changed)).runAll(
      corrected,
      calibration,
    )
    expect(notes[1]?.note).toBe('noPlace')
    expect(tensors[4]?.values).toBe(weights[4]?.values)
  })

  it('asks for the means of the layers that it covers, and of no others', () => {
    const { weights } = model()
    const pipeline = createPipeline(weights, start)
    expect(pipeline.needs(coarse)).toEqual([])
    const asked = (recipe: Recipe) => pipeline.needs(recipe).map(({ layer: name }) => name)
    expect(asked(corrected)).toEqual(['first', 'second'])
    const overrides = { second: { enabled: false } }
    expect(asked(withConfig(corrected, 'bias-correction', { overrides }))).toEqual(['first'])
  })

  it('is remembered as long as the statistics are the same ones', () => {
    const { weights, calibration } = model()
    const pipeline = createPipeline(weights, start)
    const once = pipeline.runAll(corrected, calibration).tensors
    pipeline.runAll(corrected, calibration).tensors.forEach((tensor, index) => {
      expect(tensor).toBe(once[index])
    })
    const other = calibrationOf(
      {
        first: { sides: [4], values: Float64Array.of(9, 9, 9, 9) },
        second: { sides: [3], values: Float64Array.of(1, 1, 1) },
      },
      'b',
    )
    const twice = pipeline.runAll(corrected, other).tensors
    // What does not ask for inputs does not depend on them.
    expect(twice[0]).toBe(once[0])
    expect(twice[1]?.values).not.toEqual(once[1]?.values)
    expect(twice.map(({ values }) => values)).toEqual(
      createPipeline(weights, start)
        .runAll(corrected, other)
        .tensors.map(({ values }) => values),
    )
  })
})
