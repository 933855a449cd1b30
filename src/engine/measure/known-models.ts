import { StudioError } from '../../core/errors'
import type { OutputMeaning } from '../../core/output-meaning'
import type { OriginalLogits } from './agreement'
import type { ElementErrors } from '../../data/element-scores'
import type { AttachedData } from '../samples/attached-data'
import { ForwardRunner } from '../model/forward-runner'
import type { OriginalOutputs } from './measure-scores'
import type { Subject } from './subject'
import { requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Toolbox } from '../work/toolbox'

/** What is compared with the original: other weights in the running model, or another model. */
export type Compared =
  | { readonly kind: 'weights'; readonly weights: readonly NamedWeight[] }
  | { readonly kind: 'model'; readonly runnable: RunnableModel }

/** What is known of an open model and need not be measured again. */
export interface KnownModel {
  readonly runner: ForwardRunner
  /** By the key of the split. */
  readonly outputs: Map<string, OriginalOutputs>
  /** Of targets that are pictures or arrays, by the key of the split. */
  readonly errors: Map<string, ElementErrors>
  /** By what outputs mean and the key of the split, which is '' for synthetic inputs. */
  readonly logits: Map<string, OriginalLogits>
  /** What the person says that its first output means; null: as guessed. */
  meaning: OutputMeaning | null
  /** Chosen for this model by the person, never by itself. */
  data: AttachedData | null
}

/** What is known of the models that are or were open; it goes with them. */
export class KnownModels {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly byState = new WeakMap<OpenModelState, KnownModel>()

  constructor(tools: Toolbox, models: ModelStore) {
    this.tools = tools
    this.models = models
  }

  /** The open model as it was opened. */
  original(state: OpenModelState): Subject {
    return {
      runnable: requireRunnable(state),
      runner: this.of(state).runner,
      weights: state.weights,
    }
  }

  /** @returns null for the original itself */
  subject(state: OpenModelState, compared: Compared | null): Subject | null {
    if (compared === null) return null
    if (compared.kind === 'weights')
      // Untouched weights are the original, which is known already.
      return sameWeights(compared.weights, state.weights)
        ? null
        : { ...this.original(state), weights: compared.weights }
    const { runnable } = compared
    const runner = new ForwardRunner(runnable, state.macs, this.tools)
    return { runnable, runner, weights: null }
  }

  /**
   * A model that was replaced meanwhile is nobody's business any more.
   * @throws StudioError 'engine/cancelled'
   */
  requireOpen(state: OpenModelState): void {
    if (this.models.current !== state) throw new StudioError('engine/cancelled', {})
  }

  /** What the numbers of its first output are. */
  meaning(state: OpenModelState): OutputMeaning {
    return this.of(state).meaning ?? requireRunnable(state).outputs[0]?.meaning ?? 'classes'
  }

  /** @param meaning null: as guessed */
  readOutputsAs(state: OpenModelState, meaning: OutputMeaning | null): void {
    this.of(state).meaning = meaning
  }

  of(state: OpenModelState): KnownModel {
    let known = this.byState.get(state)
    if (known === undefined) {
      known = {
        runner: new ForwardRunner(requireRunnable(state), state.macs, this.tools),
        outputs: new Map(),
        errors: new Map(),
        logits: new Map(),
        meaning: null,
        data: null,
      }
      this.byState.set(state, known)
    }
    return known
  }
}

function sameWeights(left: readonly NamedWeight[], right: readonly NamedWeight[]): boolean {
  return (
    left.length === right.length &&
    left.every((weight, index) => weight.values === right[index]?.values)
  )
}
