import type { MeasureProgress, ModelOutputs } from '../protocol/messages'
import type { DataSplit } from './data-split'
import type { Subject } from './measure-scores'
import { atMostEvery } from './stream'
import type { Emit } from './stream'
import type { Toolbox } from './toolbox'

const EVENT_INTERVAL_MS = 100

export interface OutputsTask {
  readonly split: DataSplit
  readonly subject: Subject
  readonly samples: number
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

/**
 * The first output of the model for the first samples of a split. Needs the lock.
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function collectOutputs(
  { split, subject, samples, tools, signal }: OutputsTask,
  emit: Emit<MeasureProgress>,
): Promise<ModelOutputs> {
  const { runnable, runner, weights } = subject
  const report = atMostEvery(EVENT_INTERVAL_MS, () => tools.pace.now(), emit)
  if (weights !== null) await runnable.setWeights(weights, () => tools.pace.checkpoint(signal))
  const [output] = runnable.outputs
  const classes = output?.shape.at(-1) ?? 1
  const total = Math.min(samples, split.count)
  const values = new Float32Array(total * classes)
  await runner.run(
    0,
    total,
    (start, end) => split.inputs(start, end, signal),
    (piece, start, end) => {
      values.set(piece, start * classes)
      report({ done: end, total })
    },
    signal,
  )
  const kind = output?.kind ?? 'scores'
  return { samples: total, classes, kind, values: new Blob([values]) }
}
