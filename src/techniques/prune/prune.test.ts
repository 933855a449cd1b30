import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from '../../core/encoded-tensor'
import type { EncodedTensor } from '../../core/encoded-tensor'
import { groupsOfChannels, oneGroup } from '../../core/group-layout'
import { zeroRange } from '../../core/statistics'
import type { LayerKind, TensorSpec } from '../../core/tensor-spec'
import { untouched } from '../technique'
import type { WorkingTensor } from '../technique'
import { pruneMeta } from './prune.meta'
import type { PruneConfig } from './prune.meta'
import { prune } from './prune'
import { chooseRandomMask } from './random-removal'
import { resolvePruning } from './thresholds'

interface GoldenLayer {
  readonly layer: string
  readonly threshold: number
  readonly sigma: number
  readonly sparsity: number
  readonly absoluteSum: number
  readonly aboveThreshold: number
  readonly mask: string
}

const golden = JSON.parse(readFileSync('golden/prune.json', 'utf8')) as {
  readonly layers: readonly { readonly name: string; readonly values: string }[]
  readonly sigma: number
  readonly cases: readonly {
    readonly scope: 'global' | 'perLayer'
    readonly target: PruneConfig['target']
    readonly value: number
    readonly layers: readonly GoldenLayer[]
    readonly sparsity: number
    readonly equivalentThreshold: number
  }[]
}

function specOf(name: string, length: number, layerKind: LayerKind = 'dense'): TensorSpec {
  return {
    name: `${name}/kernel`,
    shape: [length],
    dtype: 'float32',
    role: layerKind === 'depthwise' ? 'depthwiseKernel' : 'kernel',
    layerName: name,
    layerKind,
    channel: { count: 1, inner: 1 },
  }
}

function working(name: string, values: Float32Array, kind?: LayerKind): WorkingTensor {
  return untouched({ spec: specOf(name, values.length, kind), values })
}

function config(changes: Partial<PruneConfig>): PruneConfig {
  return { ...pruneMeta.defaultConfig, ...changes }
}

function run(
  tensors: readonly WorkingTensor[],
  settings: PruneConfig,
  seed = 42,
): readonly WorkingTensor[] {
  const plans = prune.plan(tensors, settings, { seed })
  return tensors.map((tensor, i) => prune.apply(tensor, plans[i] ?? { action: 'skip' }))
}

const goldenTensors = golden.layers.map(({ name, values }) =>
  working(name, new Float32Array(Uint8Array.from(Buffer.from(values, 'hex')).buffer)),
)

describe('golden vectors of NumPy', () => {
  it.each(golden.cases)('$scope $target $value', (expected) => {
    const { scope, target, value } = expected
    const settings = config({ scope, target, value })
    const { overall, layers } = resolvePruning(goldenTensors, settings)
    const results = run(goldenTensors, settings)
    expected.layers.forEach((layer, index) => {
      const resolved = layers.get(layer.layer)
      expect(resolved?.threshold).toBeCloseTo(layer.threshold, 12)
      expect(resolved?.sparsity).toBe(layer.sparsity)
      expect(resolved?.absoluteSum).toBeCloseTo(layer.absoluteSum, 10)
      expect(resolved?.aboveThreshold).toBe(layer.aboveThreshold)
      expect(resolved?.sigmaMultiple).toBeCloseTo(
        layer.sigma === 0 ? 0 : layer.threshold / layer.sigma,
        9,
      )
      expect(results[index]?.mask?.join('')).toBe(layer.mask)
    })
    expect(overall?.sparsity).toBeCloseTo(expected.sparsity, 12)
    const thresholds = new Set(expected.layers.map((layer) => layer.threshold))
    const overallThreshold =
      thresholds.size === 1 ? expected.layers[0]?.threshold : expected.equivalentThreshold
    expect(overall?.threshold).toBeCloseTo(overallThreshold ?? NaN, 12)
    expect(overall?.sigmaMultiple).toBeCloseTo((overallThreshold ?? NaN) / golden.sigma, 9)
  })
})

const weights = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -2, max: 2 }), {
    minLength: 1,
    maxLength: 80,
  })
  .map((values) => Float32Array.from(values))

describe('magnitude pruning', () => {
  it('keeps a weight, unchanged, if and only if |w| > t', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 2, noNaN: true }), (values, threshold) => {
        const [result] = run(
          [working('a', values)],
          config({ target: 'threshold', value: threshold }),
        )
        values.forEach((w, i) => {
          const kept = Math.abs(w) > threshold
          expect(result?.mask?.[i]).toBe(kept ? 1 : 0)
          expect(result?.values[i]).toBe(kept ? w : 0)
        })
      }),
      { seed: 21 },
    )
  })

  it('removes exactly round(sparsity * n) where magnitudes differ', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 ? 1 : -1) * (i + 1) * 0.001)
    for (const value of [0, 0.001, 0.333, 0.5, 0.9995, 1, 7]) {
      const [result] = run([working('a', values)], config({ value }))
      const removed = result?.mask?.reduce((sum, kept) => sum + 1 - kept, 0)
      expect(removed).toBe(Math.round(Math.min(1, value) * 1000))
    }
  })

  it('is linked: each resolved control, made the leading one, gives the same weights', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (values, sparsity) => {
        const tensors = [working('a', values)]
        const resolved = resolvePruning(tensors, config({ value: sparsity })).overall
        if (resolved === null) throw new Error('nothing resolved')
        const mask = run(tensors, config({ value: sparsity }))[0]?.mask
        const byThreshold = config({ target: 'threshold', value: resolved.threshold })
        expect(run(tensors, byThreshold)[0]?.mask).toEqual(mask)
        // Zeros always count as removed, so the sparsity that results is never below the wish.
        const again = resolvePruning(tensors, config({ value: resolved.sparsity })).overall
        expect(again?.sparsity).toBe(resolved.sparsity)
      }),
      { seed: 22 },
    )
  })

  it('notes the range of what is left for the step after it', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 2, noNaN: true }), (values, threshold) => {
        const [result] = run(
          [working('a', values)],
          config({ target: 'threshold', value: threshold }),
        )
        if (result === undefined) throw new Error('no result')
        const scanned = zeroRange(result.values.slice())
        expect({ ...zeroRange(result.values) }).toEqual(scanned)
      }),
      { seed: 23 },
    )
  })
})

describe('which layers', () => {
  const values = Float32Array.of(0.1, 0.2, 0.3, 0.4)
  const tensors = [
    working('d', values, 'dense'),
    working('c', values, 'convolution'),
    working('w', values, 'depthwise'),
    untouched({ spec: { ...specOf('b', 4), role: 'bias' }, values }),
  ]
  const touched = (changes: Partial<PruneConfig>): string[] => [
    ...resolvePruning(tensors, config(changes)).layers.keys(),
  ]

  it('follow the switches, depthwise with convolution, and overrides beat them', () => {
    expect(touched({})).toEqual(['d', 'c', 'w'])
    expect(touched({ dense: false })).toEqual(['c', 'w'])
    expect(touched({ convolution: false })).toEqual(['d'])
    expect(touched({ convolution: false, overrides: { w: { enabled: true } } })).toEqual(['d', 'w'])
    expect(touched({ overrides: { d: { enabled: false } } })).toEqual(['c', 'w'])
    expect(resolvePruning(tensors, config({ dense: false, convolution: false })).overall).toBeNull()
  })

  it('a layer with a value of its own leaves the shared pool', () => {
    const { layers } = resolvePruning(
      tensors,
      config({ value: 0.5, overrides: { d: { value: 0 } } }),
    )
    expect(layers.get('d')?.sparsity).toBe(0)
    expect(layers.get('c')?.sparsity).toBe(0.5)
  })
})

describe('random removal', () => {
  const values = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * 1.7))
  const tensors = [
    working('a', values),
    working(
      'b',
      values.map((w) => w * 0.5),
    ),
  ]
  const counts = (results: readonly WorkingTensor[]): (number | undefined)[] =>
    results.map((result) => result.mask?.reduce((sum, kept) => sum + 1 - kept, 0))

  it('matched removes as many of each layer as the threshold would', () => {
    const settings = config({ target: 'threshold', value: 0.4 })
    expect(counts(run(tensors, { ...settings, method: 'random' }))).toEqual(
      counts(run(tensors, settings)),
    )
  })

  it('literal removes k, the number above the threshold', () => {
    const settings = config({ target: 'threshold', value: 0.4 })
    const above = tensors.map(
      (tensor) =>
        resolvePruning(tensors, settings).layers.get(tensor.spec.layerName)?.aboveThreshold,
    )
    const results = run(tensors, { ...settings, method: 'random', randomRule: 'literal' })
    expect(counts(results)).toEqual(above)
  })

  it('follows the seed and the name alone', () => {
    const settings = config({ method: 'random' })
    const once = run(tensors, settings, 7)
    expect(run(tensors, settings, 7)).toEqual(once)
    expect(run(tensors, settings, 8)[0]?.mask).not.toEqual(once[0]?.mask)
    expect(once[0]?.mask).not.toEqual(once[1]?.mask)
  })

  it('removes exactly the number asked, each weight about equally often', () => {
    const hits = new Float64Array(10)
    for (let seed = 0; seed < 2000; seed++) {
      const mask = chooseRandomMask(10, 3, seed, 'x')
      expect(mask.reduce((sum, kept) => sum + 1 - kept, 0)).toBe(3)
      mask.forEach((kept, i) => (hits[i] = (hits[i] ?? 0) + 1 - kept))
    }
    // 2000 draws at p = 0.3: five standard deviations are 102.
    for (const hit of hits) expect(Math.abs(hit - 600)).toBeLessThan(102)
  })

  it('does not bring back what an earlier step removed', () => {
    const first = run(tensors, config({ value: 0.5 }))
    const second = run(first, config({ method: 'random', target: 'threshold', value: 0 }), 3)
    second.forEach((tensor, t) =>
      tensor.mask?.forEach((kept, i) => {
        if (first[t]?.mask?.[i] === 0) expect(kept).toBe(0)
      }),
    )
  })
})

describe('pruning what was quantized before', () => {
  const spec: TensorSpec = { ...specOf('q', 6), channel: { count: 2, inner: 1 } }
  const codes = Uint8Array.of(0, 3, 2, 1, 3, 0)
  const affine: EncodedTensor = {
    kind: 'affine',
    spec,
    bits: 2,
    codes,
    groups: groupsOfChannels(spec.channel, 6),
    scale: Float32Array.of(0.5, 0.25),
    zeroPoint: Float64Array.of(1, 2),
    mask: null,
  }
  const encodings: Record<string, EncodedTensor> = {
    'affine with a zero': affine,
    'affine without': { ...affine, zeroPoint: Float64Array.of(1.5, 1.5) },
    'codebook with a zero': {
      kind: 'codebook',
      spec,
      bits: 2,
      codes,
      groups: oneGroup(6),
      levels: Float32Array.of(-1, -0.25, 0, 1),
    },
    'codebook without': {
      kind: 'codebook',
      spec,
      bits: 2,
      codes,
      groups: oneGroup(6),
      levels: Float32Array.of(-1, -0.25, 0.5, 1),
    },
  }

  it.each(Object.keys(encodings))('%s: the encoding says what the values say', (name) => {
    const encoded = encodings[name] ?? affine
    const tensor: WorkingTensor = { spec, values: decode(encoded), mask: null, encoded, clipped: 0 }
    const [result] = run([tensor], config({ target: 'threshold', value: 0.3 }))
    if (result === undefined) throw new Error('no result')
    expect(decode(result.encoded)).toEqual(result.values)
    expect(result.encoded.kind).toBe(name === 'codebook without' ? 'float' : encoded.kind)
    expect(result.values.includes(0)).toBe(true)
  })
})
