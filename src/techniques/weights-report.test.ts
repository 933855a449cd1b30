import { describe, expect, it } from 'vitest'
import { runToEnd } from '../core/run-to-end'
import { decode } from '../core/encoded-tensor'
import { createRandom } from '../core/random'
import type { TensorSpec } from '../core/tensor-spec'
import type { WeightTensor } from '../core/weight-tensor'
import { createPipeline } from './pipeline'
import { pruneMeta } from './prune/prune.meta'
import { quantizeMeta } from './quantize/quantize.meta'
import type { Recipe } from './recipe'
import { HISTOGRAM_BINS, reportWeights as reporting } from './weights-report'

function weight(layerName: string, role: TensorSpec['role'], length: number): WeightTensor {
  const random = createRandom(length)
  return {
    spec: {
      name: `${layerName}/${role}`,
      shape: [length / 4, 4],
      dtype: 'float32',
      role,
      layerName,
      layerKind: 'dense',
      channel: { count: 4, inner: 1 },
    },
    values: Float32Array.from({ length }, () => random.normal()),
  }
}

const weights = [weight('a', 'kernel', 400), weight('a', 'bias', 8), weight('b', 'kernel', 200)]
const pipeline = createPipeline(weights)

function recipe(
  prune: boolean,
  quantize: boolean,
  scope: 'global' | 'perLayer' = 'global',
): Recipe {
  return {
    version: 1,
    seed: 1,
    steps: [
      {
        technique: 'prune',
        enabled: prune,
        config: { ...pruneMeta.defaultConfig, value: 0.25, scope },
      },
      {
        technique: 'quantize',
        enabled: quantize,
        config: { ...quantizeMeta.defaultConfig, bits: 5, scheme: 'linear' },
      },
    ],
  }
}

const reportWeights = (...given: Parameters<typeof reporting>) => runToEnd(reporting(...given))

describe('a report', () => {
  it('stops after each pass over a tensor, so that a large model keeps nobody waiting', () => {
    const result = pipeline.runAll(recipe(true, true))
    // Error, codes, facts of the layer, range, bins before and after: of both kernels.
    expect([...reporting(pipeline, result, [])]).toHaveLength(2 * 6)
  })

  it('of an untouched model has no error, no zeros, one histogram', () => {
    const report = reportWeights(pipeline, pipeline.runAll(recipe(false, false)), [])
    expect(report.layers.map(({ name, weights: n, bits }) => [name, n, bits])).toEqual([
      ['a', 400, null],
      ['b', 200, null],
    ])
    for (const layer of report.layers)
      expect(layer).toMatchObject({ zeros: 0, mse: 0, sqnrDb: null, clipped: 0, pruning: null })
    expect(report.sparsity).toBe(0)
    expect(report.pruning).toBeNull()
    expect(report.sizes.float32).toBe(4 * 608)
    expect(report.histogram.before).toEqual(report.histogram.after)
    expect(report.histogram.before).toHaveLength(HISTOGRAM_BINS)
    expect(report.histogram.before.reduce((a, b) => a + b)).toBe(600)
  })

  it('counts what the weights say', () => {
    const result = pipeline.runAll(recipe(true, true))
    const report = reportWeights(pipeline, result, ['a'])
    const [kernel] = result.tensors
    const [original] = weights
    const [layer] = report.layers
    if (kernel === undefined || original === undefined || layer === undefined)
      throw new Error('none')
    const restored = decode(kernel.encoded)
    const squared = original.values.reduce((sum, w, i) => sum + (w - (restored[i] ?? 0)) ** 2, 0)
    expect(layer.mse).toBeCloseTo(squared / 400, 10)
    expect(layer.zeros).toBe(restored.filter((w) => w === 0).length)
    expect(layer.bits).toBe(5)
    expect(layer.pruning?.aboveThreshold).toBe(400 - layer.zeros)
    expect(report.sparsity).toBeCloseTo(0.25, 12)
    expect(report.pruning?.sparsity).toBe(report.sparsity)
    expect(report.histogram.threshold).toBe(report.pruning?.threshold)
    expect(report.histogram.levels).toEqual([...new Set(restored)].sort((a, b) => a - b))
    expect(report.histogram.after.reduce((a, b) => a + b)).toBe(400)
  })

  it('tells what makes a layer lose much, of those that have changed', () => {
    const [first] = weights
    if (first === undefined) throw new Error('none')
    // One channel is so small that coarse codes leave nothing of it.
    const values = Float32Array.from(first.values, (w, at) => (at % 4 === 3 ? w / 1e6 : w))
    const own = createPipeline([{ ...first, values }])
    const coded = recipe(false, true)
    const coarse: Recipe = {
      ...coded,
      steps: coded.steps.map((step) =>
        step.technique === 'quantize'
          ? { ...step, config: { ...step.config, bits: 3, scheme: 'affine' } }
          : step,
      ),
    }
    const [layer] = reportWeights(own, own.runAll(coarse), []).layers
    expect(layer?.kernels).toMatchObject({ channels: 4, dead: 1, pruned: 0, tail: 0 })
    expect(layer?.kernels?.spread).toBeGreaterThan(1)
    const gone = { ...recipe(true, false), steps: recipe(true, false).steps.slice(0, 1) }
    const [pruned] = reportWeights(own, own.runAll(gone), []).layers
    expect(pruned?.kernels).toMatchObject({ channels: 4, dead: 1, pruned: 1 })
    const [untouched] = reportWeights(own, own.runAll(recipe(false, false)), []).layers
    expect(untouched?.kernels).toBeNull()
  })

  it('shows a threshold only where all that is drawn share it', () => {
    const result = pipeline.runAll(recipe(true, false, 'perLayer'))
    expect(reportWeights(pipeline, result, []).histogram.threshold).toBeNull()
    const focused = reportWeights(pipeline, result, ['b'])
    expect(focused.histogram.threshold).toBe(focused.layers[1]?.pruning?.threshold)
  })

  it('draws nothing for a layer that has no kernel', () => {
    const result = pipeline.runAll(recipe(false, true))
    const { histogram } = reportWeights(pipeline, result, ['nowhere'])
    expect([histogram.min, histogram.max, histogram.levels]).toEqual([0, 0, []])
    expect(new Set(histogram.after)).toEqual(new Set([0]))
  })
})
