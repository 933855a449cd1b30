import type { OutputKind } from '../../core/output-kind'
import { ClassTally, MultiLabelTally, RegressionTally } from '../../data/scores'
import type { Targets } from '../../data/task'
import type { AccuracyEvent, MeasureWork, ScoresEvent } from '../../protocol/measure-messages'
import type { DataSplit } from '../samples/attached-data'
import { ShownCount } from './shown-count'
import { inputsOf, runSubject } from './subject'
import type { AskOriginal, Showing, Subject } from './subject'
import { PATIENCE_MS, atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'

/** After so many samples there is a first number; then the whole split. */
const STAGES = [256, 1024]
const EVENT_INTERVAL_MS = 100
/** Below this many outputs the five largest say little. */
const FEWEST_FOR_TOP_FIVE = 10

/** Outputs of the original for the first samples of a split; grows and is never measured twice. */
export class OriginalOutputs {
  readonly outputs: Float32Array
  measured = 0

  constructor(count: number, columns: number) {
    this.outputs = new Float32Array(count * columns)
  }
}

/** Told of the samples from one on which ones the compared model and the original have right: 1, else 0. Of classes alone. */
export type TellRight = (from: number, found: Uint8Array, original: Uint8Array) => void

export interface ScoreTask {
  /** Labelled. */
  readonly split: DataSplit
  readonly original: AskOriginal
  readonly known: OriginalOutputs
  /** Of the first output, the same of both. */
  readonly kind: OutputKind
  /** The model to compare with the original; null measures the original alone. */
  readonly compressed: Subject | null
  readonly tellRight?: TellRight | undefined
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

type LabelledTargets = Exclude<Targets, { task: 'unlabelled' } | { task: 'elements' }>

/**
 * How well a model does on a split, in its fixed order, growing from a few hundred samples to all. The
 * original is measured on the same samples where that has not been done before. Needs the lock.
 * @param emit gets the first number after 256 samples or two seconds, then at most ten a second, and
 * always the last
 * @returns the last event, `measured === total`
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function measureScores(
  task: ScoreTask,
  emit: Emit<AccuracyEvent | ScoresEvent | MeasureWork>,
): Promise<AccuracyEvent | ScoresEvent> {
  const { split, known, compressed, tools } = task
  const { targets } = split
  if (targets.task === 'unlabelled' || targets.task === 'elements')
    throw new RangeError('a split without a row of labels has no such scores')
  const { columns } = targets
  const report = atMostEvery<AccuracyEvent | ScoresEvent>(
    EVENT_INTERVAL_MS,
    () => tools.pace.now(),
    emit,
    isFinal,
  )
  const passes = split.count - known.measured + (compressed === null ? 0 : split.count)
  const shown = new ShownCount(passes, emit, tools)
  const tally = new PairedTally(split, targets, task)
  const answersOf = (from: number, to: number): Float32Array =>
    known.outputs.subarray(from * columns, to * columns)
  const start = tools.pace.now()
  const isReportable = (measured: number): boolean =>
    measured < split.count &&
    (measured >= (STAGES[0] ?? 0) || tools.pace.now() - start >= PATIENCE_MS)
  let done = 0
  for (const stage of stagesOf(split.count)) {
    if (compressed === null) {
      const counted = (to: number): void => {
        tally.add(answersOf(done, to), answersOf(done, to), done)
        done = to
        if (isReportable(to)) report(tally.event(to))
      }
      if (known.measured > done) counted(Math.min(stage, known.measured))
      await measureOriginal(task, columns, stage, shown, counted)
    } else {
      await measureOriginal(task, columns, stage, shown, () => undefined)
      await runSubject(showing(task), compressed, done, stage, (values, from, to) => {
        tally.add(answersOf(from, to), values, from)
        shown.add(to - from)
        if (isReportable(to)) report(tally.event(to))
      })
      done = stage
    }
  }
  const last = tally.event(split.count)
  report(last)
  return last
}

function isFinal(event: AccuracyEvent | ScoresEvent): boolean {
  return event.measured === event.total
}

function stagesOf(count: number): number[] {
  return [...STAGES.filter((stage) => stage < count), count]
}

async function measureOriginal(
  task: ScoreTask,
  columns: number,
  upTo: number,
  shown: ShownCount,
  progress: (measured: number) => void,
): Promise<void> {
  const { original, known } = task
  if (known.measured >= upTo) return
  await runSubject(showing(task), await original(), known.measured, upTo, (values, from, to) => {
    known.outputs.set(values, from * columns)
    known.measured = to
    shown.add(to - from)
    progress(to)
  })
}

function showing({ split, tools, signal }: ScoreTask): Showing {
  return { make: inputsOf(split, signal), tools, signal }
}

/** Keeps the score of the original and of the other model on the same samples. */
class PairedTally {
  private readonly split: DataSplit
  private readonly pair: Pair
  private readonly tellRight: TellRight
  private onlyOriginal = 0
  private onlyCompressed = 0

  constructor(
    split: DataSplit,
    targets: LabelledTargets,
    { kind, tellRight }: Pick<ScoreTask, 'kind' | 'tellRight'>,
  ) {
    this.split = split
    this.pair = pairOf(targets, kind)
    this.tellRight = tellRight ?? (() => undefined)
  }

  add(original: Float32Array, found: Float32Array, from: number): void {
    const { pair } = this
    const before = pair.original.add({ outputs: original, from })
    const after = pair.found.add({ outputs: found, from })
    if (pair.task === 'classes' && after && before) this.tellRight(from, after, before)
    before?.forEach((right, row) => {
      if (right > (after?.[row] ?? 0)) this.onlyOriginal++
      if (right < (after?.[row] ?? 0)) this.onlyCompressed++
    })
  }

  event(measured: number): AccuracyEvent | ScoresEvent {
    const { dataset, name: split, count: total } = this.split
    const where = { split, dataset, measured, total }
    const { pair } = this
    if (pair.task !== 'classes') {
      const originals = pair.original.scores()
      const scores = pair.found.scores().map(({ id, value }, index) => ({
        id,
        value,
        original: originals[index]?.value ?? null,
      }))
      return { type: 'scores', task: pair.task, ...where, scores }
    }
    const before = pair.original.scores()
    const after = pair.found.scores()
    return {
      type: 'accuracy',
      ...where,
      correct: after.correct,
      originalCorrect: before.correct,
      paired: { onlyOriginal: this.onlyOriginal, onlyCompressed: this.onlyCompressed },
      topFive:
        pair.columns < FEWEST_FOR_TOP_FIVE
          ? null
          : { correct: after.topFive, originalCorrect: before.topFive },
      confusion:
        measured === total && after.confusion.length > 0 ? Array.from(after.confusion) : null,
    }
  }
}

type Pair =
  | {
      readonly task: 'classes'
      readonly columns: number
      readonly original: ClassTally
      readonly found: ClassTally
    }
  | {
      readonly task: 'multiLabel'
      readonly original: MultiLabelTally
      readonly found: MultiLabelTally
    }
  | {
      readonly task: 'regression'
      readonly original: RegressionTally
      readonly found: RegressionTally
    }

function pairOf(targets: LabelledTargets, kind: OutputKind): Pair {
  switch (targets.task) {
    case 'classification':
    case 'binary':
      return {
        task: 'classes',
        columns: targets.columns,
        original: new ClassTally(targets, kind),
        found: new ClassTally(targets, kind),
      }
    case 'multiLabel':
      return {
        task: 'multiLabel',
        original: new MultiLabelTally(targets, kind),
        found: new MultiLabelTally(targets, kind),
      }
    case 'regression':
      return {
        task: 'regression',
        original: new RegressionTally(targets),
        found: new RegressionTally(targets),
      }
  }
}
