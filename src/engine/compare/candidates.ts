import { isComputedOtherwise } from '../../core/model-summary'
import { packRight } from '../../core/right-bits'
import { refusalOf, targetsOf } from '../../formats/exporters'
import type { CandidateFigures, ClassChange, RightAnswers } from '../../protocol/compare-messages'
import type { MeasureProgress } from '../../protocol/measure-messages'
import type { TargetOffer } from '../../protocol/recipe-messages'
import type { PipelineResult } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import type { Measurements } from '../measure/measurements'
import type { Compared } from '../measure/known-models'
import { withData } from '../measure/work-ground'
import type { WorkGround } from '../measure/work-ground'
import type { ModelStore } from '../model/model-store'
import { exportTensors } from '../recipe/export-tensors'
import { isLarge } from '../model/weight-bytes'
import type { RecipeRunner } from '../recipe/recipe-runner'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'

/** Classes that changed more than the others; a person reads no more of them. */
const MOST_CLASSES = 5

/** Settings beside those of the controls, with everything by which they are compared. */
export class Candidates {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly measurements: Measurements
  private readonly runner: RecipeRunner

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
   * Sizes of all downloads, the measure, and which samples are right. Ends no preview.
   * @throws StudioError 'engine/cancelled', 'engine/no-model', 'quantize/...', 'train/no-weights'
   */
  async examine(
    recipe: Recipe,
    emit: Emit<MeasureProgress>,
    signal: AbortSignal,
  ): Promise<CandidateFigures> {
    const ground = this.measurements.groundOf(this.models.require())
    const result = await this.runner.run(ground, recipe, signal)
    const offers = await this.offers(ground, result, recipe, signal)
    const { backend } = this.tools.backend().info
    if (ground.state.runnable === null) return { offers, measure: null, answers: null, backend }
    const targets = await this.classTargets(ground, signal)
    const right = new Uint8Array(targets?.labels.length ?? 0)
    const before = new Uint8Array(right.length)
    const compared: Compared = { kind: 'weights', weights: result.tensors }
    const measure = await this.measurements.measure(
      ground,
      compared,
      (event) => {
        if (event.type === 'work') emit({ done: event.done, total: event.total })
      },
      signal,
      (from, found, original) => {
        right.set(found, from)
        before.set(original, from)
      },
    )
    const answers = targets === null ? null : answersOf(targets.labels, before, right)
    return { offers, measure, answers, backend }
  }

  /** Each as it would be downloaded; of a large model only those that need no other copy of it. */
  private async offers(
    ground: WorkGround,
    result: PipelineResult,
    recipe: Recipe,
    signal: AbortSignal,
  ): Promise<readonly TargetOffer[]> {
    const { state } = ground
    const tensors = exportTensors(state.opened, result)
    const { container: own } = state.opened
    const targets = targetsOf(state.opened).filter(
      (target) => target.container === own && !isComputedOtherwise(target),
    )
    const offers: TargetOffer[] = []
    for (const target of targets) {
      const refusal = refusalOf(state.opened, tensors, target)
      const isMade = refusal === null && (target === targets[0] || !isLarge(state, this.tools))
      const draft = isMade
        ? await this.runner.draftOf(ground, result, recipe, target, signal)
        : null
      const size = draft && { ...draft.size, stored: draft.exported.shardBytes }
      offers.push({ target, size, refusal })
      await this.tools.pace.between(signal)
    }
    return offers
  }

  private async classTargets(ground: WorkGround, signal: AbortSignal) {
    const split = await withData(ground)?.data.split('validation', () => undefined, signal)
    const targets = split?.targets
    return targets?.task === 'classification' || targets?.task === 'binary' ? targets : null
  }
}

function answersOf(labels: ArrayLike<number>, before: Uint8Array, right: Uint8Array): RightAnswers {
  const classes = new Map<number, ClassChange>()
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at] ?? -1
    if (label < 0) continue
    const known = classes.get(label) ?? { label, samples: 0, before: 0, after: 0 }
    classes.set(label, {
      label,
      samples: known.samples + 1,
      before: known.before + (before[at] ?? 0),
      after: known.after + (right[at] ?? 0),
    })
  }
  const change = ({ after, before: had, samples }: ClassChange): number => (after - had) / samples
  const most = [...classes.values()]
    .filter((one) => one.after !== one.before)
    .toSorted((one, other) => Math.abs(change(other)) - Math.abs(change(one)))
    .slice(0, MOST_CLASSES)
    .toSorted((one, other) => change(one) - change(other))
  return { samples: labels.length, right: packRight(right), classes: most }
}
