import { countCodes } from '../core/code-counts'
import { isArray } from '../core/encoded-tensor'
import type { EncodedTensor } from '../core/encoded-tensor'
import { addEncodedToBins, addToBins, usedLevels } from '../core/histogram'
import type { Bins } from '../core/histogram'
import { totalSizes } from '../core/sizes'
import type { ComputedSizes } from '../core/sizes'
import {
  addErrors,
  errorPower,
  meanSquaredError,
  sqnrDb,
  weightStatistics,
} from '../core/statistics'
import type { ErrorPower } from '../core/statistics'
import { isCompressible } from '../core/tensor-spec'
import type { WeightTensor } from '../core/weight-tensor'
import { kernelFacts } from './kernel-facts'
import type { KernelFacts, KernelPair } from './kernel-facts'
import type { Pipeline, PipelineResult, StepNote } from './pipeline'
import type { CalibrationFacts } from './statistics'
import { resolvePruning } from './prune/thresholds'
import type { LayerPruning, LinkedControls, ResolvedPruning } from './prune/thresholds'

/** What a recipe did to one layer; the page's table row. */
export interface LayerReport {
  readonly name: string
  /** Compressible weights; the other figures are of these alone. */
  readonly weights: number
  readonly zeros: number
  /** The widest code of the layer, null where nothing is coded. */
  readonly bits: number | null
  /** Mean squared error; 0 where untouched. */
  readonly mse: number
  /** 10 log10(signal power / error power) in dB; null where the error is zero. */
  readonly sqnrDb: number | null
  readonly clipped: number
  /** null where the step does not touch it. */
  readonly pruning: LayerPruning | null
  /** Of its kernels together, the most of each; null where none of them has changed. */
  readonly kernels: KernelFacts | null
}

/** Counts over equal bins between `min` and `max`, before and after. */
export interface HistogramReport {
  readonly min: number
  readonly max: number
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** Distinct restored values where there are at most 256 and one tensor is shown; else empty. */
  readonly levels: readonly number[]
  /** Thresholds -t and +t are drawn where the focus has one threshold; null otherwise. */
  readonly threshold: number | null
}

/** All that a preview shows of the weights; sizes of files come from the exporter. */
export interface WeightsReport {
  readonly layers: readonly LayerReport[]
  readonly sizes: ComputedSizes
  /** Zeros over all compressible weights, 0..1. */
  readonly sparsity: number
  /** The linked pruning controls, resolved over everything that the step touches. */
  readonly pruning: LinkedControls | null
  readonly histogram: HistogramReport
  /** What steps had to say of layers. */
  readonly notes: readonly StepNote[]
  /** What steps knew of the layers' inputs; null where none asked. */
  readonly calibration: CalibrationFacts | null
}

export const HISTOGRAM_BINS = 121

const errors = new WeakMap<EncodedTensor, ErrorPower>()
const untouchedBins = new WeakMap<Float32Array, { key: string; counts: Float64Array }>()

/** One pass for each encoding, however often it is reported. */
function errorOf(original: Float32Array, encoded: EncodedTensor): ErrorPower {
  let power = errors.get(encoded)
  if (power === undefined) {
    power = errorPower(original, encoded)
    errors.set(encoded, power)
  }
  return power
}

/**
 * Measures the result of a recipe against the original weights.
 * @param focus layers whose histogram is drawn, none for all compressible weights
 * @returns what stops after each pass over a tensor
 */
export function* reportWeights(
  pipeline: Pipeline,
  result: PipelineResult,
  focus: readonly string[],
): Generator<undefined, WeightsReport, undefined> {
  const resolved = resolvedPruning(result)
  const pairs = pipeline.weights.flatMap((weight, index): KernelPair[] => {
    const after = result.tensors[index]
    return after === undefined ? [] : [{ before: inItsScale(weight, result), after }]
  })
  const layers = yield* reportLayers(pairs, resolved)
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0)
  const zeros = layers.reduce((sum, layer) => sum + layer.zeros, 0)
  return {
    layers,
    sizes: totalSizes(result.tensors.map((tensor) => tensor.encoded)),
    sparsity: weights === 0 ? 0 : zeros / weights,
    pruning: resolved?.overall ?? null,
    histogram: yield* reportHistogram(pairs, new Set(focus), resolved),
    notes: result.notes,
    calibration: result.calibration,
  }
}

const scaledWeights = new WeakMap<Float32Array, WeightTensor>()

/** A weight as it came, in the scale that steps have given it without a change of what the model computes. */
export function inItsScale(
  weight: WeightTensor,
  { factors }: Pick<PipelineResult, 'factors'>,
): WeightTensor {
  const own = factors.get(weight.spec.name)
  if (own === undefined) return weight
  const known = scaledWeights.get(own)
  if (known !== undefined) return known
  const values = weight.values.map((value, at) => value * (own[at] ?? 1))
  const scaled = { spec: weight.spec, values }
  scaledWeights.set(own, scaled)
  return scaled
}

function resolvedPruning(result: PipelineResult): ResolvedPruning | null {
  for (const { step, inputs } of result.steps)
    if (step.technique === 'prune') return resolvePruning(inputs, step.config)
  return null
}

function* reportLayers(
  pairs: readonly KernelPair[],
  resolved: ResolvedPruning | null,
): Generator<undefined, LayerReport[], undefined> {
  const byLayer = new Map<string, KernelPair[]>()
  for (const pair of pairs) {
    if (!isCompressible(pair.before.spec)) continue
    const { layerName } = pair.before.spec
    const known = byLayer.get(layerName)
    if (known === undefined) byLayer.set(layerName, [pair])
    else known.push(pair)
  }
  const layers: LayerReport[] = []
  for (const [name, compressible] of byLayer) {
    // Each remembers what it has found; one pass over a large tensor takes a second.
    for (const { before, after } of compressible) {
      errorOf(before.values, after.encoded)
      yield
      countCodes(after.encoded)
      yield
    }
    const power = addErrors(
      compressible.map(({ before, after }) => errorOf(before.values, after.encoded)),
    )
    const bits = compressible.map(({ after }) =>
      after.encoded.kind === 'float' ? 0 : after.encoded.bits,
    )
    const widest = Math.max(0, ...bits)
    layers.push({
      name,
      weights: power.count,
      zeros: compressible.reduce((sum, { after }) => sum + countCodes(after.encoded).zeros, 0),
      bits: widest === 0 ? null : widest,
      mse: meanSquaredError(power),
      sqnrDb: sqnrDb(power),
      clipped: compressible.reduce((sum, { after }) => sum + after.clipped, 0),
      pruning: resolved?.layers.get(name) ?? null,
      kernels: power.squaredError === 0 ? null : kernelFacts(compressible),
    })
    yield
  }
  return layers
}

function* reportHistogram(
  pairs: readonly KernelPair[],
  focus: ReadonlySet<string>,
  resolved: ResolvedPruning | null,
): Generator<undefined, HistogramReport, undefined> {
  const shown = pairs.filter(
    ({ before }) =>
      isCompressible(before.spec) && (focus.size === 0 || focus.has(before.spec.layerName)),
  )
  const ranges = []
  for (const { before } of shown) {
    ranges.push(weightStatistics(before.values))
    yield
  }
  // Symmetric, so that the two lines of the threshold are equally far from the middle.
  const reach = Math.max(0, ...ranges.map(({ min, max }) => Math.max(Math.abs(min), Math.abs(max))))
  const bins: Bins = { min: 0 - reach, max: reach, count: HISTOGRAM_BINS }
  const before = new Float64Array(bins.count)
  const after = new Float64Array(bins.count)
  for (const pair of shown) {
    const counts = binsOfOriginal(pair.before.values, bins)
    yield
    counts.forEach((count, bin) => (before[bin] = (before[bin] ?? 0) + count))
    if (isArray(pair.after.encoded, pair.before.values))
      counts.forEach((count, bin) => (after[bin] = (after[bin] ?? 0) + count))
    else addEncodedToBins(after, pair.after.encoded, bins)
    yield
  }
  const [only, ...others] = shown
  return {
    min: bins.min,
    max: bins.max,
    before: [...before],
    after: [...after],
    levels: only !== undefined && others.length === 0 ? usedLevels(only.after.encoded) : [],
    threshold: thresholdOf(shown, resolved),
  }
}

/** The original does not change while a slider moves, so its bins are counted once for a range. */
function binsOfOriginal(values: Float32Array, bins: Bins): Float64Array {
  const key = `${bins.min} ${bins.max} ${bins.count}`
  const known = untouchedBins.get(values)
  if (known?.key === key) return known.counts
  const counts = new Float64Array(bins.count)
  addToBins(counts, values, bins)
  untouchedBins.set(values, { key, counts })
  return counts
}

/** The threshold that all shown layers share, null where they differ or nothing is pruned. */
function thresholdOf(
  shown: readonly KernelPair[],
  resolved: ResolvedPruning | null,
): number | null {
  const thresholds = new Set(
    shown.map(({ before }) => resolved?.layers.get(before.spec.layerName)?.threshold ?? null),
  )
  const [only] = thresholds
  return thresholds.size === 1 && only !== undefined ? only : null
}
