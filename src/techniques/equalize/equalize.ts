import type { ModelGraph } from '../../graph/graph'
import type { ValueName } from '../../graph/values'
import type { LayerNote, Part, StepContext, WeightStep, WorkingTensor } from '../technique'
import { balance, magnitudesOf } from './balance'
import type { Magnitudes } from './balance'
import { channelLinks } from './channel-links'
import type { ChannelLink } from './channel-links'
import type { EqualizeConfig } from './equalize.meta'
import { sidesOf } from './kernel-sides'

/** Links that hang together by their kernels and vectors. */
export interface EqualizePlan {
  readonly action: 'equalize'
  readonly links: readonly ChannelLink[]
}

/** What the step says of a layer. */
export type EqualizeNote = 'equalized' | 'alone'

function plan(
  tensors: readonly WorkingTensor[],
  config: EqualizeConfig,
  { graph }: Pick<StepContext, 'graph'>,
): { readonly parts: readonly Part<EqualizePlan>[]; readonly notes: readonly LayerNote[] } {
  const places = new Map(tensors.map(({ spec }, at) => [spec.name, at]))
  const { kernels, links } = channelLinks(graph)
  const isCovered = (name: ValueName | null): boolean => {
    const layer = kernels.get(name ?? '')?.spec.layerName
    return layer === undefined || config.overrides[layer]?.enabled !== false
  }
  const covered = links.filter(
    (link) =>
      isCovered(link.maker) &&
      isCovered(link.reader) &&
      namesIn(link).every((name) => places.has(name)),
  )
  const parts = connected(covered).map((own): Part<EqualizePlan> => {
    const names = [...new Set(own.flatMap(namesIn))]
    return {
      tensors: names.flatMap((name) => places.get(name) ?? []),
      plan: { action: 'equalize', links: own },
    }
  })
  const linked = new Set(covered.flatMap(({ maker, reader }) => [maker, reader]))
  const layers = new Map<string, EqualizeNote>()
  for (const [name, { spec }] of kernels)
    if (isCovered(name) && layers.get(spec.layerName) !== 'equalized')
      layers.set(spec.layerName, linked.has(name) ? 'equalized' : 'alone')
  return { parts, notes: [...layers].map(([layer, note]) => ({ layer, note })) }
}

function namesIn({ divided, maker, multiplied, reader }: ChannelLink): ValueName[] {
  return [maker, reader, ...divided, ...multiplied].flatMap((name) => name ?? [])
}

/** Links in groups that share no tensor. */
function connected(links: readonly ChannelLink[]): readonly (readonly ChannelLink[])[] {
  const groups: { readonly names: Set<ValueName>; readonly links: ChannelLink[] }[] = []
  for (const link of links) {
    const names = namesIn(link)
    const met = groups.filter((group) => names.some((name) => group.names.has(name)))
    const merged = {
      names: new Set([...met.flatMap((group) => [...group.names]), ...names]),
      links: [...met.flatMap((group) => group.links), link],
    }
    for (const group of met) groups.splice(groups.indexOf(group), 1)
    groups.push(merged)
  }
  return groups.map((group) => group.links)
}

function apply(
  tensors: readonly WorkingTensor[],
  { links }: EqualizePlan,
  { graph }: StepContext,
): readonly WorkingTensor[] {
  const { scales, factors } = balance(links, kernelsOf(tensors, graph))
  const vectors = new Map<ValueName, Float64Array>()
  const take = (name: ValueName, by: (channel: number) => number, length: number): void => {
    const before = vectors.get(name)
    vectors.set(
      name,
      Float64Array.from({ length }, (_, channel) => (before?.[channel] ?? 1) * by(channel)),
    )
  }
  for (const [at, { channels, divided, multiplied }] of links.entries()) {
    const scale = scales[at]
    for (const name of divided) take(name, (channel) => 1 / (scale?.[channel] ?? 1), channels)
    for (const name of multiplied) take(name, (channel) => scale?.[channel] ?? 1, channels)
  }
  const { kernels } = channelLinks(graph)
  return tensors.map((tensor) => {
    const { name, shape } = tensor.spec
    const vector = vectors.get(name)
    if (vector !== undefined) return scaled(tensor, (index) => vector[index] ?? 1)
    const kernel = kernels.get(name)
    const own = factors.get(name)
    if (kernel === undefined || own === undefined) return tensor
    const { inputOf, outputOf } = sidesOf(kernel.node, shape)
    return scaled(
      tensor,
      (index) => (own.inputs[inputOf(index)] ?? 1) * (own.outputs[outputOf(index)] ?? 1),
    )
  })
}

function kernelsOf(
  tensors: readonly WorkingTensor[],
  graph: ModelGraph,
): ReadonlyMap<ValueName, Magnitudes> {
  const { kernels } = channelLinks(graph)
  return new Map(
    tensors.flatMap(({ spec, values }): [ValueName, Magnitudes][] => {
      const kernel = kernels.get(spec.name)
      if (kernel === undefined) return []
      const sides = sidesOf(kernel.node, spec.shape)
      return [[spec.name, magnitudesOf(values, sides, kernel.node.op === 'depthwiseConv')]]
    }),
  )
}

function scaled(tensor: WorkingTensor, by: (index: number) => number): WorkingTensor {
  const { mask, spec } = tensor
  const factors = Float32Array.from(tensor.values, (_, index) => by(index))
  const values = tensor.values.map((value, index) => value * (factors[index] ?? 1))
  return { spec, values, mask, encoded: { kind: 'float', spec, values }, clipped: 0, factors }
}

/**
 * Scales channels between layers so that the ranges of kernels are used evenly; what the model computes stays.
 * @see README.md beside this file for the formula
 */
export const equalize: WeightStep<EqualizeConfig, EqualizePlan> = {
  needs: () => [],
  plan,
  apply,
}
