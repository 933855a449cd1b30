import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { DataSource } from '../../data/data-source'
import { preparationHint } from '../../data/preparation-hint'
import { readData } from '../../data/read-data'
import { tokensKnown } from '../../graph/tokens-known'
import { droppedFile } from '../../protocol/dropped-file'
import type { DataSettings } from '../../data/data-settings'
import type {
  DataSummary,
  OpenDataRequest,
  PreparationTrial,
  ReadingResult,
  SamplePicture,
  SmallPicture,
  TrialRequest,
} from '../../protocol/data-messages'
import type { OpenProgress } from '../../protocol/engine-messages'
import { requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import { attachBuiltIn } from '../samples/attach-built-in'
import { attachOwn, misfitOf } from '../samples/attach-own-data'
import type { AttachedData } from '../samples/attached-data'
import type { BuiltInDatasets } from '../samples/built-in-datasets'
import { firstPictures } from '../samples/first-pictures'
import { readOwnData, wishesFor } from '../samples/read-own-data'
import { ofBytes } from '../samples/of-bytes'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import type { KnownModels } from './known-models'
import { tryPreparations } from './preparation-trials'
import { showSample } from './show-sample'
import { withTargetScale } from './target-scale'
import type { Subject } from './subject'

/** The data that is attached to the open model: comes, changes its settings, is looked at, goes. */
export class OpenData {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly datasets: BuiltInDatasets
  private readonly known: KnownModels

  constructor(tools: Toolbox, models: ModelStore, datasets: BuiltInDatasets, known: KnownModels) {
    this.tools = tools
    this.models = models
    this.datasets = datasets
    this.known = known
  }

  /**
   * Loads the validation split of built-in data and attaches it to the open model.
   * @throws StudioError 'data/...', 'engine/no-model'
   */
  async attachBuiltIn(
    datasetId: string,
    settings: DataSettings | null,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<DataSummary> {
    const state = this.models.require()
    const manifest = await this.datasets.describe(datasetId, signal)
    const runnable = requireRunnable(state)
    const data = attachBuiltIn(
      manifest,
      runnable,
      { settings, ofBytes: ofBytes(state, runnable) },
      this.datasets,
      this.tools,
    )
    await data.split('validation', emit, signal)
    return this.attach(state, data)
  }

  /**
   * Reads people's own data and attaches it to the open model.
   * @throws StudioError 'data/...', 'open/...', 'engine/no-model', 'engine/cancelled'
   */
  async attachOwn(
    request: OpenDataRequest,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<DataSummary> {
    const state = this.models.require()
    const runnable = requireRunnable(state)
    const hint = preparationHint(state.told)
    const { settings } = request
    const read = await readOwnData(request, runnable, this.tools, emit, signal)
    const tokens = tokensKnown(state.opened.graph)
    const told = { hint, tokens, ofBytes: ofBytes(state, runnable) }
    const data = attachOwn(read, runnable, { settings, ...told }, this.tools)
    return this.attach(state, await this.scaled(state, data, signal))
  }

  /**
   * Reads people's own data without attaching it, for the open model where there is one.
   * @throws StudioError 'data/...' where nothing of it can be put right, 'open/...', 'engine/cancelled'
   */
  async read(
    { files, choices }: Pick<OpenDataRequest, 'files' | 'choices'>,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<ReadingResult> {
    const { current } = this.models
    const { step } = phaseSteps(this.tools.pace, emit, signal)
    emit({ phase: 'reading', done: 0, total: 0 })
    const wishes = wishesFor(current?.runnable ?? null, choices)
    const { reading, source } = await readData(files.map(droppedFile), wishes, step('reading'))
    const misfit = source === null ? null : this.misfit(source, current)
    if (source?.samples[0].kind !== 'numbers') return { reading, misfit }
    return { reading, misfit, pictures: await firstPictures(source, this.tools, signal) }
  }

  /**
   * The first pictures of data, as it would be read.
   * @throws StudioError 'data/...', 'open/...', 'engine/cancelled'
   */
  async pictures(
    { files, choices }: Pick<OpenDataRequest, 'files' | 'choices'>,
    signal: AbortSignal,
  ): Promise<SmallPicture[]> {
    const wishes = wishesFor(this.models.current?.runnable ?? null, choices)
    const between = (): Promise<void> => this.tools.pace.between(signal)
    const { source } = await readData(files.map(droppedFile), wishes, between)
    return source === null ? [] : firstPictures(source, this.tools, signal)
  }

  private misfit(source: DataSource, model: OpenModelState | null): StudioErrorData | null {
    if (model === null) return new StudioError('data/model-first', { files: source.name }).toData()
    const { opened, runnable, summary } = model
    if (runnable === null) return summary.obstacles.run
    return misfitOf(source, runnable, tokensKnown(opened.graph), this.tools)
  }

  /** Puts data in the place of what was attached. */
  private attach(state: OpenModelState, data: AttachedData): DataSummary {
    this.known.requireOpen(state)
    const known = this.known.of(state)
    if (known.data !== data) known.data?.forget()
    known.data = data
    return data.summary
  }

  /** @throws StudioError 'engine/no-data', 'data/labels-...', 'engine/cancelled' where other data came meanwhile */
  configure(settings: DataSettings, signal: AbortSignal): DataSummary | Promise<DataSummary> {
    const { state, data } = this.required()
    const known = this.known.of(state)
    const next = data.configured(settings)
    const use = (chosen: AttachedData): DataSummary => {
      this.known.requireOpen(state)
      if (known.data !== data) throw new StudioError('engine/cancelled', {})
      known.data = chosen
      return chosen.summary
    }
    return isScaled(next) ? use(next) : this.scaled(state, next, signal).then(use)
  }

  /** What target pictures are as numbers follows from how the original is shown its samples. */
  private async scaled(
    state: OpenModelState,
    data: AttachedData,
    signal: AbortSignal,
  ): Promise<AttachedData> {
    if (isScaled(data)) return data
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      return this.known.withOriginal(state, signal, async (original) =>
        withTargetScale(data, await original(), this.tools, signal),
      )
    })
  }

  detach(): void {
    const state = this.models.current
    if (state === null || state.runnable === null) return
    const known = this.known.of(state)
    known.data?.forget()
    known.data = null
  }

  /**
   * A sample of the validation split as the model sees it, and what the original makes of it.
   * @throws StudioError 'engine/no-data', 'data/image-...'
   */
  async sample(index: number, signal: AbortSignal): Promise<SamplePicture> {
    const { state, data } = this.required()
    const split = await data.split('validation', () => undefined, signal)
    return this.tools.exclusive.run(signal, () => {
      this.known.requireOpen(state)
      return this.known.withOriginal(state, signal, async (original) =>
        showSample(split, index, await original(), this.tools, signal),
      )
    })
  }

  /**
   * Accuracy of the original under each common preparation and order of the classes, on the first samples
   * of the validation split.
   * @throws StudioError 'engine/no-data' where labels name no classes
   */
  async tryPreparations(
    request: TrialRequest,
    emit: Emit<PreparationTrial>,
    signal: AbortSignal,
  ): Promise<void> {
    const { state, data } = this.required()
    const { task } = data.summary.settings
    if (task !== 'classification' && task !== 'binary') throw new StudioError('engine/no-data', {})
    const locked = (work: (original: Subject) => Promise<void>): Promise<void> =>
      this.tools.exclusive.run(signal, () => {
        this.known.requireOpen(state)
        return this.known.withOriginal(state, signal, async (original) => work(await original()))
      })
    await tryPreparations(data, request, locked, this.tools, emit, signal)
  }

  private required(): { readonly state: OpenModelState; readonly data: AttachedData } {
    const state = this.models.require()
    const { data } = this.known.of(state)
    if (data === null) throw new StudioError('engine/no-data', {})
    return { state, data }
  }
}

/** Whether it is known what target pictures are as numbers, or there are none. */
function isScaled({ scaled, summary }: AttachedData): boolean {
  return scaled === null || summary.settings.targetScale !== undefined
}
