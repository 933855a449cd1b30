import { StudioError } from '../core/errors'
import type { OpenedModel } from '../formats/format'
import { exportModelFiles } from '../formats/tfjs-files/export-model-files'
import type { CutPlan, CutRequest, CutResult, GroupSummary } from '../protocol/structure-messages'
import { mapChannels } from '../structure/channel-map'
import type { ChannelMap } from '../structure/channel-map'
import { chooseChannels, macsAfter } from '../structure/choose-channels'
import { cutModel, parametersAfter } from '../structure/cut-model'
import { withFreshWeights } from '../structure/fresh-weights'
import { outputLayers } from '../structure/output-layers'
import { pipelineFor, requireRunnable } from './model-store'
import type { ModelStore, OpenModelState } from './model-store'
import type { Toolbox } from './toolbox'

/** What would go, and what that leaves. */
interface Choice {
  readonly map: ChannelMap
  readonly removed: ReadonlySet<number>
  readonly plan: CutPlan
}

/** Removes filters, neurons and channels from the open model, which stays as it is. */
export class ChannelCutter {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly maps = new WeakMap<OpenModelState, ChannelMap>()

  constructor(tools: Toolbox, models: ModelStore) {
    this.tools = tools
    this.models = models
  }

  /** @throws StudioError 'engine/no-model', 'structure/graph-model', or why the model cannot run */
  groups(): GroupSummary[] {
    return this.mapOf(this.models.require()).groups.map((group) => ({
      ...group,
      channels: group.channels.length,
    }))
  }

  /** What a cut would leave. @throws as `groups`, and StudioError 'train/no-weights' */
  plan(request: CutRequest): CutPlan {
    return this.choose(this.models.require(), request).plan
  }

  /** The smaller model as files. @throws as `plan`, StudioError 'structure/nothing-to-cut', 'engine/cancelled' */
  async files(request: CutRequest, signal: AbortSignal): Promise<CutResult> {
    const state = this.models.require()
    const { map, removed, plan } = this.choose(state, request)
    if (plan.layers.length === 0) throw new StudioError('structure/nothing-to-cut', {})
    const cut = cutModel(withWeights(state, request), map, removed)
    const { seed } = request.target
    const model = request.start === 'fresh' ? withFreshWeights(cut, seed) : cut
    const { files } = await exportModelFiles(model, model.weights, 'float32', () =>
      this.tools.pace.checkpoint(signal),
    )
    return {
      files: files.map(({ path, bytes }) => ({ path, blob: new Blob([bytes as BlobPart]) })),
      plan,
    }
  }

  private choose(state: OpenModelState, { recipe, target }: CutRequest): Choice {
    const map = this.mapOf(state)
    const { opened, summary } = state
    const { weights } = pipelineFor(state, recipe)
    const macs = new Map(summary.layers.map((layer) => [layer.name, layer.macs ?? 0]))
    const removed = chooseChannels(map, weights, macs, firstLayers(opened), target)
    const { parameters, macs: all } = summary.totals
    const plan: CutPlan = {
      parameters: parametersAfter(opened, map, removed),
      macs: all === null ? null : macsAfter(map, macs, removed),
      whole: { parameters, macs: all },
      layers: [...map.made]
        .map(([name, made]) => ({
          name,
          before: made.length,
          after: made.filter((channel) => !removed.has(channel)).length,
        }))
        .filter(({ before, after }) => after < before),
    }
    return { map, removed, plan }
  }

  private mapOf(state: OpenModelState): ChannelMap {
    if (state.summary.format !== 'tfjs-layers') throw new StudioError('structure/graph-model', {})
    const { outputShapes } = requireRunnable(state)
    const map =
      this.maps.get(state) ?? mapChannels(state.opened, outputLayers(state.opened), outputShapes)
    this.maps.set(state, map)
    return map
  }
}

/** The open model with the weights that a recipe names. */
function withWeights(state: OpenModelState, { recipe }: CutRequest): OpenedModel {
  const { weights } = pipelineFor(state, recipe)
  const values = new Map(weights.map((weight) => [weight.spec.name, weight.values]))
  return {
    ...state.opened,
    weights: state.opened.weights.map((weight) => {
      const named = values.get(weight.spec.name)
      return named === undefined ? weight : { ...weight, values: named, quantized: null }
    }),
  }
}

/** Layers that read the model's input. */
function firstLayers({ layers }: OpenedModel): ReadonlySet<string> {
  const given = new Set(
    layers.filter(({ className }) => className === 'InputLayer').map(({ name }) => name),
  )
  return new Set(
    layers.filter(({ inputs }) => inputs.every((name) => given.has(name))).map(({ name }) => name),
  )
}
