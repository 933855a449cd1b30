import { StudioError } from '../../core/errors'
import type { SplitName } from '../../core/dataset-manifest'
import { ElementErrors } from '../../data/element-scores'
import type {
  AccuracyEvent,
  MeasureEvent,
  MeasureProgress,
  MeasureWork,
  ModelOutputs,
  OutputsRequest,
  ScoresEvent,
} from '../../protocol/measure-messages'
import { syntheticCount, syntheticInputs } from './agreement'
import { Agreements, placeOf } from './agreements'
import type { AgreementInputs } from './agreement'
import type { DataSplit } from '../samples/attached-data'
import type { Compared, KnownModels } from './known-models'
import { measureElements } from './measure-elements'
import { OriginalOutputs, measureScores } from './measure-scores'
import type { TellRight } from './measure-scores'
import { inputsOf } from './subject'
import { madeUpFor } from '../samples/synthetic-inputs'
import { requireRunnable } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import { collectOutputs } from './outputs'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { withData } from './work-ground'
import type { DataGround, WorkGround } from './work-ground'

interface AskedScores {
  readonly columns: number
  readonly compared: Compared | null
  readonly tellRight: TellRight | undefined
}

/** Measures models against the original: on labelled data where there is some, else on synthetic inputs. */
export class Measurements {
  readonly agreements: Agreements
  readonly known: KnownModels
  private readonly tools: Toolbox

  constructor(tools: Toolbox, known: KnownModels) {
    this.tools = tools
    this.known = known
    this.agreements = new Agreements(tools, known)
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
    const inputs = syntheticInputs(runnable, madeUpFor(state.opened.graph, runnable.inputs))
    // As many as the original was shown, so that what it said counts for its smaller self.
    const count = this.syntheticCount(state)
    return this.agreements.measure(ground, '', count, inputs, compared, emit, signal)
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
    return this.agreements.measure(ground, split.key, split.count, inputs, compared, emit, signal)
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
}
