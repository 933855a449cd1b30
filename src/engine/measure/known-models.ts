import { StudioError } from '../../core/errors'
import { isArray } from '../../core/encoded-tensor'
import type { OutputMeaning } from '../../core/output-meaning'
import type { OriginalLogits } from './agreement'
import type { ElementErrors } from '../../data/element-scores'
import type { AttachedData } from '../samples/attached-data'
import { ForwardRunner } from '../model/forward-runner'
import type { UseOutput } from '../model/forward-runner'
import type { OriginalOutputs } from './measure-scores'
import type { AskOriginal, Subject } from './subject'
import type { Twin } from './twin'
import { requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import type { Original } from '../model/original'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Toolbox } from '../work/toolbox'

/** What is compared with the original: other weights in the running model, or another model. */
export type Compared =
  | {
      readonly kind: 'weights'
      readonly weights: readonly NamedWeight[]
      /** As for a file: by what will run that, and not by the inference pass. */
      readonly isOfFile?: true
    }
  | {
      readonly kind: 'model'
      readonly runnable: RunnableModel
      /** The original as the same runtime computes it, where that is another one than the open model's. */
      readonly original?: RunnableModel
      /** Told all that the model says. */
      readonly tell?: UseOutput
    }

/** A smaller original stays built beside the model that was cut from it: building it again costs more. */
const KEPT_BYTES = 32 * 2 ** 20

/** What an original has said and need not be asked again; models that are cut from it find it here, too. */
export interface KnownAnswers {
  /** By the key of the split. */
  readonly outputs: Map<string, OriginalOutputs>
  /** Of targets that are pictures or arrays, by the key of the split. */
  readonly errors: Map<string, ElementErrors>
  /** By what outputs mean and the key of the split, which is '' for synthetic inputs. */
  readonly logits: Map<string, OriginalLogits>
}

/** What is known of an open model. */
interface KnownModel {
  /** As a file of it is measured. */
  readonly stock: Subject
  /** By the inference pass, where there is one. */
  readonly quick: Subject | null
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
  private readonly answers = new WeakMap<Original | RunnableModel, KnownAnswers>()

  constructor(tools: Toolbox, models: ModelStore) {
    this.tools = tools
    this.models = models
  }

  /**
   * Runs work that may ask the original. Needs the lock.
   * @throws StudioError what the work throws, 'open/...', 'engine/...'
   */
  async withOriginal<Result>(
    state: OpenModelState,
    signal: AbortSignal,
    work: (original: AskOriginal) => Promise<Result>,
    compared: Compared | null = null,
  ): Promise<Result> {
    const own = ownOriginal(compared)
    if (own !== null) {
      const runner = new ForwardRunner(own, state.macs, this.tools)
      return work(() => Promise.resolve({ runnable: own, runner, weights: null }))
    }
    if (state.past === null)
      return work(() => Promise.resolve(isQuick(compared) ? this.opened(state) : this.stock(state)))
    const { whole } = state.past
    try {
      return await work(async () => {
        const runnable = await whole.require(signal)
        const macs = state.original.summary.macs ?? state.macs
        return { runnable, runner: new ForwardRunner(runnable, macs, this.tools), weights: null }
      })
    } finally {
      // Who was only interrupted comes again at once.
      if (!signal.aborted && state.original.summary.float32Bytes > KEPT_BYTES) whole.release()
    }
  }

  /** @param compared with an original of its own, which says something else */
  answersOf({ original, quick }: OpenModelState, compared: Compared | null = null): KnownAnswers {
    const key = ownOriginal(compared) ?? (isQuick(compared) ? quick?.runnable : null) ?? original
    const known = this.answers.get(key) ?? {
      outputs: new Map(),
      errors: new Map(),
      logits: new Map(),
    }
    this.answers.set(key, known)
    return known
  }

  /** The open model as its files have it, for what is measured before there is a file. */
  opened(state: OpenModelState): Subject {
    const { quick } = this.of(state)
    return quick ?? this.stock(state)
  }

  /** The same as it is measured for a file. */
  private stock(state: OpenModelState): Subject {
    return this.of(state).stock
  }

  /** @returns null for the original itself, as long as nothing was removed from it */
  subject(state: OpenModelState, compared: Compared | null): Subject | null {
    if (compared === null) return null
    if (compared.kind === 'weights')
      // Untouched weights are the original, which is known already.
      return state.past === null && sameWeights(compared.weights, state.weights)
        ? null
        : {
            ...(isQuick(compared) ? this.opened(state) : this.stock(state)),
            weights: compared.weights,
          }
    const { runnable, tell } = compared
    const runner = new ForwardRunner(runnable, state.macs, this.tools)
    return { runnable, runner, weights: null, ...(tell === undefined ? {} : { tell }) }
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
        stock: this.subjectOf(state, requireRunnable(state), null),
        quick:
          state.quick === null
            ? null
            : this.subjectOf(state, state.quick.runnable, state.quick.kernels),
        meaning: null,
        data: null,
      }
      this.byState.set(state, known)
    }
    return known
  }

  private subjectOf(
    { macs, opened, weights }: OpenModelState,
    runnable: RunnableModel,
    kernels: Twin['kernels'],
  ): Subject {
    const runner = new ForwardRunner(runnable, macs, this.tools)
    return { runnable, runner, weights, twin: { opened, kernels } }
  }
}

/** Whether the inference pass measures it: nothing of it is in a file yet. */
function isQuick(compared: Compared | null): boolean {
  return compared === null || (compared.kind === 'weights' && compared.isOfFile !== true)
}

function ownOriginal(compared: Compared | null): RunnableModel | null {
  return compared?.kind === 'model' ? (compared.original ?? null) : null
}

function sameWeights(left: readonly NamedWeight[], right: readonly NamedWeight[]): boolean {
  return (
    left.length === right.length &&
    left.every((weight, index) => {
      const values = right[index]?.values
      // Codes need not be decoded to be told from floats.
      return weight.encoded === undefined
        ? weight.values === values
        : isArray(weight.encoded, values)
    })
  )
}
