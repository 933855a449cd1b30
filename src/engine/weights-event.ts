import { estimateDeflatedBytes } from '../core/deflate-estimate'
import { addEncodedToBins, addToBins, usedLevels } from '../core/histogram'
import { totalSizes } from '../core/sizes'
import { countCodes } from '../core/code-counts'
import {
  addErrors,
  errorPower,
  meanSquaredError,
  sqnrDb,
  weightStatistics,
} from '../core/statistics'
import type { ErrorPower } from '../core/statistics'
import { isCompressible } from '../core/tensor-spec'
import type { WeightTensor } from '../core/tensor-spec'
import type { ReportedLayer } from '../formats/report'
import type { HistogramPreview, LayerPreview, SizeReport, WeightsEvent } from '../protocol/messages'
import type { PipelineResult } from '../techniques/pipeline'
import { resolvePruning } from '../techniques/prune/thresholds'
import type { ResolvedPruning } from '../techniques/prune/thresholds'
import type { WorkingTensor } from '../techniques/technique'
import type { OpenModelState } from './model-store'
import { storedBytes, storedForm } from './stored-forms'

const BINS = 120

const errors = new WeakMap<Float32Array, { readonly encoded: object; readonly power: ErrorPower }>()

/** Error of one tensor against its original; remembered for the encoding that was asked for last. */
function errorOf(original: Float32Array, tensor: WorkingTensor): ErrorPower {
  const known = errors.get(original)
  if (known?.encoded === tensor.encoded) return known.power
  const power = errorPower(original, tensor.encoded)
  errors.set(original, { encoded: tensor.encoded, power })
  return power
}

/** A tensor of the model before and after the recipe. */
interface Pair {
  readonly original: WeightTensor
  readonly result: WorkingTensor
}

/**
 * What the page shows of a recipe's weights.
 * @param overhead bytes of the zip that are not weights, for the estimate
 */
export function weightsEvent(
  state: OpenModelState,
  result: PipelineResult,
  focusLayer: string | null,
  overhead: number,
): WeightsEvent {
  const pairs = pairsOf(state, result)
  const pruning = pruningOf(result)
  return {
    type: 'weights',
    layers: layerPreviews(state, pairs, pruning),
    sizes: estimatedSizes(state, result, overhead),
    sparsity: sparsityOf(pairs),
    pruning: pruning?.overall ?? null,
    histogram: histogramOf(pairs, focusLayer, pruning),
  }
}

function pairsOf(state: OpenModelState, result: PipelineResult): Pair[] {
  return state.weights.flatMap((original, index) => {
    const tensor = result.tensors[index]
    return tensor === undefined ? [] : [{ original, result: tensor }]
  })
}

/** The last pruning step, resolved against the weights that entered it. */
function pruningOf({ steps }: PipelineResult): ResolvedPruning | null {
  const last = steps.findLast(({ step }) => step.technique === 'prune')
  return last?.step.technique === 'prune' ? resolvePruning(last.inputs, last.step.config) : null
}

function sparsityOf(pairs: readonly Pair[]): number {
  let zeros = 0
  let weights = 0
  for (const { original, result } of pairs) {
    if (!isCompressible(original.spec)) continue
    const counts = countCodes(result.encoded)
    zeros += counts.zeros
    weights += counts.weights
  }
  return weights === 0 ? 0 : zeros / weights
}

/** One entry per layer that has compressible weights, over exactly those weights. */
function layerPreviews(
  state: OpenModelState,
  pairs: readonly Pair[],
  pruning: ResolvedPruning | null,
): LayerPreview[] {
  const byLayer = new Map<string, Pair[]>()
  for (const pair of pairs) {
    const { spec } = pair.original
    if (!isCompressible(spec)) continue
    byLayer.set(spec.layerName, [...(byLayer.get(spec.layerName) ?? []), pair])
  }
  return state.opened.layers.flatMap(({ name }) => {
    const kernels = byLayer.get(name)
    return kernels === undefined ? [] : [layerPreview(name, kernels, pruning)]
  })
}

/** The same per-layer results for a report. */
export function recipeLayers(state: OpenModelState, result: PipelineResult): ReportedLayer[] {
  const classes = new Map(state.opened.layers.map(({ name, className }) => [name, className]))
  return layerPreviews(state, pairsOf(state, result), null).map(
    ({ name, weights, zeros, bits, mse, sqnrDb: decibels }) => ({
      name,
      className: classes.get(name) ?? '',
      weights,
      zeros,
      bits,
      mse,
      sqnrDb: decibels,
    }),
  )
}

function layerPreview(
  name: string,
  kernels: readonly Pair[],
  pruning: ResolvedPruning | null,
): LayerPreview {
  const counts = kernels.map(({ result }) => countCodes(result.encoded))
  const power = addErrors(kernels.map(({ original, result }) => errorOf(original.values, result)))
  const bits = kernels.map(({ result }) =>
    result.encoded.kind === 'float' ? null : result.encoded.bits,
  )
  const resolved = pruning?.layers.get(name)
  return {
    name,
    weights: counts.reduce((sum, { weights }) => sum + weights, 0),
    zeros: counts.reduce((sum, { zeros }) => sum + zeros, 0),
    bits: bits[0] ?? null,
    mse: meanSquaredError(power),
    sqnrDb: sqnrDb(power),
    clipped: kernels.reduce((sum, { result }) => sum + result.clipped, 0),
    pruning:
      resolved === undefined
        ? null
        : {
            threshold: resolved.threshold,
            sigmaMultiple: resolved.sigmaMultiple,
            sparsity: resolved.sparsity,
            absoluteSum: resolved.absoluteSum,
            aboveThreshold: resolved.aboveThreshold,
          },
  }
}

function estimatedSizes(
  state: OpenModelState,
  result: PipelineResult,
  overhead: number,
): SizeReport {
  const sources = state.opened.weights.filter(({ values }) => values instanceof Float32Array)
  const entries = result.tensors.flatMap((tensor, index) => {
    const source = sources[index]
    return source === undefined ? [] : [storedForm(source, tensor.encoded)]
  })
  const { float32, bitPacked, sparse, entropyBound } = totalSizes(
    result.tensors.map((tensor) => tensor.encoded),
  )
  return {
    float32,
    stored: storedBytes(entries),
    bitPacked,
    sparse,
    entropyBound,
    zipped: estimateDeflatedBytes(entries) + overhead,
    zippedIsExact: false,
  }
}

const originalBins = new WeakMap<OpenModelState['weights'][number], Float64Array>()

/** Counts before and after over the compressible weights of one layer or of all. */
function histogramOf(
  pairs: readonly Pair[],
  focusLayer: string | null,
  pruning: ResolvedPruning | null,
): HistogramPreview {
  const shown = pairs.filter(
    ({ original: { spec } }) =>
      isCompressible(spec) && (focusLayer === null || spec.layerName === focusLayer),
  )
  const statistics = shown.map(({ original }) => weightStatistics(original.values))
  // Symmetric, so that the two lines of the threshold are equally far from the middle.
  const reach = Math.max(
    0,
    ...statistics.map(({ min, max }) => Math.max(Math.abs(min), Math.abs(max))),
  )
  const bins = { min: -reach, max: reach, count: BINS }
  const before = new Float64Array(BINS)
  const after = new Float64Array(BINS)
  for (const { original, result } of shown) {
    addOriginal(before, original, bins)
    addEncodedToBins(after, result.encoded, bins)
  }
  const [only, second] = shown
  return {
    min: bins.min,
    max: bins.max,
    before: [...before],
    after: [...after],
    levels: only !== undefined && second === undefined ? usedLevels(only.result.encoded) : [],
    threshold:
      focusLayer === null
        ? (sharedThreshold(pruning) ?? null)
        : (pruning?.layers.get(focusLayer)?.threshold ?? null),
  }
}

/** The bins of an original do not change while a slider moves, unless the focus moves the range. */
function addOriginal(
  counts: Float64Array,
  original: WeightTensor,
  bins: { readonly min: number; readonly max: number; readonly count: number },
): void {
  const known = originalBins.get(original)
  let own = known
  if (own === undefined || own[BINS] !== bins.max) {
    own = new Float64Array(BINS + 1)
    addToBins(own, original.values, bins)
    own[BINS] = bins.max
    originalBins.set(original, own)
  }
  for (let i = 0; i < BINS; i++) counts[i] = (counts[i] ?? 0) + (own[i] ?? 0)
}

function sharedThreshold(pruning: ResolvedPruning | null): number | undefined {
  const thresholds = new Set(
    [...(pruning?.layers.values() ?? [])].map(({ threshold }) => threshold),
  )
  return thresholds.size === 1 ? [...thresholds][0] : undefined
}
