import type { AgreementEvent } from '../../protocol/measure-messages'
import type { MakeInputs } from '../model/forward-runner'
import { runSubject } from './subject'
import type { Showing, Subject } from './subject'
import { relativeDistance, softmaxDivergence, toLogits } from './output-distance'
import type { OutputPort, RunnableModel } from '../model/runnable-model'
import { PATIENCE_MS, atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import { syntheticBatch } from '../samples/synthetic-inputs'
import type { Toolbox } from '../work/toolbox'
import { topClasses } from './top-class'

/** Fixed, so that two models are compared on the same inputs. */
const SEED = 20_251_125
const EVENT_INTERVAL_MS = 100
/** Fewer samples say little; a slow model shows what there is. */
const FIRST_NUMBER = 60

/** Of a thousand classes nobody's noise reaches five hundred; sixteen are enough to tell models apart. */
const MOST_CLASSES_ASKED = 16
/** One class with more than this share would make even a constant model agree. */
const LARGEST_SHARE = 0.8

/** Logits and classes of the original on the inputs; grows and is never measured twice. */
export class OriginalLogits {
  readonly total: number
  logits = new Float64Array()
  classes = new Int32Array()
  /** Rows of one sample: more than one for outputs with positions. */
  rowsPerSample = 0
  measured = 0

  constructor(total: number) {
    this.total = total
  }
}

/** Fewer inputs for heavier models, by their work alone, so that a number can be repeated elsewhere. */
export function syntheticCount(macs: number): number {
  return macs > 2e9 ? 60 : macs > 2e8 ? 240 : 510
}

/** What both models are shown. */
export interface AgreementInputs {
  /** Where they are from; null: made up. */
  readonly data: AgreementEvent['data']
  readonly make: MakeInputs
}

/**
 * The same synthetic inputs for every comparison; see `syntheticBatch`.
 * @param vocabulary bound of integer inputs, 0 where the model has none
 */
export function syntheticInputs(
  { inputs }: Pick<RunnableModel, 'inputs'>,
  vocabulary: number,
): AgreementInputs {
  return { data: null, make: (from, to) => syntheticBatch(inputs, from, to, SEED, vocabulary) }
}

export interface AgreementTask {
  /** What is compared with. */
  readonly original: Subject
  readonly against: AgreementEvent['against']
  readonly known: OriginalLogits
  /** null: only the original, to say how many classes the inputs reach. */
  readonly compressed: Subject | null
  readonly inputs: AgreementInputs
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
  emit: Emit<AgreementEvent>,
): Promise<AgreementEvent> {
  const { known, original, compressed, tools } = task
  const port = original.runnable.outputs[0]
  const columns = port?.shape.at(-1) ?? 1
  const kind = port?.kind ?? 'scores'
  await measureOriginal(task, columns, kind)
  const tally = new Tally(columns, kind, isPicture(original.runnable), task)
  const report = atMostEvery(EVENT_INTERVAL_MS, () => tools.pace.now(), emit, isFinal)
  if (compressed === null) {
    tally.add(known.logits, known.logits, known.classes, known.classes)
  } else {
    const start = tools.pace.now()
    // A teacher may say scores where its student says probabilities.
    const ownKind = compressed.runnable.outputs[0]?.kind ?? kind
    const isReportable = (measured: number): boolean =>
      measured >= FIRST_NUMBER || tools.pace.now() - start >= PATIENCE_MS
    await runSubject(showing(task), compressed, 0, known.total, (values, from, to) => {
      const rows = known.rowsPerSample
      tally.add(
        known.logits.subarray(from * rows * columns, to * rows * columns),
        toLogits(values, columns, ownKind),
        known.classes.subarray(from * rows, to * rows),
        topClasses(values, columns, ownKind),
      )
      if (to < known.total && isReportable(to)) report(tally.event(to, known.total))
    })
  }
  const last = tally.event(known.total, known.total)
  report(last)
  return last
}

/** Whether the model makes pictures of pictures: its output's last side is colours then, and no classes. */
function isPicture({ inputs, outputs }: Pick<RunnableModel, 'inputs' | 'outputs'>): boolean {
  const [input, output] = [inputs[0]?.shape, outputs[0]?.shape]
  const colours = output?.at(-1) ?? 0
  return (
    input?.length === 4 &&
    output?.length === 4 &&
    outputs[0]?.kind !== 'probabilities' &&
    (colours === 3 || colours === 4) &&
    input.at(-1) === colours
  )
}

function isFinal(event: AgreementEvent): boolean {
  return event.measured === event.total
}

async function measureOriginal(
  task: AgreementTask,
  columns: number,
  kind: OutputPort['kind'],
): Promise<void> {
  const { known, original } = task
  if (known.measured === known.total) return
  await runSubject(showing(task), original, known.measured, known.total, (values, from, to) => {
    const size = values.length / (to - from)
    if (known.logits.length === 0) {
      known.logits = new Float64Array(size * known.total)
      known.rowsPerSample = size / columns
      known.classes = new Int32Array(known.rowsPerSample * known.total)
    }
    known.logits.set(toLogits(values, columns, kind), from * size)
    known.classes.set(topClasses(values, columns, kind), from * known.rowsPerSample)
    known.measured = to
  })
}

function showing({ inputs, tools, signal }: AgreementTask): Showing {
  return { make: inputs.make, tools, signal }
}

/** Adds up what the event says. */
class Tally {
  private readonly columns: number
  private readonly kind: OutputPort['kind']
  private readonly picture: boolean
  private readonly facts: Pick<AgreementEvent, 'against' | 'data'>
  private rows = 0
  private agreeing = 0
  private distance = 0
  private divergence = 0
  private readonly reached = new Map<number, number>()

  constructor(
    columns: number,
    kind: OutputPort['kind'],
    picture: boolean,
    { against, inputs }: AgreementTask,
  ) {
    this.columns = columns
    this.kind = kind
    this.picture = picture
    this.facts = { against, data: inputs.data }
  }

  add(
    expected: Float64Array,
    found: Float64Array,
    expectedClasses: Int32Array,
    foundClasses: Int32Array,
  ): void {
    const { columns } = this
    for (let row = 0; row < expectedClasses.length; row++) {
      const before = expected.subarray(row * columns, (row + 1) * columns)
      const after = found.subarray(row * columns, (row + 1) * columns)
      const known = expectedClasses[row] ?? 0
      this.rows++
      if (known === foundClasses[row]) this.agreeing++
      this.distance += relativeDistance(before, after)
      if (this.hasDistribution()) this.divergence += softmaxDivergence(before, after)
      this.reached.set(known, (this.reached.get(known) ?? 0) + 1)
    }
  }

  event(measured: number, total: number): AgreementEvent {
    const informative = this.isInformative()
    const rows = Math.max(1, this.rows)
    return {
      type: 'agreement',
      ...this.facts,
      measured,
      total,
      agreement: informative ? this.agreeing / rows : null,
      relativeError: this.distance / rows,
      klDivergence: this.hasDistribution() ? this.divergence / rows : null,
      classesReached: Math.min(this.reached.size, this.classes()),
      classes: this.classes(),
      informative,
    }
  }

  /** Colours and a sigmoid's columns are not alternatives, and a single column has none. */
  private hasDistribution(): boolean {
    return this.columns > 1 && this.kind !== 'sigmoid' && !this.picture
  }

  /** One column of scores is a number, not a choice between two classes; so is a colour. */
  private classes(): number {
    if (this.picture) return 1
    return this.columns > 1 ? this.columns : this.kind === 'sigmoid' ? 2 : 1
  }

  private isInformative(): boolean {
    const asked = Math.max(2, Math.min(MOST_CLASSES_ASKED, Math.ceil(this.classes() / 2)))
    const largest = Math.max(0, ...this.reached.values())
    return (
      this.classes() > 1 &&
      this.reached.size >= asked &&
      largest <= LARGEST_SHARE * Math.max(1, this.rows)
    )
  }
}
