import { StudioError } from '../../core/errors'
import type { SplitName } from '../../core/dataset-manifest'
import { ElementErrors } from '../../data/element-scores'
import type {
  AccuracyEvent,
  AgreementEvent,
  MeasureEvent,
  MeasureProgress,
  MeasureWork,
  ModelOutputs,
  OutputsRequest,
  ScoresEvent,
} from '../../protocol/measure-messages'
import { OriginalLogits, measureAgreement, syntheticCount, syntheticInputs } from './agreement'
import type { AgreementInputs } from './agreement'
import type { DataSplit } from '../samples/attached-data'
import { ForwardRunner } from '../model/forward-runner'
import type { Compared, KnownModels } from './known-models'
import { measureElements } from './measure-elements'
import { OriginalOutputs, measureScores } from './measure-scores'
import type { TellRight } from './measure-scores'
import { inputsOf, runSubject } from './subject'
import { topClasses } from './top-class'
import { vocabularyOf } from '../samples/synthetic-inputs'
import { requireRunnable } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import { collectOutputs } from './outputs'
import type { NamedWeight, RunnableModel } from '../model/runnable-model'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { withData } from './work-ground'
import type { DataGround, WorkGround } from './work-ground'

/** What weights of the open model are compared with: others of it, or a model that takes its inputs. */
type ComparedWith =
  | { readonly weights: readonly NamedWeight[] }
  | { readonly teacher: RunnableModel }

interface AskedScores {
  readonly columns: number
  readonly compared: Compared | null
  readonly tellRight: TellRight | undefined
}

/** Measures models against the original: on labelled data where there is some, else on synthetic inputs. */
export class Measurements {
  private readonly tools: Toolbox
  private readonly known: KnownModels

  constructor(tools: Toolbox, known: KnownModels) {
    this.tools = tools
    this.known = known
  }

  /** What work on the model stands on that begins now. */
  groundOf(state: OpenModelState): WorkGround {
    if (state.runnable === null) return { state, data: null, meaning: 'classes' }
    return { state, data: this.known.of(state).data, meaning: this.known.meaning(state) }
  }

  /**
   * Measures on the validation split, or without data on synthetic inputs.
   * @param compared null: the original itself
   */
  async measure(
    ground: WorkGround,
    compared: Compared | null,
    emit: Emit<MeasureEvent | MeasureWork>,
    signal: AbortSignal,
    tellRight?: TellRight,
  ): Promise<MeasureEvent> {
    const onData = withData(ground)
    if (onData !== null)
      return this.measureSplit(onData, 'validation', compared, emit, signal, tellRight)
    const { state } = ground
    const runnable = requireRunnable(state)
    const inputs = syntheticInputs(runnable, vocabularyOf(state.opened.graph, runnable.inputs))
    // As many as the original was shown, so that what it said counts for its smaller self.
    const count = this.syntheticCount(state)
    return this.measureAgreement(ground, '', count, inputs, compared, emit, signal)
  }

  /**
   * Samples that measuring will show to models: those that the original has answered before are not shown to it
   * again. Without data they are synthetic.
   * @param compared what will be measured
   */
  async passes(
    ground: WorkGround,
    name: SplitName,
    compared: Compared,
    signal: AbortSignal,
  ): Promise<number> {
    const onData = withData(ground)
    const { state, meaning } = ground
    const split = onData && (await onData.data.split(name, () => undefined, signal))
    const { count, key } = split ?? { count: this.syntheticCount(state), key: '' }
    const { errors, logits, outputs } = this.known.answersOf(state, compared)
    const known = outputs.get(key) ?? errors.get(key) ?? logits.get(placeOf(meaning, key))
    return 2 * count - (known?.measured ?? 0)
  }

  /** The time that showing so many samples to a file's model should take, as the last ones of the open one have taken. */
  expectedMs(state: OpenModelState, samples: number): number {
    const { quick, stock } = this.known.of(state)
    return Math.max(stock.runner.msFor(samples), quick?.runner.msFor(samples) ?? 0)
  }

  private syntheticCount(state: OpenModelState): number {
    const { macs, parameters } = state.original.summary
    return syntheticCount(macs ?? 50 * parameters, requireRunnable(state).outputs[0])
  }

  /** Measures on a split of the attached data. */
  async measureSplit(
    ground: DataGround,
    name: SplitName,
    compared: Compared | null,
    emit: Emit<MeasureEvent | MeasureWork>,
    signal: AbortSignal,
    tellRight?: TellRight,
  ): Promise<MeasureEvent> {
    const split = await ground.data.split(name, () => undefined, signal)
    if (split.targets.task === 'elements')
      return this.measureElements(ground.state, split, compared, emit, signal)
    if (split.targets.task !== 'unlabelled') {
      const asked = { columns: split.targets.columns, compared, tellRight }
      return this.measureScores(ground.state, split, asked, emit, signal)
    }
    const inputs: AgreementInputs = {
      data: { dataset: split.dataset, split: name },
      make: inputsOf(split, signal),
    }
    return this.measureAgreement(ground, split.key, split.count, inputs, compared, emit, signal)
  }

  private measureScores(
    state: OpenModelState,
    split: DataSplit,
    { columns, compared, tellRight }: AskedScores,
    emit: Emit<AccuracyEvent | ScoresEvent | MeasureWork>,
    signal: AbortSignal,
  ): Promise<AccuracyEvent | ScoresEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const { outputs } = this.known.answersOf(state, compared)
      const known = outputs.get(split.key) ?? new OriginalOutputs(split.count, columns)
      outputs.set(split.key, known)
      const compressed = this.known.subject(state, compared)
      const kind = requireRunnable(state).outputs[0]?.kind ?? 'scores'
      const { known: models, tools } = this
      return models.withOriginal(
        state,
        signal,
        (original) =>
          measureScores(
            { split, original, known, kind, compressed, tellRight, tools, signal },
            emit,
          ),
        compared,
      )
    })
  }

  private measureElements(
    state: OpenModelState,
    split: DataSplit,
    compared: Compared | null,
    emit: Emit<ScoresEvent | MeasureWork>,
    signal: AbortSignal,
  ): Promise<ScoresEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const { errors } = this.known.answersOf(state, compared)
      const known = errors.get(split.key) ?? new ElementErrors(split.count)
      errors.set(split.key, known)
      const compressed = this.known.subject(state, compared)
      const { known: models, tools } = this
      return models.withOriginal(
        state,
        signal,
        (original) => measureElements({ split, original, known, compressed, tools, signal }, emit),
        compared,
      )
    })
  }

  /**
   * How far weights of the open model are from a reference.
   * @param known what the reference has said to these inputs already
   */
  measureFrom(
    { state, meaning }: WorkGround,
    inputs: AgreementInputs,
    { from, known }: { readonly from: ComparedWith; readonly known: OriginalLogits },
    to: readonly NamedWeight[],
    signal: AbortSignal,
  ): Promise<AgreementEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const { tools } = this
      const opened = this.known.opened(state)
      const teacher = 'teacher' in from ? from.teacher : null
      const original =
        teacher === null
          ? { ...opened, ...from }
          : {
              runnable: teacher,
              runner: new ForwardRunner(teacher, state.macs, tools),
              weights: null,
            }
      return measureAgreement(
        {
          original: () => Promise.resolve(original),
          port: (teacher ?? requireRunnable(state)).outputs[0] ?? null,
          against: teacher === null ? 'original' : 'teacher',
          ...{ meaning, known, inputs, tools, signal },
          compressed: { ...opened, weights: to },
        },
        () => undefined,
      )
    })
  }

  /**
   * What a model computes for the first samples of a split, the open one with other weights or another one.
   * @throws StudioError 'engine/no-data' without attached data
   */
  async outputs(
    { state, data }: WorkGround,
    { split: name, first }: Pick<OutputsRequest, 'split' | 'first'>,
    compared: Compared,
    emit: Emit<MeasureProgress>,
    signal: AbortSignal,
  ): Promise<ModelOutputs> {
    if (data === null) throw new StudioError('engine/no-data', {})
    const split = await data.split(name, () => undefined, signal)
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      return collectOutputs(
        {
          split,
          subject: this.known.subject(state, compared) ?? this.known.opened(state),
          samples: first,
          tools: this.tools,
          signal,
        },
        emit,
      )
    })
  }

  /**
   * The classes that the inference pass finds with these weights, of the validation split.
   * @returns null where it does not run the model, or the split has no classes
   */
  async quickClasses(
    ground: DataGround,
    weights: readonly NamedWeight[],
    signal: AbortSignal,
  ): Promise<Int32Array | null> {
    const { state } = ground
    const split = await ground.data.split('validation', () => undefined, signal)
    const columns = classColumns(split)
    const kind = state.quick?.runnable.outputs[0]?.kind
    if (columns === null || kind === undefined) return null
    return this.tools.exclusive.run(signal, async () => {
      this.known.requireOpen(state)
      const found = new Int32Array(split.count)
      const showing = { make: inputsOf(split, signal), tools: this.tools, signal }
      const subject = { ...this.known.opened(state), weights }
      await runSubject(showing, subject, 0, split.count, (values, from) => {
        found.set(topClasses(values, columns, kind), from)
      })
      return found
    })
  }

  private measureAgreement(
    { state, meaning }: WorkGround,
    key: string,
    count: number,
    inputs: AgreementInputs,
    compared: Compared | null,
    emit: Emit<AgreementEvent | MeasureWork>,
    signal: AbortSignal,
  ): Promise<AgreementEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      const { logits } = this.known.answersOf(state, compared)
      const place = placeOf(meaning, key)
      const known = logits.get(place) ?? new OriginalLogits(count)
      logits.set(place, known)
      const compressed = this.known.subject(state, compared)
      const port = requireRunnable(state).outputs[0] ?? null
      const { known: models, tools } = this
      return models.withOriginal(
        state,
        signal,
        (original) =>
          measureAgreement(
            {
              original,
              port,
              against: 'original',
              meaning,
              known,
              compressed,
              inputs,
              tools,
              signal,
            },
            emit,
          ),
        compared,
      )
    })
  }
}

/** Columns of outputs that say a class; null: they say something else. */
function classColumns({ targets }: DataSplit): number | null {
  const { task } = targets
  return task === 'classification' || task === 'binary' ? targets.columns : null
}

/** What is kept of outputs is kept for one comparison. */
function placeOf(meaning: WorkGround['meaning'], key: string): string {
  return JSON.stringify([meaning, key])
}
