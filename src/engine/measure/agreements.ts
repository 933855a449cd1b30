import type { AgreementEvent, MeasureWork } from '../../protocol/measure-messages'
import { ForwardRunner } from '../model/forward-runner'
import { requireRunnable } from '../model/model-store'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { OriginalLogits, measureAgreement } from './agreement'
import type { AgreementInputs } from './agreement'
import type { Compared, KnownModels } from './known-models'
import type { WorkGround } from './work-ground'

/** What weights of the open model are compared with: others of it, or a model that takes its inputs. */
type ComparedWith =
  | { readonly weights: readonly NamedWeight[] }
  | { readonly teacher: RunnableModel }

/** How alike two models answer where nobody knows the right answers. */
export class Agreements {
  private readonly tools: Toolbox
  private readonly known: KnownModels

  constructor(tools: Toolbox, known: KnownModels) {
    this.tools = tools
    this.known = known
  }

  /**
   * How far weights of the open model are from a reference.
   * @param known what the reference has said to these inputs already
   */
  from(
    { state, meaning }: WorkGround,
    inputs: AgreementInputs,
    { from, known }: { readonly from: ComparedWith; readonly known: OriginalLogits },
    to: readonly NamedWeight[],
    signal: AbortSignal,
  ): Promise<AgreementEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const { tools } = this
      const opened = this.known.opened(state)
      const teacher = 'teacher' in from ? from.teacher : null
      const original =
        teacher === null
          ? { ...opened, ...from }
          : {
              runnable: teacher,
              runner: new ForwardRunner(teacher, state.macs, tools),
              weights: null,
            }
      return measureAgreement(
        {
          original: () => Promise.resolve(original),
          port: (teacher ?? requireRunnable(state)).outputs[0] ?? null,
          against: teacher === null ? 'original' : 'teacher',
          ...{ meaning, known, inputs, tools, signal },
          compressed: { ...opened, weights: to },
        },
        () => undefined,
      )
    })
  }

  /** How far a model is from the original; each of its answers is asked for once. */
  measure(
    { state, meaning }: WorkGround,
    key: string,
    count: number,
    inputs: AgreementInputs,
    compared: Compared | null,
    emit: Emit<AgreementEvent | MeasureWork>,
    signal: AbortSignal,
  ): Promise<AgreementEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const { logits } = this.known.answersOf(state, compared)
      const place = placeOf(meaning, key)
      const known = logits.get(place) ?? new OriginalLogits(count)
      logits.set(place, known)
      const compressed = this.known.subject(state, compared)
      const port = requireRunnable(state).outputs[0] ?? null
      const { known: models, tools } = this
      return models.withOriginal(
        state,
        signal,
        (original) =>
          measureAgreement(
            {
              original,
              port,
              against: 'original',
              meaning,
              known,
              compressed,
              inputs,
              tools,
              signal,
            },
            emit,
          ),
        compared,
      )
    })
  }
}

/** What is kept of outputs is kept for one comparison. */
export function placeOf(meaning: WorkGround['meaning'], key: string): string {
  return JSON.stringify([meaning, key])
}
