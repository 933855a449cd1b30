import type { ForwardRunner, MakeInputs, UseOutput } from '../model/forward-runner'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { DataSplit } from '../samples/attached-data'
import type { Toolbox } from '../work/toolbox'

/** A model as the evaluation needs it. */
export interface Subject {
  readonly runnable: RunnableModel
  readonly runner: ForwardRunner
  /** null where `runnable` already has them. */
  readonly weights: readonly NamedWeight[] | null
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
  try {
    await loadWeights(subject, tools, signal)
    await subject.runner.run(from, to, make, use, signal)
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
