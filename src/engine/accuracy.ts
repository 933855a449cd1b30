import type { AccuracyEvent } from '../protocol/messages'
import type { ForwardRunner } from './forward-runner'
import { inputBatch } from './labelled-split'
import type { LabelledSplit } from './labelled-split'
import type { NamedWeight, RunnableModel } from './runnable-model'
import { PATIENCE_MS, atMostEvery } from './stream'
import type { Emit } from './stream'
import type { Toolbox } from './toolbox'
import { topClasses } from './top-class'

/** After so many samples there is a first number; then the whole split. */
const STAGES = [256, 1024]
const EVENT_INTERVAL_MS = 100

/** A model as the evaluation needs it. */
export interface Subject {
  readonly runnable: RunnableModel
  readonly runner: ForwardRunner
  /** null where `runnable` already has them. */
  readonly weights: readonly NamedWeight[] | null
}

/** Which of the first samples of a split the original gets right; grows and is never measured twice. */
export class OriginalResults {
  readonly correct: Uint8Array
  measured = 0

  constructor(count: number) {
    this.correct = new Uint8Array(count)
  }

  countCorrect(samples: number): number {
    let count = 0
    for (let i = 0; i < samples; i++) count += this.correct[i] ?? 0
    return count
  }
}

export interface AccuracyTask {
  readonly split: LabelledSplit
  readonly imageShape: readonly number[]
  readonly original: Subject
  readonly results: OriginalResults
  /** The model to compare with the original; null measures the original alone. */
  readonly compressed: Subject | null
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

/**
 * Share of right answers on a split, in its fixed order, growing from a few hundred samples to all.
 * The original is measured on the same samples where that has not been done before. Needs the lock.
 * @param emit gets the first number after 256 samples or two seconds, then at most ten a second, and always the last
 * @returns the last event, `measured === total`
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function measureAccuracy(
  task: AccuracyTask,
  emit: Emit<AccuracyEvent>,
): Promise<AccuracyEvent> {
  const { split, results, tools } = task
  const report = atMostEvery(EVENT_INTERVAL_MS, () => tools.pace.now(), emit, isFinal)
  const event = (correct: number, measured: number): AccuracyEvent => ({
    type: 'accuracy',
    split: split.name,
    dataset: split.dataset,
    correct,
    measured,
    total: split.count,
    originalCorrect: results.countCorrect(measured),
  })
  const start = tools.pace.now()
  const isReportable = (measured: number): boolean =>
    measured >= Math.min(STAGES[0] ?? 0, split.count) || tools.pace.now() - start >= PATIENCE_MS
  let done = 0
  let correct = 0
  let last = event(0, 0)
  for (const stage of stagesOf(split.count)) {
    const { compressed } = task
    await measureOriginal(task, stage, (measured) => {
      if (compressed === null && isReportable(measured))
        report(event(results.countCorrect(measured), measured))
    })
    if (compressed === null) correct = results.countCorrect(stage)
    else
      await classify(task, compressed, done, stage, (right, from, to) => {
        for (let i = from; i < to; i++) correct += right[i - from] ?? 0
        if (to < split.count && isReportable(to)) report(event(correct, to))
      })
    done = stage
    last = event(correct, done)
  }
  report(last)
  return last
}

function isFinal(event: AccuracyEvent): boolean {
  return event.measured === event.total
}

function stagesOf(count: number): number[] {
  return [...STAGES.filter((stage) => stage < count), count]
}

async function measureOriginal(
  task: AccuracyTask,
  upTo: number,
  progress: (measured: number) => void,
): Promise<void> {
  const { original, results } = task
  if (results.measured >= upTo) return
  await classify(task, original, results.measured, upTo, (right, from, to) => {
    results.correct.set(right, from)
    results.measured = to
    progress(to)
  })
}

async function classify(
  { split, imageShape, tools, signal }: AccuracyTask,
  subject: Subject,
  from: number,
  to: number,
  use: (right: Uint8Array, from: number, to: number) => void,
): Promise<void> {
  const { runnable, runner, weights } = subject
  if (weights !== null) await runnable.setWeights(weights, () => tools.pace.checkpoint(signal))
  const output = runnable.outputs[0]
  const columns = output?.shape.at(-1) ?? 1
  await runner.run(
    from,
    to,
    (start, end) => inputBatch(split, runnable, imageShape, start, end),
    (values, start, end) => {
      const classes = topClasses(values, columns, output?.kind ?? 'scores')
      use(
        Uint8Array.from(classes, (found, index) => (found === split.labels[start + index] ? 1 : 0)),
        start,
        end,
      )
    },
    signal,
  )
}
