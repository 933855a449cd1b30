import type { ExportTarget } from '../../core/model-summary'
import type { PipelineResult } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import type { Measurements } from '../measure/measurements'
import { pipelineFor } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import { runWithin } from '../work/run-within'
import type { Toolbox } from '../work/toolbox'
import { draftArchive } from './archive-draft'
import type { ArchiveDraft } from './archive-draft'
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
  private readonly measurements: Measurements
  /** Goes with its model: a draft holds all the bytes of a download. */
  private readonly kept = new WeakMap<OpenModelState, KeptDraft>()
  private readonly overheads = new WeakMap<OpenModelState, Overhead>()

  constructor(tools: Toolbox, measurements: Measurements) {
    this.tools = tools
    this.measurements = measurements
  }

  /**
   * Runs the steps, yielding between tensors.
   * @throws StudioError 'engine/cancelled', 'quantize/...', 'train/no-weights'
   */
  run(state: OpenModelState, recipe: Recipe, signal: AbortSignal): Promise<PipelineResult> {
    return runWithin(this.tools.pace, signal, pipelineFor(state, recipe).run(recipe))
  }

  /** The draft of a download; the one made last where it is the same. */
  async draft(
    state: OpenModelState,
    recipe: Recipe,
    target: ExportTarget,
    signal: AbortSignal,
    between: Between = () => this.tools.pace.between(signal),
  ): Promise<ArchiveDraft> {
    const data = this.measurements.dataOf(state)
    const key = JSON.stringify([recipe, target, data?.summary ?? null])
    const kept = this.kept.get(state)
    if (kept?.key === key) return kept.draft
    const result = await this.run(state, recipe, signal)
    const draft = await this.draftOf(state, result, recipe, target, signal, between)
    if (target.precision === 'exact') this.kept.set(state, { key, draft })
    return draft
  }

  /** The draft of weights that are there already; takes no other's place. */
  draftOf(
    state: OpenModelState,
    result: PipelineResult,
    recipe: Recipe,
    target: ExportTarget,
    signal: AbortSignal,
    between: Between = () => this.tools.pace.between(signal),
  ): Promise<ArchiveDraft> {
    const data = this.measurements.dataOf(state)?.summary ?? null
    const { versions } = this.tools.environment
    return draftArchive(state, result, recipe, target, data, versions, between)
  }

  /** Bytes of the zip that are not weights, as the last exact size has shown. */
  overheadOf(state: OpenModelState): Overhead {
    return this.overheads.get(state) ?? firstOverhead
  }

  /** @param estimated bytes that the weights were expected to take in a zip whose size is now certain */
  learnOverhead(
    state: OpenModelState,
    { zippedBytes, reportBytes }: ArchiveDraft,
    estimated: number,
  ): void {
    this.overheads.set(state, { bytes: zippedBytes - estimated, reportBytes })
  }
}
