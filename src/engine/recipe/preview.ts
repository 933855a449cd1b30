import { decode } from '../../core/encoded-tensor'
import { isStudioError, StudioError } from '../../core/errors'
import { isComputedOtherwise, isSameKind } from '../../core/model-summary'
import type { ExportTarget } from '../../core/model-summary'
import { weightPicture } from '../../core/weight-picture'
import type { WeightPicture } from '../../core/weight-picture'
import { isDecoded } from '../../formats/exporter'
import { exactTarget, refusalOf, targetsOf } from '../../formats/exporters'
import type {
  DecodingCost,
  PictureRequest,
  PreviewEvent,
  PreviewRequest,
  SizeReport,
  TargetOffer,
  WeightsEvent,
} from '../../protocol/recipe-messages'
import type { TriedResult } from '../../protocol/compare-messages'
import type { PipelineResult } from '../../techniques/pipeline'
import { inItsScale } from '../../techniques/weights-report'
import type { Recipe } from '../../techniques/recipe'
import type { Measurements } from '../measure/measurements'
import type { WorkGround } from '../measure/work-ground'
import { pipelineFor } from '../model/model-store'
import type { ModelStore } from '../model/model-store'
import type { Emit } from '../work/stream'
import { largestMs, runWithin } from '../work/run-within'
import type { Toolbox } from '../work/toolbox'
import type { ArchiveDraft } from './archive-draft'
import { decodingCost } from './decoding-cost'
import { exportTensors } from './export-tensors'
import { isLarge } from '../model/weight-bytes'
import type { RecipeRunner } from './recipe-runner'
import { weightsEvent } from './weights-event'

/** Shows what a recipe does. Only the newest request counts. */
export class Previews {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly measurements: Measurements
  private readonly runner: RecipeRunner
  private running: AbortController | null = null

  constructor(
    tools: Toolbox,
    models: ModelStore,
    measurements: Measurements,
    runner: RecipeRunner,
  ) {
    this.tools = tools
    this.models = models
    this.measurements = measurements
    this.runner = runner
  }

  /**
   * Emits the weights, and for settled controls the exact size and the accuracy. Ends the preview that
   * is still running.
   * @throws StudioError 'engine/cancelled' when a newer one came, 'engine/no-model', 'quantize/...'
   */
  async preview(
    { recipe, focus, mode, target }: PreviewRequest,
    emit: Emit<PreviewEvent>,
    outer: AbortSignal,
  ): Promise<undefined> {
    this.running?.abort()
    const own = new AbortController()
    this.running = own
    const signal = AbortSignal.any([outer, own.signal])
    const ground = this.ground()
    const { state } = ground
    this.runner.forgetOtherDraft(ground, recipe, exactTarget(state.opened))
    const result = await this.runner.run(ground, recipe, signal)
    const event = await runWithin(
      this.tools.pace,
      signal,
      weightsEvent(state, pipelineFor(state, recipe), result, focus, this.runner.overheadOf(state)),
      largestMs(state.weights),
    )
    emit(event)
    if (mode === 'dragging') return
    await this.tools.pace.breathe(signal)
    const others = await this.emitSizes(ground, result, recipe, event, emit, signal)
    if (state.runnable !== null)
      await this.measurements.measure(
        ground,
        { kind: 'weights', weights: result.tensors },
        emit,
        signal,
      )
    await others(target ?? null)
  }

  /**
   * Size and measure of settings beside those of the controls: ends no preview, and leaves their draft
   * alone.
   * @throws StudioError 'engine/cancelled', 'engine/no-model', 'quantize/...'
   */
  async tried(recipe: Recipe, signal: AbortSignal): Promise<TriedResult> {
    const ground = this.ground()
    const { state } = ground
    const weights = await this.runner.run(ground, recipe, signal)
    const { size } = await this.runner.draftOf(
      ground,
      weights,
      recipe,
      exactTarget(state.opened),
      signal,
    )
    const measure =
      state.runnable === null
        ? null
        : await this.measurements.measure(
            ground,
            { kind: 'weights', weights: weights.tensors },
            () => undefined,
            signal,
          )
    return { size, measure }
  }

  /**
   * One tensor as an image, before and after. Ends no preview.
   * @throws StudioError 'engine/no-model', 'quantize/...'; 'engine/cancelled' when another model came between
   */
  async picture(request: PictureRequest, signal: AbortSignal): Promise<WeightPicture> {
    const { from, recipe, tensor } = request
    const ground = this.ground()
    const { weights } = pipelineFor(ground.state, recipe)
    const index = weights.findIndex(({ spec }) => spec.name === tensor)
    const before = weights[index]
    const result = await this.runner.run(ground, recipe, signal)
    const after = result.tensors[index]
    if (before === undefined || after === undefined) throw new StudioError('engine/cancelled', {})
    return weightPicture(
      before.spec,
      inItsScale(before, result).values,
      decode(after.encoded),
      from,
    )
  }

  private ground(): WorkGround {
    return this.measurements.groundOf(this.models.require())
  }

  /** @returns what finds out about other downloads, for later */
  private async emitSizes(
    ground: WorkGround,
    result: PipelineResult,
    recipe: Recipe,
    event: WeightsEvent,
    emit: Emit<PreviewEvent>,
    signal: AbortSignal,
  ): Promise<(chosen: ExportTarget | null) => Promise<void>> {
    const { state } = ground
    const draft = await this.runner.draft(ground, recipe, exactTarget(state.opened), signal)
    const { tensors, shardBytes } = draft.exported
    const sizes: SizeReport = {
      ...event.sizes,
      ...draft.size,
      stored: shardBytes,
      zippedIsExact: true,
    }
    this.runner.learnOverhead(state, draft)
    emit({ type: 'size', sizes, tensors, alternatives: [] })
    return async (chosen) => {
      const alternatives = await this.alternatives(ground, result, recipe, draft, chosen, signal)
      emit({ type: 'size', sizes, tensors, alternatives })
    }
  }

  /** What can be told only once it is tried is a refusal too. */
  private async made(
    ground: WorkGround,
    result: PipelineResult,
    recipe: Recipe,
    target: ExportTarget,
    signal: AbortSignal,
  ): Promise<TargetOffer> {
    try {
      const draft = await this.runner.draftOf(ground, result, recipe, target, signal)
      const size = { ...draft.size, stored: draft.exported.shardBytes }
      const decoding = await this.decodingCost(ground, draft, signal)
      const { folded } = draft.exported
      return {
        ...{ target, size, refusal: null },
        ...(decoding === null ? {} : { decoding }),
        ...(folded === undefined ? {} : { folded: folded.length }),
      }
    } catch (error) {
      const isKnown = isStudioError(error) && isComputedOtherwise(target)
      if (!isKnown || error.code.startsWith('engine/')) throw error
      return { target, size: null, refusal: error.toData() }
    }
  }

  private decodingCost(
    { state }: WorkGround,
    { exported }: ArchiveDraft,
    signal: AbortSignal,
  ): Promise<DecodingCost | null> {
    // Nobody waits for the lock of what does not decode itself.
    if (exported.decoded === undefined) return Promise.resolve(null)
    const isTried = state.runnable !== null && !isLarge(state, this.tools)
    return this.tools.exclusive.run(signal, () => decodingCost(exported, isTried))
  }

  /**
   * Other files are made for their size where they were chosen, but of a large model, where that takes minutes, and
   * others of the same kind where the exact one holds decoded values: whoever waits for figures waits for no more.
   */
  private async alternatives(
    ground: WorkGround,
    result: PipelineResult,
    recipe: Recipe,
    { exported }: ArchiveDraft,
    chosen: ExportTarget | null,
    signal: AbortSignal,
  ): Promise<TargetOffer[]> {
    const isWanted = exported.tensors.some(({ reason }) => isDecoded(reason))
    const { opened } = ground.state
    const tensors = exportTensors(opened, result)
    const offers: TargetOffer[] = []
    const own = exactTarget(opened)
    for (const offered of targetsOf(opened).slice(1)) {
      const isChosen = isSameKind(offered, chosen)
      const target = isChosen && chosen !== null ? chosen : offered
      const refusal =
        refusalOf(opened, tensors, target) ??
        this.runner.ranges.refusalOf(ground, target)?.toData() ??
        null
      const isNear =
        target.container === own.container &&
        target.precision !== 'packed' &&
        !isComputedOtherwise(target)
      const isMade = isChosen ? !isLarge(ground.state, this.tools) : isWanted && isNear
      offers.push(
        refusal === null && isMade
          ? await this.made(ground, result, recipe, target, signal)
          : { target, size: null, refusal },
      )
      await this.tools.pace.between(signal)
    }
    return offers
  }
}
