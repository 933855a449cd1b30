import type { ForwardRunner, MakeInputs, UseOutput } from '../model/forward-runner'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { DataSplit } from '../samples/attached-data'
import { isWorthSharing, runShared } from './shared-ranges'
import type { Toolbox } from '../work/toolbox'
import type { Twin } from './twin'

/** A model as the evaluation needs it. */
export interface Subject {
  readonly runnable: RunnableModel
  readonly runner: ForwardRunner
  /** null where `runnable` already has them. */
  readonly weights: readonly NamedWeight[] | null
  /** What `twinOf` makes the same of in another worker; missing: nobody else can. */
  readonly twin?: Twin
  /** Told all that it says. */
  readonly tell?: UseOutput
}

/** The original, for those who must show it something; built now where it is another model than the open one. */
export type AskOriginal = () => Promise<Subject>

/** What a model is shown. */
export interface Showing {
  readonly make: MakeInputs
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

/** The samples of a split as a model's inputs. */
export function inputsOf(split: DataSplit, signal: AbortSignal): MakeInputs {
  return (from, to) => split.inputs(from, to, signal)
}

/**
 * Shows samples [from, to) to a model with its weights. Needs the lock.
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function runSubject(
  { make, tools, signal }: Showing,
  subject: Subject,
  from: number,
  to: number,
  use: UseOutput,
): Promise<void> {
  const { tell } = subject
  const told: UseOutput =
    tell === undefined
      ? use
      : async (values, first, end) => {
          await tell(values, first, end)
          await use(values, first, end)
        }
  try {
    await loadWeights(subject, tools, signal)
    const showing = { make, tools, signal }
    if (isWorthSharing(showing, subject, to - from))
      await runShared(showing, subject, { from, to }, told)
    else await subject.runner.run(from, to, make, told, signal)
  } finally {
    subject.runnable.letGo?.()
  }
}

/** Gives the running model the weights of the subject. Needs the lock. */
export async function loadWeights(
  { runnable, weights }: Subject,
  { pace }: Toolbox,
  signal: AbortSignal,
): Promise<void> {
  if (weights !== null) await runnable.setWeights(weights, () => pace.between(signal))
}
