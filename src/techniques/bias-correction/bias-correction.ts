import { elementCount, isCompressible } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { GraphLayer, ModelGraph } from '../../graph/graph'
import { windowPlaces } from '../../graph/sides/window-places'
import type { ValueName } from '../../graph/values'
import type { StatisticOf, StatisticRequest } from '../statistics'
import type { LayerNote, Part, StepContext, WeightStep, WorkingTensor } from '../technique'
import type { BiasCorrectionConfig } from './bias-correction.meta'
import { indexed, linearNodes } from './linear-nodes'
import type { GraphIndex, LinearNode, NotLinear } from './linear-nodes'
import { meanOutput, patchSize } from './mean-output'
import { patchMeans } from './patch-means'
import type { KernelWalk } from './patch-means'

/** What is corrected: first come the kernels of the nodes, which are read; the other tensors of a part are shifted. */
export interface CorrectionPlan {
  readonly action: 'bias' | 'movingMean'
  readonly layer: string
  readonly nodes: readonly LinearNode[]
}

/** Why the step leaves a layer alone. */
type Skipped = NotLinear | 'noPlace'

/** What the step says of a layer. */
export type CorrectionNote = CorrectionPlan['action'] | Skipped

/** Also of layers that turn out not to be correctable: where no inputs are known, that comes first. */
function needs(
  tensors: readonly WorkingTensor[],
  config: BiasCorrectionConfig,
  { layers }: ModelGraph,
): readonly StatisticRequest[] {
  const places = placesOf(tensors)
  return layers
    .filter((layer) => isCovered(layer.name, config))
    .filter((layer) => kernelsOf(layer, places, tensors).length > 0)
    .map(({ name }) => ({ layer: name, kind: 'mean' }))
}

function isCovered(layer: string, { overrides }: BiasCorrectionConfig): boolean {
  return overrides[layer]?.enabled !== false
}

/** Who reads a weight, and where it stands among the tensors. */
interface Links extends GraphIndex {
  readonly places: ReadonlyMap<ValueName, number>
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
  const links = { places, ...indexed(context.graph) }
  for (const layer of context.graph.layers) {
    const kernels = kernelsOf(layer, places, tensors)
    if (!isCovered(layer.name, config) || !kernels.some(isChanged)) continue
    const part = partOf(layer, kernels, links, context)
    if (typeof part !== 'string') parts.push(part)
    notes.push({ layer: layer.name, note: typeof part === 'string' ? part : part.plan.action })
  }
  return { parts, notes }

  function isChanged({ spec, encoded }: WorkingTensor): boolean {
    return encoded !== context.original(spec.name)?.encoded
  }
}

function partOf(
  layer: GraphLayer,
  kernels: readonly WorkingTensor[],
  links: Links,
  context: StepContext,
): Part<CorrectionPlan> | Skipped {
  const names = kernels.map(({ spec }) => spec.name)
  const nodes = linearNodes(layer, names, context.graph, links)
  if (typeof nodes === 'string') return nodes
  const [first] = nodes
  const last = nodes.at(-1)
  const spec = kernels.find((kernel) => kernel.spec.name === first?.inputs[1])?.spec
  if (first === undefined || last === undefined || spec === undefined) return 'inputs'
  const mean = context.statistics?.of(layer.name, 'mean') ?? null
  if (mean === null || patchesOf(mean, first, spec) === null) return 'inputs'
  const own = nodes.flatMap(({ inputs: [, kernel] }) => placeOf(kernel, links))
  const outputs = kernels.find((kernel) => kernel.spec.name === last.inputs[1])?.spec.channel.count
  const bias = last.inputs[2] ?? addedBias(last, mean, outputs, context.graph, links)
  const shifted = bias === null ? followingMeans(last, mean, links) : onlyReader(bias, links)
  if (shifted.length === 0) return 'noPlace'
  const action = bias === null ? 'movingMean' : 'bias'
  return { tensors: [...own, ...shifted], plan: { action, layer: layer.name, nodes } }
}

/**
 * The weight that the only reader of what a node gives adds to each of its channels: the bias of graphs in which nothing
 * was fused.
 */
function addedBias(
  node: LinearNode,
  { sides }: StatisticOf['mean'],
  outputs: number | undefined,
  { parameters }: ModelGraph,
  links: Links,
): ValueName | null {
  const rank = sides.length + 1
  if (channelAxis(node, rank) !== rank - 1) return null
  const [given = ''] = node.outputs
  const [reader, ...others] = links.readers.get(given) ?? []
  if (reader?.op !== 'combine' || reader.attributes.function !== 'Add' || others.length > 0)
    return null
  const [weight = null] = reader.inputs.filter((name) => name !== given)
  const shape = parameters.get(weight ?? '')?.shape
  return shape?.at(-1) === outputs && elementCount(shape ?? []) === outputs ? weight : null
}

/**
 * The moving means of the normalizations that read what a node gives as it is: what such a mean takes off may as well be
 * the shift.
 */
function followingMeans(node: LinearNode, { sides }: StatisticOf['mean'], links: Links): number[] {
  const rank = sides.length + 1
  const last = rank - 1
  // Along other axes not every backend of TensorFlow.js normalizes what the axis says.
  if (channelAxis(node, rank) !== last) return []
  const [given = ''] = node.outputs
  return (links.readers.get(given) ?? []).flatMap((reader) => {
    if (reader.op !== 'batchNormalization' || reader.inputs[0] !== given) return []
    const { axis } = reader.attributes
    const [, , , mean = null] = reader.inputs
    return mean !== null && (axis === -1 || axis === last) ? onlyReader(mean, links) : []
  })
}

function channelAxis(node: LinearNode, rank: number): number | null {
  if (node.op === 'matMul') return rank - 1
  const { layout, strides } = node.attributes
  return windowPlaces(rank, strides.length, layout)?.channel ?? null
}

/** Where a weight stands; nowhere where it is none, or has more than one meaning. */
function onlyReader(weight: ValueName, links: Links): number[] {
  return links.readers.get(weight)?.length === 1 ? placeOf(weight, links) : []
}

function placeOf(weight: ValueName | null | undefined, { places }: Links): number[] {
  const place = places.get(weight ?? '')
  return place === undefined ? [] : [place]
}

function placesOf(tensors: readonly WorkingTensor[]): ReadonlyMap<ValueName, number> {
  return new Map(tensors.map(({ spec }, index) => [spec.name, index]))
}

function kernelsOf(
  { parameters }: GraphLayer,
  places: ReadonlyMap<ValueName, number>,
  tensors: readonly WorkingTensor[],
): WorkingTensor[] {
  return parameters.flatMap((name) => {
    const tensor = tensors[places.get(name) ?? -1]
    return tensor !== undefined && isCompressible(tensor.spec) ? [tensor] : []
  })
}

const patches = new WeakMap<StatisticOf['mean'], Float64Array | null>()

/** What each element of a node's kernel is multiplied by, in the mean; null where that is not known. */
function patchesOf(
  mean: StatisticOf['mean'],
  node: LinearNode,
  { shape }: TensorSpec,
): Float64Array | null {
  let found = patches.get(mean)
  if (found === undefined) {
    const means = patchMeans(mean, kernelWalk(node, shape))
    found = means?.length === patchSize(node, shape) ? means : null
    patches.set(mean, found)
  }
  return found
}

function kernelWalk(node: LinearNode, shape: readonly number[]): KernelWalk {
  if (node.op === 'matMul')
    return { width: [], strides: [], dilations: [], padding: 'sameUpper', layout: 'channelsLast' }
  const { kernel, ...sliding } = node.attributes
  return { ...sliding, width: kernel.spatial.map((axis) => shape[axis] ?? 1) }
}

function apply(
  tensors: readonly WorkingTensor[],
  { action, layer, nodes }: CorrectionPlan,
  context: StepContext,
): readonly WorkingTensor[] {
  const kernels = tensors.slice(0, nodes.length)
  const mean = context.statistics?.of(layer, 'mean') ?? null
  const [node] = nodes
  const spec = kernels[0]?.spec
  const given = mean && node && spec ? patchesOf(mean, node, spec) : null
  if (given === null) throw new RangeError(`the inputs of ${layer} are gone`)
  const before = meanOutput(nodes, kernels.map(originalOf), given)
  const after = meanOutput(nodes, kernels.map(inOwnScale), given)
  const sign = action === 'bias' ? -1 : 1
  return tensors.map((tensor, index) => {
    if (index < nodes.length) return tensor
    const factors = context.factorsOf(tensor.spec.name)
    const values = originalOf(tensor).values.map((value, channel) => {
      const corrected = value + sign * ((after[channel] ?? 0) - (before[channel] ?? 0))
      return corrected * (factors?.[channel] ?? 1)
    })
    const encoded = { kind: 'float', spec: tensor.spec, values } as const
    return { spec: tensor.spec, values, mask: null, encoded, clipped: 0 }
  })

  /** Means are of the inputs as they were before steps have scaled channels. */
  function inOwnScale(kernel: WorkingTensor): Pick<WorkingTensor, 'spec' | 'values'> {
    const factors = context.factorsOf(kernel.spec.name)
    if (factors === null) return kernel
    return {
      spec: kernel.spec,
      values: kernel.values.map((value, at) => value / (factors[at] ?? 1)),
    }
  }

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
