import { onlySide } from '../../core/output-columns'
import type { MeasureProgress, ModelOutputs } from '../../protocol/measure-messages'
import type { DataSplit } from '../samples/attached-data'
import { inputsOf, runSubject } from './subject'
import type { Subject } from './subject'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'

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
  const report = atMostEvery(EVENT_INTERVAL_MS, () => tools.pace.now(), emit)
  const [output] = subject.runnable.outputs
  const shape = output?.shape ?? []
  const classes = onlySide(shape) ?? shape.at(-1) ?? 1
  const total = Math.min(samples, split.count)
  const values = new Float32Array(total * classes)
  await runSubject(
    { make: inputsOf(split, signal), tools, signal },
    subject,
    0,
    total,
    (piece, start, end) => {
      values.set(piece, start * classes)
      report({ done: end, total })
    },
  )
  const kind = output?.kind ?? 'scores'
  return { samples: total, classes, kind, values: new Blob([values]) }
}
