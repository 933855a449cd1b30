import { StudioError } from '../core/errors'
import type { DataSettings } from '../data/data-settings'
import type {
  DataSummary,
  OpenDataRequest,
  PreparationTrial,
  SamplePicture,
} from '../protocol/data-messages'
import type { EngineInfo, OpenProgress, StartRequest } from '../protocol/engine-messages'
import type {
  Latency,
  MeasureEvent,
  MeasureProgress,
  ModelOutputs,
  OutputsRequest,
} from '../protocol/measure-messages'
import type {
  ExportProgress,
  ExportRequest,
  ExportResult,
  PreviewEvent,
  PictureRequest,
  PreviewRequest,
} from '../protocol/recipe-messages'
import type {
  CompareRequest,
  Comparison,
  DrawnAnswers,
  DrawnRequest,
  TriedResult,
} from '../protocol/compare-messages'
import type {
  TeacherSummary,
  TrainedWeights,
  TrainEvent,
  TrainRequest,
  TrainResult,
} from '../protocol/training-messages'
import type {
  BlockSummary,
  CutPlan,
  CutRequest,
  CutResult,
  GroupSummary,
} from '../protocol/structure-messages'
import type { ModelSummary } from '../core/model-summary'
import type { WeightPicture } from '../core/weight-picture'
import type { Recipe } from '../techniques/recipe'
import { chooseBackend } from './backend/backend'
import type { ChosenBackend } from './backend/backend'
import { ChannelCutter } from './structure/channel-cutter'
import { Comparisons } from './compare/comparisons'
import { BuiltInDatasets } from './samples/built-in-datasets'
import type { EngineEnvironment } from './host/environment'
import { Exclusive } from './work/exclusive'
import { exportModel } from './recipe/export-model'
import { KnownModels } from './measure/known-models'
import { measureLatency } from './measure/latency'
import { readOwnData } from './samples/read-own-data'
import { Measurements } from './measure/measurements'
import { ModelStore, requireRunnable } from './model/model-store'
import { attachOwn } from './samples/attach-own-data'
import { Pace } from './work/pace'
import { Previews } from './recipe/preview'
import { RecipeRunner } from './recipe/recipe-runner'
import { atMostEvery, streamed } from './work/stream'
import type { Emit } from './work/stream'
import { TeacherStore } from './training/distillation/teacher-store'
import type { Toolbox } from './work/toolbox'
import { Trainer } from './training/trainer'

/** A long call: what it tells on the way, and what it ends with. */
export type Stream<Event, Result> = AsyncGenerator<Event, Result, undefined>

/** Everything the worker can do, free of how it is called. One instance per worker. */
export class Engine {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly measurements: Measurements
  private readonly runner: RecipeRunner
  private readonly previews: Previews
  private readonly comparisons: Comparisons
  private readonly teachers: TeacherStore
  private readonly cutter: ChannelCutter
  private readonly trainer: Trainer
  private chosen: ChosenBackend | null = null

  constructor(environment: EngineEnvironment) {
    this.tools = {
      environment,
      pace: new Pace(environment, () => this.chosen?.info.gigaflops ?? 0),
      exclusive: new Exclusive(),
      backend: () => {
        if (this.chosen === null) throw new StudioError('engine/no-backend', { tried: '' })
        return this.chosen
      },
    }
    this.models = new ModelStore(this.tools)
    const known = new KnownModels(this.tools, this.models)
    const datasets = new BuiltInDatasets(this.tools)
    this.measurements = new Measurements(this.tools, this.models, datasets, known)
    this.runner = new RecipeRunner(this.tools, this.measurements)
    this.previews = new Previews(this.tools, this.models, this.measurements, this.runner)
    this.comparisons = new Comparisons(
      this.tools,
      this.models,
      known,
      this.measurements,
      this.runner,
    )
    this.cutter = new ChannelCutter(this.tools, this.models)
    this.teachers = new TeacherStore(this.tools, this.models, this.measurements)
    this.trainer = new Trainer(
      this.tools,
      this.models,
      this.measurements,
      this.runner,
      this.teachers,
    )
  }

  /** The fault of the device, once it has had one: from then on nothing else counts. */
  get fault(): StudioError | null {
    try {
      this.chosen?.watch.check()
      return null
    } catch (error) {
      return error instanceof StudioError ? error : null
    }
  }

  /** @param onFault told when the device fails, also while no call is there to fail */
  async start(
    request: StartRequest,
    onFault: (fault: StudioError) => void = () => undefined,
  ): Promise<EngineInfo> {
    this.chosen = await chooseBackend(request, this.tools.environment)
    this.chosen.watch.onFault(onFault)
    return this.chosen.info
  }

  open(files: readonly Blob[], signal?: AbortSignal): Stream<OpenProgress, ModelSummary> {
    return streamed(signal, (emit, own) => this.unlessFault(this.models.open(files, emit, own)))
  }

  close(signal: AbortSignal = new AbortController().signal): Promise<void> {
    return this.unlessFault(this.models.close(signal))
  }

  /** Attaches built-in data, by default prepared as for the studio's own models. */
  attach(
    { datasetId, settings }: { datasetId: string; settings: DataSettings | null },
    signal?: AbortSignal,
  ): Stream<OpenProgress, DataSummary> {
    return streamed(signal, (emit, own) => {
      const report = atMostEvery(100, () => this.tools.pace.now(), emit)
      return this.unlessFault(this.measurements.attachBuiltIn(datasetId, settings, report, own))
    })
  }

  /** Reads people's own data and attaches it to the open model. */
  openData(request: OpenDataRequest, signal?: AbortSignal): Stream<OpenProgress, DataSummary> {
    return streamed(signal, (emit, own) => this.unlessFault(this.loadData(request, emit, own)))
  }

  private async loadData(
    request: OpenDataRequest,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ): Promise<DataSummary> {
    const state = this.models.require()
    const runnable = requireRunnable(state)
    const loaded = await readOwnData(request, runnable, this.tools, emit, signal)
    const data = attachOwn(loaded, runnable, request.settings, this.tools)
    return this.measurements.attach(state, data)
  }

  configureData(settings: DataSettings): DataSummary {
    return this.measurements.configure(settings)
  }

  sampleOfData(index: number, signal = new AbortController().signal): Promise<SamplePicture> {
    return this.unlessFault(this.measurements.picture(index, signal))
  }

  tryPreparations(signal?: AbortSignal): Stream<PreparationTrial, undefined> {
    return streamed(signal, async (emit, own) => {
      await this.unlessFault(this.measurements.tryPreparations(emit, own))
      return undefined
    })
  }

  detach(): void {
    this.measurements.detach()
  }

  measureOriginal(signal?: AbortSignal): Stream<MeasureEvent, undefined> {
    return streamed(signal, async (emit, own) => {
      const state = this.models.require()
      // A model that cannot run has nothing to measure, and the page says why.
      if (state.runnable !== null)
        await this.unlessFault(this.measurements.measure(state, null, emit, own))
      return undefined
    })
  }

  async latency(batch: number, signal = new AbortController().signal): Promise<Latency> {
    return this.unlessFault(measureLatency(this.models.require(), batch, this.tools, signal))
  }

  outputs(request: OutputsRequest, signal?: AbortSignal): Stream<MeasureProgress, ModelOutputs> {
    return streamed(signal, (emit, own) =>
      this.unlessFault(this.computeOutputs(request, emit, own)),
    )
  }

  private async computeOutputs(
    request: OutputsRequest,
    emit: Emit<MeasureProgress>,
    signal: AbortSignal,
  ): Promise<ModelOutputs> {
    const state = this.models.require()
    const weights =
      request.recipe === null
        ? state.weights
        : (await this.runner.run(state, request.recipe, signal)).tensors
    const compared = { kind: 'weights', weights } as const
    return this.measurements.outputs(state, request, compared, emit, signal)
  }

  preview(request: PreviewRequest, signal?: AbortSignal): Stream<PreviewEvent, undefined> {
    return streamed(signal, (emit, own) =>
      this.unlessFault(this.previews.preview(request, emit, own)),
    )
  }

  /** Size and measure of other settings than those of the controls. */
  tried(recipe: Recipe, signal = new AbortController().signal): Promise<TriedResult> {
    return this.unlessFault(this.previews.tried(recipe, signal))
  }

  /** The weights of one tensor as small images. */
  picture(request: PictureRequest, signal = new AbortController().signal): Promise<WeightPicture> {
    return this.previews.picture(request, signal)
  }

  /** The samples that settings change the answer to. */
  compare(request: CompareRequest, signal?: AbortSignal): Stream<MeasureProgress, Comparison> {
    return streamed(signal, (emit, own) =>
      this.unlessFault(this.comparisons.compare(request, emit, own)),
    )
  }

  /** What the original and the compressed model say to a drawn picture. */
  drawn(request: DrawnRequest, signal = new AbortController().signal): Promise<DrawnAnswers> {
    return this.unlessFault(this.comparisons.drawn(request, signal))
  }

  export(request: ExportRequest, signal?: AbortSignal): Stream<ExportProgress, ExportResult> {
    const { tools, models, measurements, runner } = this
    return streamed(signal, (emit, own) =>
      this.unlessFault(exportModel(request, { tools, models, measurements, runner }, emit, own)),
    )
  }

  /** Makes the weights of a run known, for recipes that name them. */
  addTrained(trained: TrainedWeights): Promise<void> {
    return this.models.addTrained(trained)
  }

  /** Which layers of the open model lose channels together. */
  channelGroups(): GroupSummary[] {
    return this.cutter.groups()
  }

  /** What of the open model may be left out as a whole. */
  depthBlocks(): BlockSummary[] {
    return this.cutter.blocks()
  }

  planCut(request: CutRequest): CutPlan {
    return this.cutter.plan(request)
  }

  /** The open model without some of its channels, as files. */
  cutModel(
    request: CutRequest,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<CutResult> {
    return this.cutter.files(request, signal)
  }

  /** Opens a model that the open one can learn from. */
  openTeacher(files: readonly Blob[], signal?: AbortSignal): Stream<OpenProgress, TeacherSummary> {
    return streamed(signal, (emit, own) => this.unlessFault(this.teachers.open(files, emit, own)))
  }

  teacherOutputs(first: number, signal?: AbortSignal): Stream<MeasureProgress, ModelOutputs> {
    return streamed(signal, (emit, own) =>
      this.unlessFault(this.teachers.outputs(first, emit, own)),
    )
  }

  train(request: TrainRequest, signal?: AbortSignal): Stream<TrainEvent, TrainResult> {
    return streamed(signal, (emit, own) => this.unlessFault(this.trainer.train(request, emit, own)))
  }

  pauseTraining(): void {
    this.trainer.pause()
  }

  resumeTraining(): void {
    this.trainer.resume()
  }

  stopTraining(): void {
    this.trainer.stop()
  }

  /** Ends work at once when the device fails: what it waits for may never come. */
  private async unlessFault<Result>(work: Promise<Result>): Promise<Result> {
    const { watch } = this.tools.backend()
    let forget = (): void => undefined
    const fault = new Promise<never>((_, reject) => {
      forget = watch.onFault(reject)
    })
    try {
      return await Promise.race([work, fault])
    } finally {
      forget()
    }
  }
}
