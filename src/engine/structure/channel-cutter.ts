import { StudioError } from '../../core/errors'
import type { OpenedModel } from '../../formats/format'
import { writeModel } from '../../formats/exporters'
import type { Between } from '../../files/between'
import type {
  BlockSummary,
  CutPlan,
  CutProgress,
  CutRequest,
  CutResult,
  GroupSummary,
} from '../../protocol/structure-messages'
import { mapChannels } from '../../structure/channel-map'
import type { ChannelMap } from '../../structure/channel-map'
import { scoreChannels } from '../../structure/channel-scores'
import type { ChannelScores } from '../../structure/channel-scores'
import { chooseChannels, macsAfter } from '../../structure/choose-channels'
import type { ChannelTarget } from '../../structure/choose-channels'
import { cutModel, parametersAfter } from '../../structure/cut-model'
import { withFreshWeights } from '../../structure/fresh-weights'
import { depthBlocks, withoutBlocks } from '../../structure/depth-blocks'
import { outputLayers } from '../../structure/output-layers'
import type { Recipe } from '../../techniques/recipe'
import { historyOf, pipelineFor, requireAble, requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
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
  /** By the blocks that are left out. */
  private readonly maps = new WeakMap<OpenModelState, Map<string, ChannelMap>>()
  /** By the weights and the criterion. */
  private readonly scores = new WeakMap<ChannelMap, Map<string, ChannelScores>>()

  constructor(tools: Toolbox, models: ModelStore) {
    this.tools = tools
    this.models = models
  }

  /** @throws StudioError 'engine/no-model', or why the model cannot lose anything, such as 'structure/graph-model' */
  groups(): GroupSummary[] {
    const state = this.models.require()
    return this.mapOf(state, state.opened, []).groups.map((group) => ({
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

  /** What a cut would leave. @throws as `groups`, and StudioError 'train/no-weights', 'engine/cancelled' */
  async plan(request: CutRequest, emit: Emit<CutProgress>, signal: AbortSignal): Promise<CutPlan> {
    const steps = phaseSteps(this.tools.pace, emit, signal)
    return (await this.choose(this.models.require(), request, steps.step('scoring'))).plan
  }

  /** The smaller model as files. @throws as `plan`, StudioError 'structure/nothing-to-cut' */
  async files(
    request: CutRequest,
    emit: Emit<CutProgress>,
    signal: AbortSignal,
  ): Promise<CutResult> {
    const { step } = phaseSteps(this.tools.pace, emit, signal)
    const state = this.models.require()
    const { map, removed, plan } = await this.choose(state, request, step('scoring'))
    if (plan.layers.length + plan.gone.length === 0)
      throw new StudioError('structure/nothing-to-cut', {})
    const shallow = this.shallow(state, withWeights(state, request), request)
    const cut = await cutModel(shallow, map, removed, step('cutting'))
    const { blocks, recipe, start, target: choice } = request
    const { seed } = choice
    const model = start === 'fresh' ? await withFreshWeights(cut, seed, step('cutting')) : cut
    const target = { container: model.container, precision: 'float32' } as const
    const { files } = await writeModel(model, model.weights, target, step('writing'))
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

  private async choose(
    state: OpenModelState,
    request: CutRequest,
    between: Between,
  ): Promise<Choice> {
    const { blocks, recipe, target } = request
    const { summary } = state
    const opened = this.shallow(state, state.opened, request)
    const map = this.mapOf(state, opened, blocks)
    const scores = await this.scoresOf(state, map, recipe, target, between)
    const left = new Set(opened.layers.map(({ name }) => name))
    const macs = new Map(
      summary.layers
        .filter(({ name }) => left.has(name))
        .map((layer) => [layer.name, layer.macs ?? 0]),
    )
    const removed = chooseChannels(map, scores, macs, firstLayers(opened), target)
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

  /** @param blocks that are left out of `opened`: those that stay keep their shapes */
  private mapOf(state: OpenModelState, opened: OpenedModel, blocks: readonly string[]): ChannelMap {
    requireAble(state, 'cut')
    const key = blocks.toSorted().join('\n')
    const known = this.maps.get(state) ?? new Map<string, ChannelMap>()
    this.maps.set(state, known)
    const map =
      known.get(key) ??
      mapChannels(opened, outputLayers(opened), requireRunnable(state).outputShapes)
    known.set(key, map)
    return map
  }

  /** A slider that asks for another share does not ask for other scores. */
  private async scoresOf(
    state: OpenModelState,
    map: ChannelMap,
    recipe: Recipe,
    { criterion, seed }: ChannelTarget,
    between: Between,
  ): Promise<ChannelScores> {
    const key = JSON.stringify([recipe.trained ?? null, criterion, seed])
    const known = this.scores.get(map) ?? new Map<string, ChannelScores>()
    this.scores.set(map, known)
    const { weights } = pipelineFor(state, recipe)
    const scores = known.get(key) ?? (await scoreChannels(map, weights, criterion, seed, between))
    known.set(key, scores)
    return scores
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
