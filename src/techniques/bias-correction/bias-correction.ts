import { elementCount, isCompressible } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { StatisticOf, StatisticRequest } from '../statistics'
import type {
  LayerFacts,
  LayerNote,
  Part,
  StepContext,
  WeightStep,
  WorkingTensor,
} from '../technique'
import type { BiasCorrectionConfig } from './bias-correction.meta'
import { coveredClass, kernelWalk, kernelsOf } from './covered-layers'
import type { CoveredClass } from './covered-layers'
import { meanOutput } from './mean-output'
import { patchMeans } from './patch-means'

/** What is corrected: the first `kernels` tensors of a part are read, the others are shifted. */
export interface CorrectionPlan {
  readonly action: 'bias' | 'movingMean'
  readonly layer: string
  readonly kind: CoveredClass
  readonly kernels: number
}

/** Why the step leaves a layer alone. */
type Skipped = 'kind' | 'several' | 'inputs' | 'noPlace'

/** What the step says of a layer. */
export type CorrectionNote = CorrectionPlan['action'] | Skipped

/** The tensors of a layer by their place among all. */
interface OwnTensors {
  readonly kernels: readonly number[]
  readonly bias: number | null
}

/** Also of layers that turn out not to be correctable: where no inputs are known, that comes first. */
function needs(
  tensors: readonly WorkingTensor[],
  config: BiasCorrectionConfig,
  layers: readonly LayerFacts[],
): readonly StatisticRequest[] {
  const places = placesOf(tensors)
  return layers
    .filter((layer) => isCovered(layer.name, config))
    .filter((layer) => ownTensors(layer, places, tensors).kernels.length > 0)
    .map(({ name }) => ({ layer: name, kind: 'mean' }))
}

function isCovered(layer: string, { overrides }: BiasCorrectionConfig): boolean {
  return overrides[layer]?.enabled !== false
}

function plan(
  tensors: readonly WorkingTensor[],
  config: BiasCorrectionConfig,
  context: StepContext,
): { readonly parts: readonly Part<CorrectionPlan>[]; readonly notes: readonly LayerNote[] } {
  const parts: Part<CorrectionPlan>[] = []
  const notes: LayerNote[] = []
  // Without inputs there is nothing to say of a layer: the calibration says why.
  if (context.statistics === null) return { parts, notes }
  const places = placesOf(tensors)
  for (const layer of context.layers) {
    const own = ownTensors(layer, places, tensors)
    if (!isCovered(layer.name, config) || !own.kernels.some(isChanged)) continue
    const part = partOf(layer, own, places, tensors, context)
    if (typeof part !== 'string') parts.push(part)
    notes.push({ layer: layer.name, note: typeof part === 'string' ? part : part.plan.action })
  }
  return { parts, notes }

  function isChanged(at: number): boolean {
    const tensor = tensors[at]
    return tensor !== undefined && tensor.encoded !== context.original(tensor.spec.name)?.encoded
  }
}

function partOf(
  layer: LayerFacts,
  { kernels, bias }: OwnTensors,
  places: ReadonlyMap<string, number>,
  tensors: readonly WorkingTensor[],
  context: StepContext,
): Part<CorrectionPlan> | Skipped {
  const kind = coveredClass(layer.className)
  if (kind === null) return 'kind'
  if (layer.calls !== 1) return 'several'
  const spec = tensors[kernels[0] ?? -1]?.spec
  if (spec === undefined || kernels.length !== kernelsOf(kind)) return 'kind'
  if (patchesOf(layer, kind, spec, context) === null) return 'inputs'
  const found = { layer: layer.name, kind, kernels: kernels.length }
  if (bias !== null) return { tensors: [...kernels, bias], plan: { action: 'bias', ...found } }
  const means = followingMeans(layer, places, context)
  return means.length === 0
    ? 'noPlace'
    : { tensors: [...kernels, ...means], plan: { action: 'movingMean', ...found } }
}

/**
 * The moving means of the normalizations that read a layer's outputs as they are: what such a mean takes
 * off may as well be the shift.
 */
function followingMeans(
  { name, config }: LayerFacts,
  places: ReadonlyMap<string, number>,
  { layers, statistics }: StepContext,
): number[] {
  if ((config['activation'] ?? 'linear') !== 'linear') return []
  const lastAxis = statistics?.of(name, 'mean')?.sides.length
  return layers
    .filter(
      ({ className, inputs, calls }) =>
        className === 'BatchNormalization' && calls === 1 && inputs[0] === name,
    )
    .filter((normalization) => isOnAxis(normalization.config['axis'], lastAxis))
    .flatMap(({ weightNames }) => weightNames.find((one) => one.endsWith('/moving_mean')) ?? [])
    .flatMap((mean) => places.get(mean) ?? [])
}

function isOnAxis(setting: unknown, last: number | undefined): boolean {
  const axis: unknown = Array.isArray(setting) ? setting[0] : (setting ?? -1)
  return axis === -1 || axis === last
}

function placesOf(tensors: readonly WorkingTensor[]): ReadonlyMap<string, number> {
  return new Map(tensors.map(({ spec }, index) => [spec.name, index]))
}

function ownTensors(
  { weightNames }: LayerFacts,
  places: ReadonlyMap<string, number>,
  tensors: readonly WorkingTensor[],
): OwnTensors {
  const own = weightNames.flatMap((name) => places.get(name) ?? [])
  const kernels = own.filter((at) => {
    const spec = tensors[at]?.spec
    return spec !== undefined && isCompressible(spec)
  })
  return { kernels, bias: own.find((at) => tensors[at]?.spec.role === 'bias') ?? null }
}

const patches = new WeakMap<StatisticOf['mean'], Float64Array | null>()

/** What each element of a layer's kernel is multiplied by, in the mean; null where that is not known. */
function patchesOf(
  layer: LayerFacts,
  kind: CoveredClass,
  { shape }: TensorSpec,
  { statistics }: StepContext,
): Float64Array | null {
  const mean = statistics?.of(layer.name, 'mean') ?? null
  if (mean === null) return null
  let found = patches.get(mean)
  if (found === undefined) {
    const walk = kernelWalk(kind, shape, layer)
    const means = walk === null ? null : patchMeans(mean, walk)
    found = means?.length === elementCount(shape.slice(0, -1)) ? means : null
    patches.set(mean, found)
  }
  return found
}

function apply(
  tensors: readonly WorkingTensor[],
  { action, layer: name, kind, kernels: count }: CorrectionPlan,
  context: StepContext,
): readonly WorkingTensor[] {
  const kernels = tensors.slice(0, count)
  const layer = context.layers.find((one) => one.name === name)
  const spec = kernels[0]?.spec
  const given = layer && spec ? patchesOf(layer, kind, spec, context) : null
  if (given === null) throw new RangeError(`the inputs of ${name} are gone`)
  const before = meanOutput(kind, kernels.map(originalOf), given)
  const after = meanOutput(kind, kernels, given)
  const sign = action === 'bias' ? -1 : 1
  return tensors.map((tensor, index) => {
    if (index < count) return tensor
    const values = originalOf(tensor).values.map(
      (value, channel) => value + sign * ((after[channel] ?? 0) - (before[channel] ?? 0)),
    )
    const encoded = { kind: 'float', spec: tensor.spec, values } as const
    return { spec: tensor.spec, values, mask: null, encoded, clipped: 0 }
  })

  function originalOf({ spec: own }: WorkingTensor): WorkingTensor {
    const found = context.original(own.name)
    if (found === null) throw new RangeError(`${own.name} is not of this model`)
    return found
  }
}

/**
 * Takes back what a changed kernel adds to the mean of its layer's outputs.
 * @see README.md beside this file for the formula
 */
export const biasCorrection: WeightStep<BiasCorrectionConfig, CorrectionPlan> = {
  needs,
  plan,
  apply,
}
