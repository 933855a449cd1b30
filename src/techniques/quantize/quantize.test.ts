import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decode } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import { untouched } from '../technique'
import { quantizeMeta } from './quantize.meta'
import type { QuantizeConfig } from './quantize.meta'
import { encode, quantize } from './quantize'

interface GoldenTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly axes: readonly number[]
  readonly values: string
  readonly mask: readonly number[] | null
}

interface GoldenCase {
  readonly tensor: string
  readonly bits: number
  readonly granularity: 'perTensor' | 'perChannel' | 'perGroup'
  readonly groupSize?: number
  readonly range?: 'percentile' | 'mse'
  readonly percentile?: number
  readonly scheme: 'affine' | 'linear' | 'mean'
  readonly symmetry?: 'symmetric' | 'asymmetric'
  readonly codes: readonly number[]
  readonly scale?: readonly number[]
  readonly zeroPoint?: readonly number[]
  readonly clipped: number
  readonly decoded: string
  readonly levels?: string
}

interface GoldenFile {
  readonly tensors: readonly GoldenTensor[]
  readonly cases: readonly GoldenCase[]
}

const read = (name: string): GoldenFile =>
  JSON.parse(readFileSync(`golden/${name}.json`, 'utf8')) as GoldenFile
const golden = read('quantize')
const groups = read('groups')
const ranges = read('ranges')

function floats(hex: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(hex, 'hex')).buffer)
}

function specOf({ name, shape, axes }: GoldenTensor): TensorSpec {
  const lastChannelAxis = axes.at(-1) ?? 0
  return {
    name,
    shape,
    dtype: 'float32',
    role: axes.length > 1 ? 'depthwiseKernel' : 'kernel',
    layerName: name,
    layerKind: 'dense',
    channel: {
      count: elementCount(axes.map((axis) => shape[axis] ?? 1)),
      inner: elementCount(shape.slice(lastChannelAxis + 1)),
    },
  }
}

function specNamed(name: string, overrides: Partial<TensorSpec> = {}): TensorSpec {
  return {
    name,
    shape: [2, 2],
    dtype: 'float32',
    role: 'kernel',
    layerName: name,
    layerKind: 'dense',
    channel: { count: 2, inner: 1 },
    ...overrides,
  }
}

describe('golden vectors of NumPy', () => {
  it('cover every scheme, width and granularity', () => {
    const kinds = new Set(
      golden.cases.map((c) => `${c.scheme} ${c.symmetry ?? ''} ${c.granularity} ${c.bits}`),
    )
    expect(kinds.size).toBe(2 * (7 + 6 + 7 + 7))
  })

  it.each(golden.tensors)('$name', (source) => {
    expectGolden(source, golden.cases)
  })

  it.each(ranges.tensors)('ranges by percentile and by mean squared error: $name', (source) => {
    expectGolden(source, ranges.cases)
  })

  it.each(groups.tensors)('groups of 16 inputs: $name', (source) => {
    expectGolden(source, groups.cases)
  })
})

function expectGolden(source: GoldenTensor, cases: readonly GoldenCase[]): void {
  const spec = specOf(source)
  const values = floats(source.values)
  const mask = source.mask === null ? null : Uint8Array.from(source.mask)
  const own = cases.filter(({ tensor }) => tensor === source.name)
  expect(own.length).toBeGreaterThan(0)
  for (const expected of own) {
    const { bits, scheme, granularity, groupSize, range, percentile } = expected
    const symmetry = expected.symmetry ?? 'asymmetric'
    const { tensor, clipped } = encode(spec, values, mask, {
      action: 'quantize',
      bits,
      scheme,
      granularity,
      symmetry,
      ...(groupSize === undefined ? {} : { groupSize }),
      ...(range === undefined ? {} : { range }),
      ...(percentile === undefined ? {} : { percentile }),
    })
    const label = `${scheme} ${symmetry} ${granularity} ${bits} ${range} ${percentile}`
    expect([...tensor.codes], label).toEqual(expected.codes)
    expect(clipped, label).toBe(expected.clipped)
    if (tensor.kind === 'affine') {
      expect([...tensor.scale], label).toEqual(expected.scale)
      expect([...tensor.zeroPoint], label).toEqual(expected.zeroPoint)
    } else if (expected.levels !== undefined)
      expect(tensor.levels, label).toEqual(floats(expected.levels))
    expect(withoutNegativeZero(decode(tensor)), label).toEqual(
      withoutNegativeZero(floats(expected.decoded)),
    )
  }
}

/** -0 and 0 are the same weight. */
function withoutNegativeZero(values: Float32Array): Float32Array {
  return values.map((value) => value + 0)
}

describe('which tensors are covered', () => {
  const values = Float32Array.of(0.1, -0.2, 0.3, -0.4)
  const config = (changes: Partial<QuantizeConfig>): QuantizeConfig => ({
    ...quantizeMeta.defaultConfig,
    ...changes,
  })
  const actions = (specs: readonly TensorSpec[], changes: Partial<QuantizeConfig>): string[] =>
    quantize
      .plan(
        specs.map((spec) => untouched({ spec, values })),
        config(changes),
        { seed: 1 },
      )
      .map((plan) => plan.action)

  const specs = [
    specNamed('kernel'),
    specNamed('bias', { role: 'bias' }),
    specNamed('gamma', { role: 'normalization' }),
    specNamed('counter', { role: 'kernel', dtype: 'int32' }),
    specNamed('other', { role: 'other' }),
  ]

  it('kernels always, biases and normalization when asked, integers never', () => {
    expect(actions(specs, {})).toEqual(['quantize', 'skip', 'skip', 'skip', 'skip'])
    expect(actions(specs, { biases: 8 })[1]).toBe('quantize')
    expect(actions(specs, { normalization: 16 })[2]).toBe('quantize')
    expect(actions(specs, { biases: 8, normalization: 8 }).slice(3)).toEqual(['skip', 'skip'])
  })

  it('gives biases and normalization bits of their own, whatever kernels have', () => {
    const tensors = specs.map((spec) => untouched({ spec, values }))
    const settings = config({
      bits: 2,
      scheme: 'mean',
      granularity: 'perChannel',
      range: 'mse',
      biases: 8,
      normalization: 16,
      overrides: { bias: { bits: 3, scheme: 'linear' } },
    })
    const small = { scheme: 'affine', symmetry: 'asymmetric', granularity: 'perTensor' }
    const [kernel, bias, gamma] = quantize.plan(tensors, settings, { seed: 1 })
    expect(kernel).toMatchObject({ bits: 2, scheme: 'mean' })
    expect(bias).toEqual({ action: 'quantize', bits: 8, ...small })
    expect(gamma).toEqual({ action: 'quantize', bits: 16, ...small })
    const off = config({ biases: 8, overrides: { bias: { enabled: false } } })
    expect(quantize.plan(tensors, off, { seed: 1 })[1]).toEqual({ action: 'skip' })
  })

  it.each([
    [1, 8],
    [8, 8],
    [9, 16],
    [16, 16],
  ] as const)('opens recipes that had one switch: %d bits become %d', (bits, own) => {
    const before = { ...quantizeMeta.defaultConfig, bits, biases: true, normalization: false }
    expect(quantizeMeta.parseConfig(before)).toEqual({
      ...quantizeMeta.defaultConfig,
      bits,
      biases: own,
      normalization: 'float',
    })
    expect(() => quantizeMeta.parseConfig({ ...before, biases: 4 })).toThrow(StudioError)
  })

  it('follows the overrides of a layer', () => {
    const [kernel] = specs
    if (kernel === undefined) throw new Error('no kernel')
    expect(actions([kernel], { overrides: { kernel: { enabled: false } } })).toEqual(['skip'])
    const plans = quantize.plan(
      [untouched({ spec: kernel, values })],
      config({ overrides: { kernel: { bits: 3, scheme: 'mean', granularity: 'perChannel' } } }),
      { seed: 1 },
    )
    expect(plans[0]).toMatchObject({ bits: 3, scheme: 'mean', granularity: 'perChannel' })
  })

  it('knows groups and ranges, of recipes from before them none', () => {
    const { groupSize: _, range: __, percentile: ___, ...before } = quantizeMeta.defaultConfig
    expect(quantizeMeta.parseConfig(before)).toEqual({
      ...quantizeMeta.defaultConfig,
      range: 'minMax',
    })
    const [kernel] = specs
    if (kernel === undefined) throw new Error('no kernel')
    const grouped = config({
      granularity: 'perGroup',
      groupSize: 64,
      overrides: { kernel: { groupSize: 16 } },
    })
    expect(quantizeMeta.parseConfig(grouped)).toEqual(grouped)
    const plan = (changes: Partial<QuantizeConfig>): unknown =>
      quantize.plan(
        [untouched({ spec: kernel, values })],
        { ...grouped, ...changes },
        { seed: 1 },
      )[0]
    expect(plan({})).toMatchObject({ granularity: 'perGroup', groupSize: 16 })
    expect(plan({ overrides: {} })).toMatchObject({ groupSize: 64 })
    expect(plan({ range: 'mse' })).toMatchObject({ range: 'mse' })
    expect(plan({ range: 'percentile', percentile: 99 })).toMatchObject({ percentile: 99 })
    const own = { kernel: { range: 'percentile', percentile: 95 } } as const
    expect(plan({ overrides: own })).toMatchObject({ range: 'percentile', percentile: 95 })
    // What does not change the codes must not make them anew.
    expect(plan({ percentile: 77 })).not.toHaveProperty('percentile')
    expect(plan({})).not.toHaveProperty('range')
    expect(plan({ granularity: 'perTensor' })).not.toHaveProperty('groupSize')
  })

  it('left to the studio, ranges follow the bits and scales of each layer', () => {
    const [kernel, ...others] = specs
    if (kernel === undefined) throw new Error('no kernel')
    const plan = (changes: Partial<QuantizeConfig>) =>
      quantize.plan([untouched({ spec: kernel, values })], config(changes), { seed: 1 })[0]
    for (const bits of [1, 2, 3]) expect(plan({ bits })).toMatchObject({ range: 'mse' })
    for (const bits of [4, 8, 16]) expect(plan({ bits })).not.toHaveProperty('range')
    expect(plan({ bits: 8, overrides: { kernel: { bits: 2 } } })).toMatchObject({ range: 'mse' })
    expect(plan({ bits: 2, overrides: { kernel: { bits: 8 } } })).not.toHaveProperty('range')
    for (const granularity of ['perChannel', 'perGroup'] as const) {
      expect(plan({ bits: 2, granularity })).not.toHaveProperty('range')
      const whole = { kernel: { granularity: 'perTensor' } } as const
      expect(plan({ bits: 2, granularity, overrides: whole })).toMatchObject({ range: 'mse' })
    }
    // What somebody has chosen stands.
    expect(plan({ bits: 2, range: 'minMax' })).not.toHaveProperty('range')
    const own = { kernel: { range: 'minMax' } } as const
    expect(plan({ bits: 2, overrides: own })).not.toHaveProperty('range')
    const left = { kernel: { range: 'auto' } } as const
    expect(plan({ bits: 2, range: 'minMax', overrides: left })).toMatchObject({ range: 'mse' })
    // The same plan is the same codes.
    expect(plan({ bits: 3 })).toEqual(plan({ bits: 3, range: 'mse' }))
    expect(plan({ bits: 4 })).toEqual(plan({ bits: 4, range: 'minMax' }))
    const small = quantize.plan(
      others.map((spec) => untouched({ spec, values })),
      config({ bits: 2, biases: 8, normalization: 8 }),
      { seed: 1 },
    )
    for (const one of small) expect(one).not.toHaveProperty('range')
  })
})

describe('refusals', () => {
  const settings = {
    action: 'quantize',
    bits: 8,
    scheme: 'affine',
    symmetry: 'asymmetric',
    granularity: 'perTensor',
  } as const
  const codeOf = (work: () => unknown): unknown => {
    try {
      work()
    } catch (error) {
      return error instanceof StudioError ? error.toData() : error
    }
    return 'nothing thrown'
  }

  it.each([NaN, Infinity, -Infinity])('names the first %d', (bad) => {
    const values = Float32Array.of(1, -1, bad, bad)
    for (const scheme of ['linear', 'affine', 'mean'] as const)
      for (const granularity of ['perTensor', 'perChannel'] as const)
        expect(
          codeOf(() =>
            encode(specNamed('k'), values.slice(), null, { ...settings, scheme, granularity }),
          ),
        ).toEqual({ code: 'quantize/non-finite', params: { tensor: 'k', index: 2 } })
  })

  it('one symmetric bit', () => {
    const tensors = [untouched({ spec: specNamed('k'), values: new Float32Array(4) })]
    const config = { ...quantizeMeta.defaultConfig, bits: 1, symmetry: 'symmetric' } as const
    expect(codeOf(() => quantize.plan(tensors, config, { seed: 1 }))).toEqual({
      code: 'quantize/bits',
      params: { bits: 1, scheme: 'affine', minimum: 2 },
    })
    expect(quantize.plan(tensors, { ...config, scheme: 'linear' }, { seed: 1 })).toHaveLength(1)
  })

  it('a table of levels far larger than the tensor', () => {
    const spec = specNamed('k', { shape: [1, 64], channel: { count: 64, inner: 1 } })
    const many = { ...settings, bits: 16, scheme: 'mean', granularity: 'perChannel' } as const
    expect(codeOf(() => encode(spec, new Float32Array(64), null, many))).toEqual({
      code: 'quantize/table-too-large',
      params: { tensor: 'k', bits: 16, levels: 64 * 65536, weights: 64 },
    })
  })
})
