import { StudioError } from '../core/errors'
import type {
  AccuracyEvent,
  AgreementEvent,
  DataSummary,
  MeasureProgress,
  ModelOutputs,
  OpenProgress,
  OutputsRequest,
  SplitName,
} from '../protocol/messages'
import { OriginalResults, measureAccuracy } from './accuracy'
import type { Subject } from './accuracy'
import { OriginalOutputs, measureAgreement, syntheticCount, vocabularyOf } from './agreement'
import type { Dataset, DatasetStore } from './dataset-store'
import { ForwardRunner } from './forward-runner'
import { checkFit } from './labelled-split'
import type { ModelStore, OpenModelState } from './model-store'
import { collectOutputs } from './outputs'
import type { NamedWeight, RunnableModel } from './runnable-model'
import type { Emit } from './stream'
import type { Toolbox } from './toolbox'

/** What is compared with the original: other weights in the running model, or another model. */
export type Compared =
  | { readonly kind: 'weights'; readonly weights: readonly NamedWeight[] }
  | { readonly kind: 'model'; readonly runnable: RunnableModel }

/** What is known of an open model and need not be measured again. */
interface Known {
  readonly runner: ForwardRunner
  readonly results: Map<string, OriginalResults>
  readonly outputs: OriginalOutputs
  /** Chosen for this model by the person, never by itself. */
  dataset: Dataset | null
}

/** Measures models against the original: on labelled data where there is some, else on synthetic inputs. */
export class Measurements {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly datasets: DatasetStore
  private readonly known = new WeakMap<OpenModelState, Known>()

  constructor(tools: Toolbox, models: ModelStore, datasets: DatasetStore) {
    this.tools = tools
    this.models = models
    this.datasets = datasets
  }

  /**
   * Loads the validation split and attaches the data to the open model.
   * @throws StudioError 'data/...', 'engine/no-model'
   */
  async attach(
    datasetId: string,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<DataSummary> {
    const state = this.models.require()
    const dataset = await this.datasets.describe(datasetId, signal)
    checkFit(state.runnable, dataset.form)
    await this.datasets.split(dataset, 'validation', emit, signal)
    this.requireOpen(state)
    this.of(state).dataset = dataset
    return dataset.summary
  }

  detach(): void {
    const state = this.models.current
    if (state !== null) this.of(state).dataset = null
  }

  datasetOf(state: OpenModelState): Dataset | null {
    return this.of(state).dataset
  }

  /**
   * Measures on the validation split, or without data on synthetic inputs.
   * @param compared null: the original itself
   */
  async measure(
    state: OpenModelState,
    compared: Compared | null,
    emit: Emit<AccuracyEvent | AgreementEvent>,
    signal: AbortSignal,
  ): Promise<AccuracyEvent | AgreementEvent> {
    const { dataset } = this.of(state)
    return dataset === null
      ? this.measureAgreement(state, compared, emit, signal)
      : this.measureSplit(state, dataset, 'validation', compared, emit, signal)
  }

  /** Measures on a split of the attached data. */
  async measureSplit(
    state: OpenModelState,
    dataset: Dataset,
    name: SplitName,
    compared: Compared | null,
    emit: Emit<AccuracyEvent>,
    signal: AbortSignal,
  ): Promise<AccuracyEvent> {
    const split = await this.datasets.split(dataset, name, () => undefined, signal)
    return this.tools.exclusive.run(signal, () => {
      this.requireOpen(state)
      const { results } = this.of(state)
      const key = `${split.dataset}/${name}`
      const known = results.get(key) ?? new OriginalResults(split.count)
      results.set(key, known)
      return measureAccuracy(
        {
          split,
          imageShape: dataset.form.imageShape,
          original: this.original(state),
          results: known,
          compressed: this.subject(state, compared),
          tools: this.tools,
          signal,
        },
        emit,
      )
    })
  }

  /**
   * What the model computes with these weights for the first samples of a split.
   * @throws StudioError 'engine/no-data' without attached data
   */
  async outputs(
    state: OpenModelState,
    { split: name, first }: Pick<OutputsRequest, 'split' | 'first'>,
    weights: readonly NamedWeight[],
    emit: Emit<MeasureProgress>,
    signal: AbortSignal,
  ): Promise<ModelOutputs> {
    const { dataset } = this.of(state)
    if (dataset === null) throw new StudioError('engine/no-data', {})
    const split = await this.datasets.split(dataset, name, () => undefined, signal)
    return this.tools.exclusive.run(signal, () => {
      this.requireOpen(state)
      return collectOutputs(
        {
          split,
          imageShape: dataset.form.imageShape,
          subject: { runnable: state.runnable, runner: this.of(state).runner, weights },
          samples: first,
          tools: this.tools,
          signal,
        },
        emit,
      )
    })
  }

  private measureAgreement(
    state: OpenModelState,
    compared: Compared | null,
    emit: Emit<AgreementEvent>,
    signal: AbortSignal,
  ): Promise<AgreementEvent> {
    return this.tools.exclusive.run(signal, () => {
      this.requireOpen(state)
      return measureAgreement(
        {
          original: this.original(state),
          outputs: this.of(state).outputs,
          compressed: this.subject(state, compared),
          vocabulary: vocabularyOf(state.opened.layers, state.runnable),
          tools: this.tools,
          signal,
        },
        emit,
      )
    })
  }

  private original(state: OpenModelState): Subject {
    const { runnable, weights } = state
    return { runnable, runner: this.of(state).runner, weights }
  }

  private subject(state: OpenModelState, compared: Compared | null): Subject | null {
    if (compared === null) return null
    if (compared.kind === 'weights')
      // Untouched weights are the original, which is known already.
      return sameWeights(compared.weights, state.weights)
        ? null
        : { runnable: state.runnable, runner: this.of(state).runner, weights: compared.weights }
    const { runnable } = compared
    const runner = new ForwardRunner(runnable, state.macs, this.tools)
    return { runnable, runner, weights: null }
  }

  /** A model that was replaced meanwhile is nobody's business any more. */
  private requireOpen(state: OpenModelState): void {
    if (this.models.current !== state) throw new StudioError('engine/cancelled', {})
  }

  private of(state: OpenModelState): Known {
    let known = this.known.get(state)
    if (known === undefined) {
      known = {
        runner: new ForwardRunner(state.runnable, state.macs, this.tools),
        results: new Map(),
        outputs: new OriginalOutputs(syntheticCount(state.macs)),
        dataset: null,
      }
      this.known.set(state, known)
    }
    return known
  }
}

function sameWeights(left: readonly NamedWeight[], right: readonly NamedWeight[]): boolean {
  return (
    left.length === right.length &&
    left.every((weight, index) => weight.values === right[index]?.values)
  )
}
