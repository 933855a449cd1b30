import { elementCount } from '../../core/tensor-spec'
import { columnsOf } from '../../core/output-columns'
import type { OutputKind } from '../../core/output-kind'
import type { OutputMeaning } from '../../core/output-meaning'
import type { AgreementEvent, MeasureWork } from '../../protocol/measure-messages'
import type { MakeInputs } from '../model/forward-runner'
import { ShownCount } from './shown-count'
import { runSubject } from './subject'
import type { AskOriginal, Showing, Subject } from './subject'
import { AgreementTally } from './agreement-tally'
import { toLogits } from './output-distance'
import type { OutputPort, RunnableModel } from '../model/runnable-model'
import { PATIENCE_MS, atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import { syntheticBatch } from '../samples/synthetic-inputs'
import type { MadeUp } from '../samples/synthetic-inputs'
import type { Toolbox } from '../work/toolbox'
import { topClasses } from './top-class'

/** Fixed, so that two models are compared on the same inputs. */
const SEED = 20_251_125
const EVENT_INTERVAL_MS = 100
/** Fewer samples say little; a slow model shows what there is. */
const FIRST_NUMBER = 60

/** Logits of the original on the inputs; grows and is never measured twice. */
export class OriginalLogits {
  readonly total: number
  logits = new Float64Array()
  /** Stays empty where outputs are no classes. */
  classes = new Int32Array()
  /** Rows of one sample: more than one for outputs with positions. */
  rowsPerSample = 0
  measured = 0

  constructor(total: number) {
    this.total = total
  }
}

/** Numbers of all outputs together that are kept to compare with: 256 MB. */
const MOST_NUMBERS = 2 ** 25

/**
 * Fewer inputs for heavier models and larger outputs, by these alone, so that a number can be repeated elsewhere.
 * @param port the first output; sides that are open count as one
 */
export function syntheticCount(macs: number, port: Pick<OutputPort, 'shape'> | undefined): number {
  const byWork = macs > 2e9 ? 60 : macs > 2e8 ? 240 : 510
  const numbers = elementCount((port?.shape ?? []).slice(1).map((side) => side ?? 1))
  return Math.max(1, Math.min(byWork, Math.floor(MOST_NUMBERS / Math.max(1, numbers))))
}

/** What both models are shown. */
export interface AgreementInputs {
  /** Where they are from; null: made up. */
  readonly data: AgreementEvent['data']
  readonly make: MakeInputs
}

/** The same synthetic inputs for every comparison; see `syntheticBatch`. */
export function syntheticInputs(
  { inputs }: Pick<RunnableModel, 'inputs'>,
  madeUp: MadeUp,
): AgreementInputs {
  return { data: null, make: (from, to) => syntheticBatch(inputs, from, to, SEED, madeUp) }
}

export interface AgreementTask {
  /** What is compared with. */
  readonly original: AskOriginal
  /** The first output of what is compared with; null: it has none. */
  readonly port: OutputPort | null
  readonly against: AgreementEvent['against']
  readonly known: OriginalLogits
  /** null: only the original, to say how many classes the inputs reach. */
  readonly compressed: Subject | null
  readonly inputs: AgreementInputs
  /** What the first output says. */
  readonly meaning: OutputMeaning
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

/**
 * How far the outputs moved on unlabelled inputs, from the first output of the model. Not accuracy. Needs the lock.
 * @param emit gets at most ten events a second and always the last
 * @returns the last event, `measured === total`
 */
export async function measureAgreement(
  task: AgreementTask,
  emit: Emit<AgreementEvent | MeasureWork>,
): Promise<AgreementEvent> {
  const { known, port, compressed, tools } = task
  const columns = (port === null ? null : columnsOf(port.shape)) ?? 1
  const { meaning, against, inputs } = task
  // Only alternatives have logits; numbers and vectors are compared as they are.
  const asWritten = (kind: OutputKind): OutputKind => (meaning === 'classes' ? kind : 'scores')
  const kind = asWritten(port?.kind ?? 'scores')
  const passes = known.total - known.measured + (compressed === null ? 0 : known.total)
  const shown = new ShownCount(passes, emit, tools)
  await measureOriginal(task, columns, kind, shown)
  const tally = new AgreementTally(columns, kind, meaning, { against, data: inputs.data })
  const report = atMostEvery<AgreementEvent>(
    EVENT_INTERVAL_MS,
    () => tools.pace.now(),
    emit,
    isFinal,
  )
  if (compressed === null) {
    tally.add(known.logits, known.logits, { expected: known.classes, found: known.classes })
  } else {
    const start = tools.pace.now()
    // A teacher may say scores where its student says probabilities.
    const ownKind = asWritten(compressed.runnable.outputs[0]?.kind ?? kind)
    const isReportable = (measured: number): boolean =>
      measured >= FIRST_NUMBER || tools.pace.now() - start >= PATIENCE_MS
    await runSubject(showing(task), compressed, 0, known.total, (values, from, to) => {
      const rows = known.rowsPerSample
      tally.add(
        known.logits.subarray(from * rows * columns, to * rows * columns),
        toLogits(values, columns, ownKind),
        meaning === 'classes'
          ? {
              expected: known.classes.subarray(from * rows, to * rows),
              found: topClasses(values, columns, ownKind),
            }
          : null,
      )
      shown.add(to - from)
      if (to < known.total && isReportable(to)) report(tally.event(to, known.total))
    })
  }
  const last = tally.event(known.total, known.total)
  report(last)
  return last
}

function isFinal(event: AgreementEvent): boolean {
  return event.measured === event.total
}

async function measureOriginal(
  task: AgreementTask,
  columns: number,
  kind: OutputKind,
  shown: ShownCount,
): Promise<void> {
  const { known, original } = task
  if (known.measured === known.total) return
  const subject = await original()
  await runSubject(showing(task), subject, known.measured, known.total, (values, from, to) => {
    const size = values.length / (to - from)
    if (known.logits.length === 0) {
      known.logits = new Float64Array(size * known.total)
      known.rowsPerSample = size / columns
      if (task.meaning === 'classes')
        known.classes = new Int32Array(known.rowsPerSample * known.total)
    }
    known.logits.set(toLogits(values, columns, kind), from * size)
    if (task.meaning === 'classes')
      known.classes.set(topClasses(values, columns, kind), from * known.rowsPerSample)
    known.measured = to
    shown.add(to - from)
  })
}

function showing({ inputs, tools, signal }: AgreementTask): Showing {
  return { make: inputs.make, tools, signal }
}
