import { shapesOf } from '../../../graph/shapes-of'
import type { ExportTensor, WrittenParts } from '../../exporter'
import type { OpenedLayer, OpenedModel } from '../../format'
import { findPlace } from './find-place'
import type { ScalePlace } from './find-place'
import { levelsOf, nameOf } from './layer-levels'
import type { LayerEntry, LayerLevel } from './layer-levels'
import { added, changed, repeated } from './moved-values'
import { oneScale } from './one-scale'
import type { OneScale } from './one-scale'

type Layers = Pick<OpenedModel, 'graph' | 'layers' | 'topology' | 'weights'>

/**
 * A manifest has one scale for a tensor. Kernels with a scale for each channel keep one, and what is left of each
 * channel's own moves into the normalization behind: gamma * r and mean / r. Its variance stays, because
 * (variance + epsilon) / r^2 - epsilon can be negative where r > 1; here r <= 1, so one without gamma can take it there.
 * Where there is none behind, or somebody else reads as well, one is inserted. Outputs are those of before, but for
 * rounding.
 * @param tensors one for each weight, in their order
 * @returns null where no kernel has such scales, or none of these a place
 */
export function moveScales(model: Layers, tensors: readonly ExportTensor[]): WrittenParts | null {
  const scales = new Map<string, OneScale>()
  for (const tensor of tensors) {
    const found = 'kind' in tensor ? oneScale(tensor) : null
    if (found !== null) scales.set(found.kernel.spec.name, found)
  }
  if (scales.size === 0) return null
  const topology = structuredClone(model.topology)
  const writing = new Writing({ ...model, topology }, tensors)
  for (const level of levelsOf(topology))
    for (const name of level.names) writing.layer(level, name, scales)
  return writing.moved.length === 0 ? null : writing.parts()
}

class Writing {
  readonly moved: string[] = []
  private readonly inserted: string[] = []
  private readonly tensors = new Map<string, ExportTensor>()
  private readonly more: WrittenParts['weights'][number][] = []
  private readonly layers: ReadonlyMap<string, OpenedLayer>
  private readonly names: Set<string>

  constructor(
    private readonly model: Layers,
    tensors: readonly ExportTensor[],
  ) {
    for (const [at, weight] of model.weights.entries())
      this.tensors.set(weight.spec.name, tensors[at] ?? weight)
    this.layers = new Map(model.layers.map((layer) => [layer.name, layer]))
    // Weights are called after their layer alone, in whichever model that is.
    this.names = new Set(levelsOf(model.topology).flatMap((level) => level.names))
  }

  layer(level: LayerLevel, name: string, scales: ReadonlyMap<string, OneScale>): void {
    const own = this.layers.get(level.prefix + name)
    const kernels = (own?.weightNames ?? []).filter((weight) => scales.has(weight))
    const [kernel] = kernels
    const scale = kernel === undefined ? undefined : scales.get(kernel)
    const entry = level.find(name)
    if (scale === undefined || entry === null || kernels.length !== 1) return
    const place = findPlace(level, entry, this.rankOf(level.prefix + name))
    if (place === null) return
    const { ratios } = scale
    this.tensors.set(scale.kernel.spec.name, scale.kernel)
    this.change(own, 'bias', (value, at) => value / (ratios[at] ?? 1))
    this.moved.push(scale.kernel.spec.name)
    if (place.into === null) this.insert(level, entry, place, ratios)
    else this.scaleNormalization(level, place.into, ratios)
  }

  parts(): WrittenParts {
    const { model, more } = this
    const weights = [...model.weights, ...more]
    return {
      topology: model.topology,
      weights,
      tensors: weights.map((weight) => this.tensors.get(weight.spec.name) ?? weight),
      scales: { moved: this.moved, inserted: this.inserted },
      folded: [],
    }
  }

  private scaleNormalization(level: LayerLevel, name: string, ratios: Float32Array): void {
    const own = this.layers.get(level.prefix + name)
    this.change(own, 'moving_mean', (value, at) => value / (ratios[at] ?? 1))
    const { epsilon = null, scale = true } = level.find(name)?.config ?? {}
    if (scale !== false) {
      this.change(own, 'gamma', (value, at) => value * (ratios[at] ?? 1))
      return
    }
    const least = typeof epsilon === 'number' ? epsilon : DEFAULT_EPSILON
    this.change(own, 'moving_variance', (value, at) => {
      const ratio = ratios[at] ?? 1
      return ratio === 1 ? value : (value + least) / (ratio * ratio) - least
    })
  }

  /** One with nothing but gamma: it multiplies exactly, because its mean is 0, and its variance 1 without an epsilon. */
  private insert(
    level: LayerLevel,
    layer: LayerEntry,
    { behind, keepsActivation }: ScalePlace,
    ratios: Float32Array,
  ): void {
    const { config } = layer
    const own = nameOf(layer)
    const name = this.fresh(`${own}_scales`)
    level.insert(behind, 'BatchNormalization', {
      ...{ name, trainable: config['trainable'] !== false, axis: -1, momentum: 0.99 },
      ...{ epsilon: 0, center: false, scale: true },
    })
    if (!keepsActivation) {
      const { activation } = config
      config['activation'] = 'linear'
      level.insert(name, 'Activation', {
        ...{ name: this.fresh(`${own}_activation`), trainable: true, activation },
      })
    }
    this.inserted.push(level.prefix + name)
    const gamma = added(name, 'gamma', ratios)
    const mean = added(name, 'moving_mean', new Float32Array(ratios.length))
    const variance = added(name, 'moving_variance', new Float32Array(ratios.length).fill(1))
    this.more.push(gamma, mean, variance)
    const { values, spec } = gamma
    this.tensors.set(spec.name, { kind: 'float', spec, values })
    for (const [weight, value] of [
      [mean, 0],
      [variance, 1],
    ] as const)
      this.tensors.set(weight.spec.name, repeated(weight.spec, value, ratios.length))
  }

  /** @param slot the last part of the weight's name */
  private change(
    layer: OpenedLayer | undefined,
    slot: string,
    by: (value: number, channel: number) => number,
  ): void {
    const name = layer?.weightNames.find((weight) => weight.endsWith(`/${slot}`))
    const tensor = name === undefined ? undefined : this.tensors.get(name)
    const weight = this.model.weights.find(({ spec }) => spec.name === name)
    if (name !== undefined && tensor !== undefined && weight !== undefined)
      this.tensors.set(name, changed(tensor, weight.spec, by))
  }

  private fresh(base: string): string {
    let name = base
    for (let count = 1; this.names.has(name); count++) name = `${base}_${count}`
    this.names.add(name)
    return name
  }

  private rankOf(layer: string): number | null {
    return ranksOf(this.model).get(layer) ?? null
  }
}

/** What Keras takes where a file says nothing. */
const DEFAULT_EPSILON = 1e-3

const knownRanks = new WeakMap<object, ReadonlyMap<string, number>>()

/** Axes of what layers give, with the batch, by layer. */
function ranksOf({ graph }: Layers): ReadonlyMap<string, number> {
  const before = knownRanks.get(graph)
  if (before !== undefined) return before
  const shapes = shapesOf(graph)
  const found = new Map(
    graph.layers.flatMap(({ name, outputs: [first = ''] }): [string, number][] => {
      const shape = shapes.get(first)
      return shape === undefined ? [] : [[name, shape.length]]
    }),
  )
  knownRanks.set(graph, found)
  return found
}
