import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import type { LayerKind, TensorRole } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import { createPipeline } from '../pipeline'
import { defaultRecipe, withConfig } from '../recipe'
import type { Recipe } from '../recipe'
import type { Calibration, StatisticOf, Statistics } from '../statistics'
import { untouched } from '../technique'
import type { LayerFacts, StepContext, WorkingTensor } from '../technique'
import { biasCorrection } from './bias-correction'

const golden = JSON.parse(readFileSync('golden/bias-correction.json', 'utf8')) as {
  readonly cases: readonly {
    readonly name: string
    readonly className: string
    readonly config: Readonly<Record<string, unknown>>
    readonly inputs: { readonly shape: readonly number[]; readonly values: string }
    readonly kernels: readonly {
      readonly shape: readonly number[]
      readonly before: string
      readonly after: string
    }[]
    readonly shift: readonly number[]
  }[]
}

function floats(hex: string): Float32Array {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return new Float32Array(bytes.buffer)
}

/** Over samples alone. */
function meanOf(shape: readonly number[], values: Float32Array): StatisticOf['mean'] {
  const [samples = 1, ...sides] = shape
  const mean = new Float64Array(values.length / samples)
  values.forEach((value, i) => {
    mean[i % mean.length] = (mean[i % mean.length] ?? 0) + value / samples
  })
  return { sides, values: mean }
}

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

interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
  readonly role?: TensorRole
  readonly layerKind?: LayerKind
}

function weight({
  name,
  shape,
  values,
  role = 'kernel',
  layerKind = 'dense',
}: Tensor): WeightTensor {
  const layerName = name.split('/')[0] ?? ''
  const channel = { count: shape.at(-1) ?? 1, inner: 1 }
  return { spec: { name, shape, dtype: 'float32', role, layerName, layerKind, channel }, values }
}

function layer(name: string, className: string, changes: Partial<LayerFacts> = {}): LayerFacts {
  return {
    name,
    className,
    weightNames: [`${name}/kernel`],
    config: {},
    inputs: [],
    calls: 1,
    ...changes,
  }
}

/** Quantized coarsely, so that means move. */
const coarse = withConfig(defaultRecipe, 'quantize', { bits: 3 }, true)
const corrected = withConfig(coarse, 'bias-correction', {}, true)

describe('golden shifts', () => {
  it.each(golden.cases)('of $name', ({ className, config, inputs, kernels, shift }) => {
    const ofKernels = (which: 'before' | 'after'): WorkingTensor[] =>
      kernels.map((kernel, index) =>
        untouched(
          weight({
            name: `layer/kernel${index}`,
            shape: kernel.shape,
            values: floats(kernel[which]),
          }),
        ),
      )
    const bias = untouched(
      weight({
        name: 'layer/bias',
        shape: [shift.length],
        values: new Float32Array(shift.length),
        role: 'bias',
      }),
    )
    const weightNames = [...kernels.map((_, index) => `layer/kernel${index}`), 'layer/bias']
    const before = [...ofKernels('before'), bias]
    const mean = meanOf(inputs.shape, floats(inputs.values))
    const context: StepContext = {
      seed: 1,
      layers: [layer('layer', className, { weightNames, config })],
      original: (name) => before.find(({ spec }) => spec.name === name) ?? null,
      statistics: calibrationOf({ layer: mean }).statistics,
    }
    const tensors = [...ofKernels('after'), bias]
    const { parts, notes } = biasCorrection.plan(tensors, { overrides: {} }, context)
    expect(notes).toEqual([{ layer: 'layer', note: 'bias' }])
    const [part] = parts
    if (part === undefined) throw new Error('nothing is corrected')
    expect(part.tensors).toEqual(tensors.map((_, index) => index))
    const found = biasCorrection.apply(tensors, part.plan, context)
    expect(found.slice(0, -1)).toEqual(tensors.slice(0, -1))
    const largest = Math.max(...shift.map(Math.abs))
    shift.forEach((moved, channel) => {
      const taken = -(found.at(-1)?.values[channel] ?? NaN)
      expect(Math.abs(taken - moved)).toBeLessThan(1e-7 * largest)
    })
  })
})

/** Two dense layers, the second without a bias and read by a normalization. */
function model(): { weights: WeightTensor[]; layers: LayerFacts[]; calibration: Calibration } {
  const random = createRandom(3)
  const values = (length: number) => Float32Array.from({ length }, () => random.normal())
  const weights = [
    weight({ name: 'first/kernel', shape: [4, 3], values: values(12) }),
    weight({ name: 'first/bias', shape: [3], values: values(3), role: 'bias' }),
    weight({ name: 'second/kernel', shape: [3, 2], values: values(6) }),
    weight({ name: 'norm/gamma', shape: [2], values: values(2), role: 'normalization' }),
    weight({ name: 'norm/moving_mean', shape: [2], values: values(2), role: 'normalization' }),
  ]
  const layers = [
    layer('first', 'Dense', { weightNames: ['first/kernel', 'first/bias'], inputs: ['input'] }),
    layer('second', 'Dense', { inputs: ['first'], config: { activation: 'linear' } }),
    layer('norm', 'BatchNormalization', {
      weightNames: ['norm/gamma', 'norm/moving_mean'],
      inputs: ['second'],
      config: { axis: -1 },
    }),
  ]
  const calibration = calibrationOf({
    first: { sides: [4], values: Float64Array.of(1, -2, 0.5, 3) },
    second: { sides: [3], values: Float64Array.of(0.25, 2, 1) },
  })
  return { weights, layers, calibration }
}

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
    const { weights, layers, calibration } = model()
    const { tensors, notes } = createPipeline(weights, layers).runAll(corrected, calibration)
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

  it('leaves a bias float that was quantized, at what the float bias asks for', () => {
    const { weights, layers, calibration } = model()
    const pipeline = createPipeline(weights, layers)
    const plain = pipeline.runAll(corrected, calibration).tensors[1]
    const coded = withConfig(corrected, 'quantize', { biases: 8 })
    expect(pipeline.runAll(coded, calibration).tensors[1]?.values).toEqual(plain?.values)
  })

  it('does nothing where no kernel has changed, where a layer is an exception, or without data', () => {
    const { weights, layers, calibration } = model()
    const pipeline = createPipeline(weights, layers)
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

  it.each<[string, (layers: LayerFacts[]) => LayerFacts[], string]>([
    ['is of another kind', change('first', { className: 'LSTM' }), 'kind'],
    ['runs several times', change('first', { calls: 2 }), 'several'],
    ['may run any number of times', change('first', { calls: null }), 'several'],
    ['has channels first', change('first', { className: 'Conv2D' }), 'inputs'],
    ['is not known by its inputs', change('first', { name: 'other' }), 'inputs'],
  ])('names a layer that %s', (_, changed, note) => {
    const { weights, layers, calibration } = model()
    const { notes, tensors } = createPipeline(weights, changed(layers)).runAll(
      corrected,
      calibration,
    )
    expect(notes[0]?.note).toBe(note)
    expect(tensors[1]?.values).toBe(weights[1]?.values)
  })

  it.each<[string, (layers: LayerFacts[]) => LayerFacts[]]>([
    ['an activation stands between', change('second', { config: { activation: 'relu' } })],
    ['the normalization is over another axis', change('norm', { config: { axis: 2 } })],
    ['the normalization runs several times', change('norm', { calls: 2 })],
    ['the normalization reads another layer', change('norm', { inputs: ['first'] })],
  ])('finds no place for the shift where %s', (_, changed) => {
    const { weights, layers, calibration } = model()
    const { notes, tensors } = createPipeline(weights, changed(layers)).runAll(
      corrected,
      calibration,
    )
    expect(notes[1]?.note).toBe('noPlace')
    expect(tensors[4]?.values).toBe(weights[4]?.values)
  })

  it('asks for the means of the layers that it covers, and of no others', () => {
    const { weights, layers } = model()
    const pipeline = createPipeline(weights, layers)
    expect(pipeline.needs(coarse)).toEqual([])
    const asked = (recipe: Recipe) => pipeline.needs(recipe).map(({ layer: name }) => name)
    expect(asked(corrected)).toEqual(['first', 'second'])
    const overrides = { second: { enabled: false } }
    expect(asked(withConfig(corrected, 'bias-correction', { overrides }))).toEqual(['first'])
  })

  it('is remembered as long as the statistics are the same ones', () => {
    const { weights, layers, calibration } = model()
    const pipeline = createPipeline(weights, layers)
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
      createPipeline(weights, layers)
        .runAll(corrected, other)
        .tensors.map(({ values }) => values),
    )
  })
})

function change(name: string, changes: Partial<LayerFacts>) {
  return (layers: LayerFacts[]): LayerFacts[] =>
    layers.map((one) => (one.name === name ? { ...one, ...changes } : one))
}
