import { countAtMost, selectMagnitude } from '../../core/selection'
import { addMoments, standardDeviation, weightStatistics } from '../../core/statistics'
import { isCompressible } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import type { PruneConfig } from './prune.meta'

/** The three linked controls: whichever leads, the other two follow from the weights. */
export interface LinkedControls {
  /** t: a weight is kept if and only if |w| > t. */
  readonly threshold: number
  /** t / sigma, sigma the standard deviation of the weights meant; 0 where sigma is 0. */
  readonly sigmaMultiple: number
  /** Weights with |w| <= t over all, 0..1: what really results, ties and zeros included. */
  readonly sparsity: number
}

export interface LayerPruning extends LinkedControls {
  readonly weights: number
  /** s = sum |w| */
  readonly absoluteSum: number
  /** k = number of weights with |w| > t */
  readonly aboveThreshold: number
}

/** A pruning step made concrete for a set of tensors. */
export interface ResolvedPruning {
  /** All layers that the step touches, taken together; null where it touches none. */
  readonly overall: LinkedControls | null
  /** By layer name; layers that the step does not touch are missing. */
  readonly layers: ReadonlyMap<string, LayerPruning>
}

/**
 * Whether a step prunes a tensor. The convolution switch covers depthwise kernels, the dense switch
 * all other kernels (recurrent and embedding too); an override of the layer beats both.
 */
export function isPruned(spec: TensorSpec, config: PruneConfig): boolean {
  if (!isCompressible(spec)) return false
  const override = config.overrides[spec.layerName]?.enabled
  if (override !== undefined) return override
  const convolutional = spec.layerKind === 'convolution' || spec.layerKind === 'depthwise'
  return convolutional ? config.convolution : config.dense
}

/** Kernels that share a threshold: those of a layer, or of the whole model. */
interface Pool {
  readonly arrays: readonly Float32Array[]
  readonly count: number
  readonly sigma: number
}

function poolOf(arrays: readonly Float32Array[]): Pool {
  const moments = addMoments(arrays.map(weightStatistics))
  return { arrays, count: moments.count, sigma: standardDeviation(moments) }
}

/**
 * The threshold that a leading control asks for.
 * threshold: t = value. sigma: t = value * sigma. sparsity: t = the round(value * n)-th smallest |w|,
 * so at least that many weights go; more only where several weights have exactly that magnitude.
 */
function thresholdFor(pool: Pool, target: PruneConfig['target'], value: number): number {
  switch (target) {
    case 'threshold':
      return value
    case 'sigma':
      return value * pool.sigma
    case 'sparsity': {
      const rank = Math.round(Math.min(1, value) * pool.count)
      return rank === 0 ? 0 : selectMagnitude(pool.arrays, rank)
    }
  }
}

function removedBy(pool: Pool, threshold: number): number {
  return pool.arrays.reduce((sum, values) => sum + countAtMost(values, threshold), 0)
}

function linked(pool: Pool, threshold: number, removed: number): LinkedControls {
  return {
    threshold,
    sigmaMultiple: pool.sigma > 0 ? threshold / pool.sigma : 0,
    sparsity: pool.count === 0 ? 0 : removed / pool.count,
  }
}

/**
 * Resolves the leading control into threshold, sigma multiple and sparsity, per layer and overall.
 *
 * Global scope: the layers without a value of their own share one threshold. Per-layer scope, or a
 * layer with its own value: its kernels are a pool by themselves. Overall, where layers differ: the
 * sparsity that results, and the one threshold that would remove as many weights from all of them.
 * @param tensors all weights of the model, as they enter the step
 */
export function resolvePruning(
  tensors: readonly WeightTensor[],
  config: PruneConfig,
): ResolvedPruning {
  const byLayer = new Map<string, Float32Array[]>()
  for (const { spec, values } of tensors) {
    if (!isPruned(spec, config)) continue
    const kernels = byLayer.get(spec.layerName)
    if (kernels === undefined) byLayer.set(spec.layerName, [values])
    else kernels.push(values)
  }
  const ownValue = (layer: string): number | undefined => config.overrides[layer]?.value
  const shared = poolOf(
    [...byLayer].flatMap(([layer, kernels]) => (ownValue(layer) === undefined ? kernels : [])),
  )
  const sharedThreshold =
    config.scope === 'global' && shared.count > 0
      ? thresholdFor(shared, config.target, config.value)
      : null

  const layers = new Map<string, LayerPruning>()
  let removedOverall = 0
  for (const [layer, kernels] of byLayer) {
    const pool = poolOf(kernels)
    const own = ownValue(layer)
    const threshold =
      own === undefined && sharedThreshold !== null
        ? sharedThreshold
        : thresholdFor(pool, config.target, own ?? config.value)
    const removed = removedBy(pool, threshold)
    removedOverall += removed
    layers.set(layer, {
      ...linked(pool, threshold, removed),
      weights: pool.count,
      absoluteSum: kernels.reduce((sum, values) => sum + weightStatistics(values).absoluteSum, 0),
      aboveThreshold: pool.count - removed,
    })
  }
  return { overall: overallOf(byLayer, layers, removedOverall), layers }
}

function overallOf(
  byLayer: ReadonlyMap<string, readonly Float32Array[]>,
  layers: ReadonlyMap<string, LayerPruning>,
  removed: number,
): LinkedControls | null {
  const thresholds = new Set([...layers.values()].map((layer) => layer.threshold))
  const [only] = thresholds
  if (only === undefined) return null
  const pool = poolOf([...byLayer.values()].flat())
  if (thresholds.size === 1) return linked(pool, only, removed)
  const equivalent = removed === 0 ? 0 : selectMagnitude(pool.arrays, removed)
  return linked(pool, equivalent, removed)
}
