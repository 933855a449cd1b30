import { ElementErrors } from '../../data/element-scores'
import type { MeasureWork, ScoresEvent } from '../../protocol/measure-messages'
import type { DataSplit } from '../samples/attached-data'
import { PATIENCE_MS, atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { ShownCount } from './shown-count'
import { inputsOf, runSubject } from './subject'
import type { AskOriginal, Subject } from './subject'

const EVENT_INTERVAL_MS = 100
/** Outputs are large: a first number comes after fewer samples than of classes. */
const FIRST_NUMBER = 32

interface ElementTask {
  /** With a picture or an array that is expected of each sample. */
  readonly split: DataSplit
  readonly original: AskOriginal
  /** Of the original on the first samples; grows and is never measured twice. */
  readonly known: ElementErrors
  /** The model to compare with the original; null measures the original alone. */
  readonly compressed: Subject | null
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

/**
 * How far the first output of a model is from a picture or an array for each sample of a split, number by
 * number, in the split's order. Neither outputs nor targets are kept. Needs the lock.
 * @param emit gets at most ten events a second and always the last
 * @returns the last event, `measured === total`
 * @throws StudioError 'engine/cancelled', 'data/image-...', 'data/targets-shape' or the fault of the device
 */
export async function measureElements(
  task: ElementTask,
  emit: Emit<ScoresEvent | MeasureWork>,
): Promise<ScoresEvent> {
  const { split, known, compressed, tools } = task
  const total = split.count
  const passes = total - known.measured + (compressed === null ? 0 : total)
  const shown = new ShownCount(passes, emit, tools)
  const isFinal = ({ measured }: ScoresEvent): boolean => measured === total
  const report = atMostEvery<ScoresEvent>(EVENT_INTERVAL_MS, () => tools.pace.now(), emit, isFinal)
  const start = tools.pace.now()
  const isReportable = (measured: number): boolean =>
    measured < total && (measured >= FIRST_NUMBER || tools.pace.now() - start >= PATIENCE_MS)
  if (known.measured < total)
    await compare(task, await task.original(), known, (added) => {
      shown.add(added)
      if (compressed === null && isReportable(known.measured)) report(eventOf(split, known, known))
    })
  let found = known
  if (compressed !== null) {
    const errors = new ElementErrors(total)
    found = errors
    await compare(task, compressed, errors, (added) => {
      shown.add(added)
      if (isReportable(errors.measured)) report(eventOf(split, known, errors))
    })
  }
  const last = eventOf(split, known, found)
  report(last)
  return last
}

/** Adds all samples that are not measured yet. */
async function compare(
  { split, tools, signal }: ElementTask,
  subject: Subject,
  errors: ElementErrors,
  progress: (added: number) => void,
): Promise<void> {
  const { expected } = split
  if (expected === null) throw new RangeError('a split without targets')
  const showing = { make: inputsOf(split, signal), tools, signal }
  if (errors.measured === split.count) return
  await runSubject(showing, subject, errors.measured, split.count, async (values, from, to) => {
    const samples = Uint32Array.from({ length: to - from }, (_, row) => from + row)
    const { values: targets } = await expected(samples, signal)
    errors.add(values, targets, samples.length)
    progress(samples.length)
  })
}

function eventOf(split: DataSplit, original: ElementErrors, found: ElementErrors): ScoresEvent {
  const { dataset, name, count: total } = split
  const { measured } = found
  const originals = original.scores(measured)
  return {
    type: 'scores',
    task: 'regression',
    split: name,
    dataset,
    measured,
    total,
    scores: found.scores(measured).map(({ id, value }, index) => ({
      id,
      value,
      original: originals[index]?.value ?? null,
    })),
  }
}
