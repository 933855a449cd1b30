import { StudioError } from '../../core/errors'
import { uncountedLayer } from '../../core/model-summary'
import { elementCount } from '../../core/tensor-spec'
import { withValues } from '../../formats/format'
import type { OpenedModel } from '../../formats/format'
import { editModel } from '../../formats/edit-model'
import { fullestTarget, writeModel } from '../../formats/exporters'
import { editedGraph } from '../../graph/edits'
import type { GraphEdit } from '../../graph/edits'
import { foldConstants } from '../../graph/fold-constants'
import type { ModelGraph } from '../../graph/graph'
import { macsOf, nodeMacs } from '../../graph/macs-of'
import { shapesBehindOpaque } from '../../graph/opaque-layers'
import { shapesOf } from '../../graph/shapes-of'
import type { Shape, ValueName } from '../../graph/values'
import type { Between } from '../../files/between'
import type {
  BlockSummary,
  CutPlan,
  CutProgress,
  CutRequest,
  CutResult,
  GroupSummary,
} from '../../protocol/structure-messages'
import { channelEdits, parametersGone } from '../../structure/channel-edits'
import { mapChannels } from '../../structure/channel-map'
import type { ChannelMap } from '../../structure/channel-map'
import { scoreChannels } from '../../structure/channel-scores'
import type { ChannelScores } from '../../structure/channel-scores'
import { chooseChannels, macsAfter } from '../../structure/choose-channels'
import type { ChannelTarget, NodeMacs } from '../../structure/choose-channels'
import { withFreshWeights } from '../../structure/fresh-weights'
import { blockEdits, depthBlocks } from '../../structure/depth-blocks'
import { firstLayers } from '../../structure/first-layers'
import type { Recipe } from '../../techniques/recipe'
import type { KnownModels } from '../measure/known-models'
import { historyOf, pipelineFor, requireAble } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { sidesOfData } from './sides-of-data'

/** The open model without some of its blocks. */
interface Shallow {
  readonly graph: ModelGraph
  readonly edits: readonly GraphEdit[]
  readonly map: ChannelMap
  readonly macs: NodeMacs
}

/** What would go, and what that leaves. */
interface Choice extends Shallow {
  readonly removed: ReadonlySet<number>
  readonly plan: CutPlan
}

/** Removes filters, neurons and channels from the open model, which stays as it is. */
export class ChannelCutter {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly known: KnownModels
  /** By the blocks that are left out. */
  private readonly shallow = new WeakMap<OpenModelState, Map<string, Shallow>>()
  /** By the weights and the criterion. */
  private readonly scores = new WeakMap<ChannelMap, Map<string, ChannelScores>>()

  constructor(tools: Toolbox, models: ModelStore, known: KnownModels) {
    this.tools = tools
    this.models = models
    this.known = known
  }

  /** @throws StudioError 'engine/no-model', or why the model cannot lose anything, such as 'open/no-topology' */
  groups(): GroupSummary[] {
    const state = this.models.require()
    return this.without(state, []).map.groups.map((group) => ({
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
    return depthBlocks(opened.graph, valueShapes(opened.graph, ranShapes(state))).map((block) => {
      const own = block.layers.flatMap((name) => layers.get(name) ?? [])
      return {
        ...block,
        parameters: own.reduce((sum, { parameters }) => sum + parameters, 0),
        macs: own.reduce<number | null>(
          (sum, { macs }) => (sum === null || macs === null ? null : sum + macs),
          0,
        ),
      }
    })
  }

  /**
   * What a cut would leave.
   * @throws as `groups`, and StudioError 'structure/work-unknown', 'train/no-weights', 'engine/cancelled'
   */
  async plan(request: CutRequest, emit: Emit<CutProgress>, signal: AbortSignal): Promise<CutPlan> {
    const steps = phaseSteps(this.tools.pace, emit, signal)
    const state = this.models.require()
    return (await this.choose(state, request, steps.step('scoring'), signal)).plan
  }

  /** The smaller model as files. @throws as `plan`, StudioError 'structure/nothing-to-cut' */
  async files(
    request: CutRequest,
    emit: Emit<CutProgress>,
    signal: AbortSignal,
  ): Promise<CutResult> {
    const { step } = phaseSteps(this.tools.pace, emit, signal)
    const state = this.models.require()
    const chosen = await this.choose(state, request, step('scoring'), signal)
    const { edits, graph, map, removed, plan } = chosen
    if (plan.layers.length + plan.gone.length === 0)
      throw new StudioError('structure/nothing-to-cut', {})
    const whole = withWeights(state, request)
    const all = [...edits, ...channelEdits(graph, map, removed)]
    const cut = await editModel(whole, all, step('cutting'))
    const { blocks, recipe, start, target: choice } = request
    const { seed } = choice
    const model = start === 'fresh' ? await withFreshWeights(cut, seed, step('cutting')) : cut
    const { files } = await writeModel(model, model.weights, fullestTarget(model), step('writing'))
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
    signal: AbortSignal,
  ): Promise<Choice> {
    const { blocks, recipe, target } = request
    const { opened, runnable, summary } = state
    const data = runnable === null ? null : this.known.of(state).data
    const sides = await sidesOfData(opened.graph, data, signal)
    const work = sides.size === 0 ? null : macsOf(opened.graph, sides)
    const layers = summary.layers.map((layer) =>
      work === null ? layer : { ...layer, macs: work.get(layer.name) ?? null },
    )
    const uncounted = uncountedLayer(layers)
    if (target.of === 'macs' && uncounted !== null)
      throw new StudioError('structure/work-unknown', { layer: uncounted })
    const shallow = this.without(state, blocks, sides)
    const { graph, macs, map } = shallow
    const scores = await this.scoresOf(state, map, recipe, target, between)
    const removed = chooseChannels(map, scores, macs, firstLayers(graph), target)
    const left = new Set(graph.layers.map(({ name }) => name))
    const { parameters } = summary.totals
    const counted = layers.reduce((sum, layer) => sum + (layer.macs ?? 0), 0)
    const blocksGone = parametersIn(opened.graph) - parametersIn(graph)
    const after = parameters - blocksGone - parametersGone(graph, map, removed)
    const plan: CutPlan = {
      parameters: after,
      macs: uncounted === null ? macsAfter(map, macs, removed) : null,
      bytes: 4 * after,
      whole: { parameters, macs: uncounted === null ? counted : null, bytes: 4 * parameters },
      gone: opened.layers.map(({ name }) => name).filter((name) => !left.has(name)),
      layers: [...map.made]
        .map(([name, made]) => ({
          name,
          before: made.length,
          after: made.filter((channel) => !removed.has(channel)).length,
        }))
        .filter(({ before, after }) => after < before),
    }
    return { ...shallow, removed, plan }
  }

  /** @param sides of inputs, where data says those that the file leaves open */
  private without(
    state: OpenModelState,
    blocks: readonly string[],
    sides: ReadonlyMap<ValueName, Shape> = new Map(),
  ): Shallow {
    requireAble(state, 'cut')
    const key = JSON.stringify([blocks.toSorted(), ...sides])
    const known = this.shallow.get(state) ?? new Map<string, Shallow>()
    this.shallow.set(state, known)
    const { graph } = state.opened
    const found = known.get(key) ?? shallowGraph(graph, ranShapes(state), blocks, sides)
    known.set(key, found)
    return found
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
      return named === undefined || named === weight.values ? weight : withValues(weight, named)
    }),
  }
}

function parametersIn({ parameters }: ModelGraph): number {
  return [...parameters.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0)
}

/** What each layer gave when the model ran. */
function ranShapes({ runnable }: OpenModelState): ReadonlyMap<string, Shape> {
  return runnable?.outputShapes ?? new Map()
}

function valueShapes(
  graph: ModelGraph,
  ran: ReadonlyMap<string, Shape>,
): ReturnType<typeof shapesOf> {
  return shapesOf(graph, shapesBehindOpaque(graph, ran))
}

/** Blocks that stay keep their shapes. Sides that a graph computes by itself hold no channels. */
function shallowGraph(
  whole: ModelGraph,
  ran: ReadonlyMap<string, Shape>,
  blocks: readonly string[],
  sides: ReadonlyMap<ValueName, Shape>,
): Shallow {
  const edits = blockEdits(whole, valueShapes(whole, ran), blocks)
  const graph = foldConstants(editedGraph(whole, edits))
  const map = mapChannels(graph, valueShapes(graph, ran))
  const given = new Map([...shapesBehindOpaque(graph, ran), ...sides])
  return { graph, edits, map, macs: nodeMacs(graph, given) }
}
