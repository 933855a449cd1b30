import { StudioError } from '../core/errors'
import type { OpenedModel } from '../formats/format'
import { exportModelFiles } from '../formats/tfjs-files/export-model-files'
import type { CutPlan, CutRequest, CutResult, GroupSummary } from '../protocol/structure-messages'
import { mapChannels } from '../structure/channel-map'
import type { ChannelMap } from '../structure/channel-map'
import { MacsLeft, chooseChannels } from '../structure/choose-channels'
import type { LayerMacs } from '../structure/choose-channels'
import { cutModel } from '../structure/cut-model'
import { withFreshWeights } from '../structure/fresh-weights'
import { outputLayers } from '../structure/output-layers'
import { pipelineFor, requireRunnable } from './model-store'
import type { ModelStore, OpenModelState } from './model-store'
import type { Toolbox } from './toolbox'

interface Cut {
  readonly cut: OpenedModel
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
    return this.cut(this.models.require(), request).plan
  }

  /** The smaller model as files. @throws as `plan`, StudioError 'structure/nothing-to-cut', 'engine/cancelled' */
  async files(request: CutRequest, signal: AbortSignal): Promise<CutResult> {
    const { cut, plan } = this.cut(this.models.require(), request)
    if (plan.layers.length === 0) throw new StudioError('structure/nothing-to-cut', {})
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

  private cut(state: OpenModelState, { recipe, target }: CutRequest): Cut {
    const map = this.mapOf(state)
    const { weights } = pipelineFor(state, recipe)
    const values = new Map(weights.map((weight) => [weight.spec.name, weight.values]))
    const opened: OpenedModel = {
      ...state.opened,
      weights: state.opened.weights.map((weight) => {
        const trained = values.get(weight.spec.name)
        return trained === undefined ? weight : { ...weight, values: trained, quantized: null }
      }),
    }
    const { layers, totals } = state.summary
    const macs = new Map(layers.map((layer) => [layer.name, layer.macs ?? 0]))
    const removed = chooseChannels(map, weights, macs, firstLayers(opened), target)
    const cut = cutModel(opened, map, removed)
    const left = (name: string): number => {
      const made = map.made.get(name) ?? []
      return made.filter((channel) => !removed.has(channel)).length
    }
    return {
      cut,
      plan: {
        parameters: cut.weights.reduce((sum, weight) => sum + weight.values.length, 0),
        macs: totals.macs === null ? null : macsAfter(map, macs, removed),
        whole: { parameters: totals.parameters, macs: totals.macs },
        layers: [...map.made]
          .map(([name, made]) => ({ name, before: made.length, after: left(name) }))
          .filter(({ before, after }) => after < before),
      },
    }
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

function macsAfter(map: ChannelMap, macs: LayerMacs, removed: ReadonlySet<number>): number {
  const left = new MacsLeft(map, macs)
  for (const channel of removed) left.remove(channel)
  return Math.round(left.total)
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
