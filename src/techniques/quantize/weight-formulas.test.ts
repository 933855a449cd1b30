import { describe, expect, it } from 'vitest'
import { decode } from '../../core/encoded-tensor'
import { createRandom } from '../../core/random'
import type { TensorSpec } from '../../core/tensor-spec'
import { untouched } from '../technique'
import type { WorkingTensor } from '../technique'
import { quantize } from './quantize'
import { quantizeMeta } from './quantize.meta'
import type { QuantizeConfig } from './quantize.meta'
import { weightFormulas } from './weight-formulas'

const spec: TensorSpec = {
  name: 'dense/kernel',
  shape: [20, 6],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'dense',
  layerKind: 'dense',
  channel: { count: 6, inner: 1 },
}
const random = createRandom(3)
const values = Float32Array.from({ length: 120 }, () => 0.1 * random.normal())

const config = (change: Partial<QuantizeConfig> = {}): QuantizeConfig => ({
  ...quantizeMeta.defaultConfig,
  ...{ bits: 3, range: 'minMax' },
  ...change,
})

function formulasOf(tensor: WorkingTensor, settings: QuantizeConfig, index: number) {
  const found = weightFormulas(tensor, settings, index)
  if (found === null) throw new Error('no formulas')
  return found
}

describe('a weight in the formulas', () => {
  const tensor = untouched({ spec, values })

  it('is restored as the tutorial says', () => {
    const largest = Math.max(...values.map(Math.abs))
    for (const index of values.keys()) {
      const { isClamped, linear, q, x, y } = formulasOf(tensor, config(), index)
      expect(q).toBe(largest / 4)
      expect(x).toBe(values[index])
      expect(isClamped || y === Math.floor(x / q)).toBe(true)
      expect(y).toBeGreaterThanOrEqual(-4)
      expect(y).toBeLessThanOrEqual(3)
      expect(linear.value).toBe(Math.fround(y * q + q / 2))
      expect(linear.error).toBe(linear.value - x)
    }
  })

  it.each([
    ['the whole tensor', {}],
    ['each channel', { granularity: 'perChannel' }],
    ['a range of least error', { range: 'mse' }],
  ] as const)('is what the file would hold, with a scale for %s', (_, change) => {
    const settings = config(change)
    for (const scheme of ['linear', 'mean'] as const) {
      const [plan] = quantize.plan([tensor], { ...settings, scheme }, { seed: 0 })
      if (plan === undefined) throw new Error('no plan')
      const whole = decode(quantize.apply(tensor, plan).encoded)
      for (const index of values.keys())
        expect(formulasOf(tensor, settings, index)[scheme].value).toBe(whole[index])
    }
  })

  it('shares its bin with those that have its mean', () => {
    const bins = new Map<number, number[]>()
    for (const index of values.keys()) {
      const { y } = formulasOf(tensor, config(), index)
      bins.set(y, [...(bins.get(y) ?? []), values[index] ?? 0])
    }
    for (const index of values.keys()) {
      const { mean, y } = formulasOf(tensor, config(), index)
      const bin = bins.get(y) ?? []
      expect(mean.members).toBe(bin.length)
      expect(mean.value).toBe(Math.fround(bin.reduce((sum, value) => sum + value, 0) / bin.length))
    }
  })

  it('errs less by the mean, over all weights', () => {
    const { linear, mean } = formulasOf(tensor, config(), 0)
    expect(mean.mse).toBeLessThan(linear.mse)
    expect(mean.mse).toBeGreaterThan(0)
  })

  it('that pruning removed is zero in both', () => {
    const mask = Uint8Array.from(values, (value) => (Math.abs(value) > 0.05 ? 1 : 0))
    const kept = values.map((value, index) => value * (mask[index] ?? 0))
    const pruned = { ...untouched({ spec, values: kept }), mask }
    const removed = mask.indexOf(0)
    expect(formulasOf(pruned, config(), removed)).toMatchObject({
      isRemoved: true,
      ...{ x: 0, linear: { value: 0, error: 0 }, mean: { value: 0, error: 0 } },
    })
    const left = formulasOf(pruned, config(), mask.indexOf(1))
    expect(left.isRemoved).toBe(false)
    expect(left.mean.members).toBeLessThanOrEqual(mask.reduce((sum, one) => sum + one, 0))
  })

  it('is one of those that there are, and follows the settings of its layer', () => {
    expect(formulasOf(tensor, config(), 1e9).index).toBe(119)
    expect(formulasOf(tensor, config(), -1).index).toBe(0)
    expect(
      formulasOf(tensor, config({ overrides: { dense: { bits: 5, scheme: 'affine' } } }), 0).bits,
    ).toBe(5)
    expect(weightFormulas(tensor, config({ overrides: { dense: { enabled: false } } }), 0)).toBe(
      null,
    )
  })
})
