import { estimateDeflatedBytes } from '../../core/deflate-estimate'
import { isCompressible } from '../../core/tensor-spec'
import type { WeightTensor } from '../../core/weight-tensor'
import { exactTarget, exporterFor, writtenParts } from '../../formats/exporters'
import type { ModelGraph } from '../../graph/graph'
import type { SensitivityEvent, SensitivityRequest } from '../../protocol/search-messages'
import { correctionAlone } from '../../search/allocation'
import { mostOfKernel } from '../../search/kernel-sample'
import { layerCells, settingsOf } from '../../search/layer-cells'
import type { LayerKernels, StoredBytes } from '../../search/layer-cells'
import type {
  Cell,
  LayerSensitivity,
  SensitivityTable,
  SmallSensitivity,
} from '../../search/sensitivity'
import { createPipeline } from '../../techniques/pipeline'
import type { Calibrations } from '../measure/calibrations'
import type { WorkGround } from '../measure/work-ground'
import { pipelineFor } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import { runWithin } from '../work/run-within'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { Probes } from './probes'
import type { ProbeParts } from './probes'
import { filterSensitivities } from './filter-sensitivities'
import { smallSensitivities } from './small-sensitivities'

interface Kept {
  readonly key: string
  readonly layers: Map<string, LayerSensitivity>
  small: readonly SmallSensitivity[] | null
}

/** What the layers of the open model bear; found once for the same weights and data. */
export class Sensitivities {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly parts: ProbeParts
  private readonly calibrations: Calibrations
  private readonly kept = new WeakMap<OpenModelState, Kept>()

  constructor(tools: Toolbox, models: ModelStore, parts: ProbeParts, calibrations: Calibrations) {
    this.tools = tools
    this.models = models
    this.parts = parts
    this.calibrations = calibrations
  }

  /**
   * Tells every layer as soon as it is known, first by its inputs alone. What was found before somebody left, or by an
   * earlier visit, is not found again.
   * @throws StudioError 'engine/no-model', 'engine/cancelled', 'data/...', or what steps throw
   */
  async table(
    { recipe, filters = false, known: earlier }: SensitivityRequest,
    emit: Emit<SensitivityEvent>,
    signal: AbortSignal,
  ): Promise<SensitivityTable> {
    const ground = this.parts.measurements.groundOf(this.models.require())
    const { state } = ground
    const id = recipe.trained ?? 'file'
    const { weights } = pipelineFor(state, recipe)
    const own = { id, weights }
    const { layers, corrected } = await this.layersOf(ground, own, signal)
    const names = layers.map(({ layer }) => layer)
    const probes = await Probes.of(ground, own, names, this.parts, signal)
    const key = JSON.stringify([id, corrected, probes.key])
    const kept = this.keptFor(state, key, earlier)
    const looksAtFilters = filters && state.summary.obstacles.cut === null
    const perLayer = 1 + probes.perLayer + (looksAtFilters ? 1 + probes.filters.length : 0)
    const total = layers.length * perLayer + 1
    let done = 0
    const tell = (layer: LayerSensitivity | null, more: number): void => {
      done += more
      emit({ done, total, layer })
    }
    const stored = storedBytesIn(state)
    const most = mostOfKernel(layers.reduce((sum, { kernels }) => sum + kernels.length, 0))
    for (const kernels of layers) {
      const known =
        kept.layers.get(kernels.layer) ?? (await this.predicted(kernels, stored, most, signal))
      kept.layers.set(kernels.layer, known)
      tell(known, 1)
    }
    for (const layer of names) {
      let known = kept.layers.get(layer)
      if (known === undefined) continue
      const wanted = known.cells.filter(probes.isTried)
      for (const cell of wanted.slice(known.measured.length)) {
        const { distance, unit } = await probes.distance({ layer, cell }, corrected, signal)
        const measured = { ...settingsOf(cell), distance }
        known = { ...known, unit, measured: [...known.measured, measured] }
        kept.layers.set(layer, known)
        tell(known, 1)
      }
    }
    if (looksAtFilters)
      await filterSensitivities(
        { state, weights, layers, stored, probes, pace: this.tools.pace, signal },
        kept.layers,
        (layer, more) => {
          tell(layer, more)
        },
      )
    kept.small ??= await smallSensitivities(weights, stored, async (change) => {
      return (await probes.distance(change, corrected, signal)).distance
    })
    tell(null, 1)
    return {
      key,
      layers: names.flatMap((layer) => kept.layers.get(layer) ?? []),
      small: kept.small,
      corrected,
      shown: probes.shown,
    }
  }

  private async predicted(
    own: LayerKernels,
    stored: StoredBytes,
    most: number,
    signal: AbortSignal,
  ): Promise<LayerSensitivity> {
    const cells: Cell[] = []
    await runWithin(this.tools.pace, signal, collecting(layerCells(own, stored, most), cells))
    const weights = own.kernels.reduce((sum, { values }) => sum + values.length, 0)
    const basis = own.moments === null ? 'weights' : 'inputs'
    return {
      ...{ layer: own.layer, weights, basis, cells, measured: [] },
      unit: null,
      filters: null,
    }
  }

  /** The layers whose kernels can be compressed, with what is known of their inputs. */
  private async layersOf(
    ground: WorkGround,
    own: { readonly id: string; readonly weights: readonly WeightTensor[] },
    signal: AbortSignal,
  ): Promise<{ readonly layers: readonly LayerKernels[]; readonly corrected: boolean }> {
    const kernels = new Map<string, WeightTensor[]>()
    for (const weight of own.weights) {
      const { layerName } = weight.spec
      if (isCompressible(weight.spec))
        kernels.set(layerName, [...(kernels.get(layerName) ?? []), weight])
    }
    const { state } = ground
    const turned = turnedProducts(state.opened.graph)
    const wanted = createPipeline(own.weights, state.opened.graph).needs(correctionAlone)
    const moments = [...kernels.keys()].map((layer) => ({ layer, kind: 'secondMoment' }) as const)
    // In one pass: what is collected together is remembered together.
    const { statistics } = await this.calibrations.of(ground, own, [...moments, ...wanted], signal)
    return {
      corrected: wanted.some(({ layer, kind }) => statistics?.of(layer, kind) != null),
      layers: [...kernels].map(([layer, tensors]) => ({
        layer,
        kernels: tensors,
        moments: turned.has(layer) ? null : (statistics?.of(layer, 'secondMoment')?.values ?? null),
      })),
    }
  }

  private keptFor(state: OpenModelState, key: string, earlier: SensitivityTable | undefined): Kept {
    const known = this.kept.get(state)
    if (known?.key === key) return known
    const { layers = [], small = null } = earlier?.key === key ? earlier : {}
    const fresh: Kept = { key, layers: new Map(layers.map((one) => [one.layer, one])), small }
    this.kept.set(state, fresh)
    return fresh
  }
}

/** Layers of which no kernel stands on the right of a product: their inputs have no channels last. */
function turnedProducts({ nodes, parameters }: ModelGraph): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ inputs: [left = null], layer, op }) =>
      op === 'einsum' || (op === 'matMul' && parameters.has(left ?? '')) ? [layer] : [],
    ),
  )
}

function* collecting(cells: Iterable<Cell>, into: Cell[]): Generator<undefined, void, undefined> {
  for (const cell of cells) {
    into.push(cell)
    yield undefined
  }
}

/** As the exporter of the open model's own kind of files stores tensors, with what it has to add for one. */
function storedBytesIn({ opened }: OpenModelState): StoredBytes {
  const target = exactTarget(opened)
  const { store } = exporterFor(target.container)
  const places = new Map(opened.weights.map(({ spec }, at) => [spec.name, at]))
  return (tensor) => {
    const at = places.get(tensor.spec.name)
    if (at === undefined) return 0
    const changed = opened.weights.map((weight, place) => (place === at ? tensor : weight))
    const { scales, tensors, weights } = writtenParts(opened, changed, target)
    const entries = weights.flatMap((weight, place) =>
      weight.spec.name === tensor.spec.name || (scales !== null && !places.has(weight.spec.name))
        ? (store(tensors[place] ?? weight, weight, target.precision, opened).entry ?? [])
        : [],
    )
    return estimateDeflatedBytes(entries)
  }
}
