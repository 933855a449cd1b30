import type { ExportTarget } from '../../core/model-summary'
import { StudioError } from '../../core/errors'
import { exactTarget, refusalOf } from '../../formats/exporters'
import type { Pipeline, PipelineResult } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import { ActivationRanges } from '../measure/activation-ranges'
import type { Calibrations } from '../measure/calibrations'
import type { WorkGround } from '../measure/work-ground'
import { pipelineFor } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import { largestMs, runWithin } from '../work/run-within'
import type { Toolbox } from '../work/toolbox'
import { draftArchive } from './archive-draft'
import { zipLength } from '../../files/zip-writer'
import type { ArchiveDraft } from './archive-draft'
import { exportTensors } from './export-tensors'
import { isLarge } from '../model/weight-bytes'
import type { Overhead } from './weights-event'
import type { Between } from '../../files/between'

/** What a zip holds besides weights, until the first exact size says so: model.json and the report. */
const firstOverhead: Overhead = { bytes: 4000, reportBytes: 2000 }

interface KeptDraft {
  readonly key: string
  readonly draft: ArchiveDraft
}

/** Makes weights and downloads of recipes, for whoever needs them: preview, export, comparison, training. */
export class RecipeRunner {
  private readonly tools: Toolbox
  private readonly calibrations: Calibrations
  /** Goes with its model: a draft holds all the bytes of a download. */
  private readonly kept = new WeakMap<OpenModelState, KeptDraft>()
  private readonly overheads = new WeakMap<OpenModelState, Overhead>()

  readonly ranges: ActivationRanges

  constructor(tools: Toolbox, calibrations: Calibrations) {
    this.tools = tools
    this.calibrations = calibrations
    this.ranges = new ActivationRanges(tools)
  }

  /**
   * Runs the steps, yielding between tensors; what they must know of the layers' inputs is collected
   * before.
   * @throws StudioError 'engine/cancelled', 'quantize/...', 'train/no-weights'
   */
  run(ground: WorkGround, recipe: Recipe, signal: AbortSignal): Promise<PipelineResult> {
    const id = recipe.trained ?? 'file'
    return this.runOn(ground, { id, pipeline: pipelineFor(ground.state, recipe) }, recipe, signal)
  }

  /** The same on weights that the model does not know yet, such as those in the middle of a run. */
  async runOn(
    ground: WorkGround,
    { id, pipeline }: { readonly id: string | null; readonly pipeline: Pipeline },
    recipe: Recipe,
    signal: AbortSignal,
  ): Promise<PipelineResult> {
    const requests = pipeline.needs(recipe)
    const own = { id, weights: pipeline.weights }
    const calibration =
      requests.length === 0 ? null : await this.calibrations.of(ground, own, requests, signal)
    const { pace } = this.tools
    const pieceMs = largestMs(pipeline.weights)
    // What all tensors together decide, such as one threshold, is found before the first piece.
    await pace.between(signal, pieceMs)
    return runWithin(pace, signal, pipeline.run(recipe, calibration), pieceMs)
  }

  /**
   * The draft of a download; the one made last where it is the same.
   * @throws StudioError what is said beforehand where there is no such file
   */
  async draft(
    ground: WorkGround,
    recipe: Recipe,
    target: ExportTarget,
    signal: AbortSignal,
    between: Between = () => this.tools.pace.between(signal),
  ): Promise<ArchiveDraft> {
    const { state } = ground
    const key = keyOf(ground, recipe, target)
    const kept = this.kept.get(state)
    if (kept?.key === key) return kept.draft
    const result = await this.run(ground, recipe, signal)
    const refused = refusalOf(state.opened, exportTensors(state.opened, result), target)
    if (refused !== null) throw StudioError.from(refused)
    const draft = await this.draftOf(ground, result, recipe, target, signal, between)
    const own = exactTarget(state.opened)
    if (target.precision === own.precision && target.container === own.container)
      this.kept.set(state, { key, draft })
    return draft
  }

  /** Lets go of the draft of other settings where the model is large: its codes are as many as those to come. */
  forgetOtherDraft(ground: WorkGround, recipe: Recipe, target: ExportTarget): void {
    const { state } = ground
    if (this.kept.get(state)?.key !== keyOf(ground, recipe, target) && isLarge(state, this.tools))
      this.kept.delete(state)
  }

  /** The draft of weights that are there already; takes no other's place. */
  async draftOf(
    ground: WorkGround,
    result: PipelineResult,
    recipe: Recipe,
    target: ExportTarget,
    signal: AbortSignal,
    between: Between = () => this.tools.pace.between(signal),
  ): Promise<ArchiveDraft> {
    const { data, state } = ground
    const { 'onnxruntime-web': onnxRuntime, ...others } = this.tools.environment.versions
    const isMeasuredByIt = state.summary.runtime === 'onnxRuntime' && onnxRuntime !== undefined
    const versions = isMeasuredByIt ? { ...others, 'onnxruntime-web': onnxRuntime } : others
    const summary = data?.summary ?? null
    const tensors = exportTensors(state.opened, result)
    const activations = await this.ranges.of(
      ground,
      target,
      tensors,
      JSON.stringify(recipe),
      signal,
    )
    return draftArchive(state, result, recipe, target, summary, versions, between, activations)
  }

  /** Bytes of the zip that are not weights, as the last exact size has shown. */
  overheadOf(state: OpenModelState): Overhead {
    return this.overheads.get(state) ?? firstOverhead
  }

  /** Counted, not told by an estimate: what that was wrong by at these settings is wrong at others. */
  learnOverhead(
    state: OpenModelState,
    { exported, model, size: { reportBytes, zipped } }: ArchiveDraft,
  ): void {
    const weights = model.reduce(
      (sum, { packed }, index) =>
        sum + (exported.files[index]?.holdsWeights === true ? zipLength(packed) : 0),
      0,
    )
    this.overheads.set(state, { bytes: zipped - weights, reportBytes })
  }
}

function keyOf({ data }: WorkGround, recipe: Recipe, target: ExportTarget): string {
  return JSON.stringify([recipe, target, data?.summary ?? null])
}
