import type { WeightTensor } from '../../core/weight-tensor'
import { foldConstants } from '../../graph/fold-constants'
import { innerWeights } from '../../graph/inner-weights'
import { shapesBehindOpaque } from '../../graph/opaque-layers'
import { shapesOf } from '../../graph/shapes-of'
import type { Shape } from '../../graph/values'
import { filterSensitivity, removedFilters, withoutReading } from '../../search/filter-cells'
import type { FilterWorld } from '../../search/filter-cells'
import { filterShares, targetOfFilters } from '../../search/filter-target'
import type { LayerKernels, StoredBytes } from '../../search/layer-cells'
import type { FilterSensitivity, LayerSensitivity } from '../../search/sensitivity'
import { mapChannels } from '../../structure/channel-map'
import { scoreChannels } from '../../structure/channel-scores'
import type { OpenModelState } from '../model/model-store'
import { phaseSteps } from '../work/phase-steps'
import type { Toolbox } from '../work/toolbox'
import type { Found, Probes } from './probes'

interface FilterWork {
  readonly state: OpenModelState
  readonly weights: readonly WeightTensor[]
  readonly layers: readonly LayerKernels[]
  readonly stored: StoredBytes
  readonly probes: Probes
  readonly pace: Toolbox['pace']
  readonly signal: AbortSignal
}

/** @param more how many steps of the work were done */
type Tell = (layer: LayerSensitivity, more: number) => void

/**
 * What the removal of whole filters costs each layer, first by the inputs of those who read them, then by trying. What
 * was found before somebody left is not found again.
 * @param known the layers as they are known, which learn more
 * @throws StudioError 'engine/cancelled'
 */
export async function filterSensitivities(
  work: FilterWork,
  known: Map<string, LayerSensitivity>,
  tell: Tell,
): Promise<void> {
  const world = await worldOf(work)
  const keep = (layer: LayerSensitivity, filters: FilterSensitivity, found: Found | null): void => {
    const now = { ...layer, filters, unit: found?.unit ?? layer.unit }
    known.set(layer.layer, now)
    tell(now, 1)
  }
  for (const [name, layer] of known) {
    keep(layer, layer.filters ?? filterSensitivity(world, name, filterShares), null)
    await work.pace.between(work.signal)
  }
  /** Layers that lose filters together lose as much, whoever is asked. */
  const tried = new Map<string, Found | null>()
  for (const [name] of known)
    for (const share of work.probes.filters) {
      const layer = known.get(name)
      const filters = layer?.filters ?? null
      if (layer === undefined || filters === null) continue
      if (filters.state === 'stay' || filters.measured.some((one) => one.share === share)) {
        keep(layer, filters, null)
        continue
      }
      const key = JSON.stringify([share, [...filters.with, name].toSorted()])
      const removed = removedFilters(world, name, share)
      const found =
        tried.get(key) ??
        (await work.probes.distanceWith(
          withoutReading(work.weights, world.map, removed),
          work.signal,
        ))
      tried.set(key, found)
      const measured = found === null ? [] : [{ share, distance: found.distance }]
      keep(layer, { ...filters, measured: [...filters.measured, ...measured] }, found)
    }
}

async function worldOf(work: FilterWork): Promise<FilterWorld> {
  const { layers, pace, signal, state, stored, weights } = work
  const { opened } = state
  const graph = foldConstants(opened.graph)
  const ran = state.runnable?.outputShapes ?? new Map<string, Shape>()
  const map = mapChannels(graph, shapesOf(graph, shapesBehindOpaque(graph, ran)))
  const { criterion, seed } = targetOfFilters('', 0)
  const { step } = phaseSteps(pace, () => undefined, signal)
  const scores = await scoreChannels(map, weights, criterion, seed, step('scoring'))
  const moments = new Map(layers.map((layer) => [layer.layer, layer.moments]))
  const bytes = new Map<string, number>()
  return {
    ...{ map, scores, weights, inner: innerWeights(graph) },
    moments: (layer) => moments.get(layer) ?? null,
    bytes: ({ spec, values }) => {
      const size = bytes.get(spec.name) ?? stored({ kind: 'float', spec, values })
      bytes.set(spec.name, size)
      return size
    },
  }
}
