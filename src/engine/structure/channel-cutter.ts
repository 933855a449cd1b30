import { StudioError } from '../../core/errors'
import type { OpenedModel } from '../../formats/format'
import { writeModel } from '../../formats/exporters'
import type {
  BlockSummary,
  CutPlan,
  CutRequest,
  CutResult,
  GroupSummary,
} from '../../protocol/structure-messages'
import { mapChannels } from '../../structure/channel-map'
import type { ChannelMap } from '../../structure/channel-map'
import { chooseChannels, macsAfter } from '../../structure/choose-channels'
import { cutModel, parametersAfter } from '../../structure/cut-model'
import { withFreshWeights } from '../../structure/fresh-weights'
import { depthBlocks, withoutBlocks } from '../../structure/depth-blocks'
import { outputLayers } from '../../structure/output-layers'
import { historyOf, pipelineFor, requireAble, requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import type { Toolbox } from '../work/toolbox'

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

  /** @throws StudioError 'engine/no-model', or why the model cannot lose anything, such as 'structure/graph-model' */
  groups(): GroupSummary[] {
    return this.mapOf(this.models.require()).groups.map((group) => ({
      ...group,
      channels: group.channels.length,
    }))
  }

  /** What may be left out as a whole. @throws as `groups` */
  blocks(): BlockSummary[] {
    const state = this.models.require()
    requireAble(state, 'cut')
    const { opened, summary } = state
    const layers = new Map(summary.layers.map((layer) => [layer.name, layer]))
    return depthBlocks(opened, outputLayers(opened), requireRunnable(state).outputShapes).map(
      (block) => {
        const own = block.layers.flatMap((name) => layers.get(name) ?? [])
        return {
          ...block,
          parameters: own.reduce((sum, { parameters }) => sum + parameters, 0),
          macs: own.reduce((sum, { macs }) => sum + (macs ?? 0), 0),
        }
      },
    )
  }

  /** What a cut would leave. @throws as `groups`, and StudioError 'train/no-weights' */
  plan(request: CutRequest): CutPlan {
    return this.choose(this.models.require(), request).plan
  }

  /** The smaller model as files. @throws as `plan`, StudioError 'structure/nothing-to-cut', 'engine/cancelled' */
  async files(request: CutRequest, signal: AbortSignal): Promise<CutResult> {
    const state = this.models.require()
    const { map, removed, plan } = this.choose(state, request)
    if (plan.layers.length + plan.gone.length === 0)
      throw new StudioError('structure/nothing-to-cut', {})
    const shallow = this.shallow(state, withWeights(state, request), request)
    const cut = cutModel(shallow, map, removed)
    const { blocks, recipe, start, target: choice } = request
    const { seed } = choice
    const model = start === 'fresh' ? withFreshWeights(cut, seed) : cut
    const target = { container: model.container, precision: 'float32' } as const
    const { files } = await writeModel(model, model.weights, target, () =>
      this.tools.pace.between(signal),
    )
    return {
      files: files.map(({ path, bytes }) => ({ path, blob: new Blob([bytes as BlobPart]) })),
      plan,
      record: {
        ...{ blocks, start, target: choice },
        trained: recipe.trained ?? null,
        training: historyOf(state, recipe),
      },
    }
  }

  private choose(state: OpenModelState, request: CutRequest): Choice {
    const { recipe, target } = request
    const { summary } = state
    const opened = this.shallow(state, state.opened, request)
    const map = opened === state.opened ? this.mapOf(state) : mapAnew(state, opened)
    const { weights } = pipelineFor(state, recipe)
    const left = new Set(opened.layers.map(({ name }) => name))
    const macs = new Map(
      summary.layers
        .filter(({ name }) => left.has(name))
        .map((layer) => [layer.name, layer.macs ?? 0]),
    )
    const removed = chooseChannels(map, weights, macs, firstLayers(opened), target)
    const { parameters, macs: all } = summary.totals
    const after = parametersAfter(opened, map, removed)
    const plan: CutPlan = {
      parameters: after,
      macs: all === null ? null : macsAfter(map, macs, removed),
      bytes: 4 * after,
      whole: { parameters, macs: all, bytes: 4 * parameters },
      gone: state.opened.layers.map(({ name }) => name).filter((name) => !left.has(name)),
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

  /** A model without the blocks that a request names. */
  private shallow(state: OpenModelState, model: OpenedModel, { blocks }: CutRequest): OpenedModel {
    requireAble(state, 'cut')
    return withoutBlocks(model, blocks, outputLayers, requireRunnable(state).outputShapes)
  }

  private mapOf(state: OpenModelState): ChannelMap {
    requireAble(state, 'cut')
    const map = this.maps.get(state) ?? mapAnew(state, state.opened)
    this.maps.set(state, map)
    return map
  }
}

/** Blocks that go leave the shapes of all others as they are. */
function mapAnew(state: OpenModelState, model: OpenedModel): ChannelMap {
  return mapChannels(model, outputLayers(model), requireRunnable(state).outputShapes)
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
