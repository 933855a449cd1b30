import type { DataSplit } from '../samples/data-split'
import type { UseOutput } from '../model/forward-runner'
import type { Subject } from './measure-scores'
import type { Toolbox } from '../work/toolbox'

interface RunTask {
  readonly split: DataSplit
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

/**
 * Shows samples [from, to) of a split to a model with its weights. Needs the lock.
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function runSubject(
  { split, tools, signal }: RunTask,
  { runnable, runner, weights }: Subject,
  from: number,
  to: number,
  use: UseOutput,
): Promise<void> {
  if (weights !== null) await runnable.setWeights(weights, () => tools.pace.between(signal))
  await runner.run(from, to, (start, end) => split.inputs(start, end, signal), use, signal)
}
