import { ARITHMETIC_VERSION } from '../../core/arithmetic-version'
import { StudioError } from '../../core/errors'
import type { TrainEvent, TrainRequest, TrainResult } from '../../protocol/training-messages'
import type { Passage, TrainingRecord } from '../../training/training-record'
import { effectiveSettings } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import type { AttachedData, DataSplit } from '../samples/attached-data'
import type { Measurements } from '../measure/measurements'
import { withData } from '../measure/work-ground'
import { historyOf, pipelineFor, requireAble, requireRunnable } from '../model/model-store'
import { hintPlace } from './distillation/hint-place'
import type { ModelStore, OpenModelState } from '../model/model-store'
import type { RecipeRunner } from '../recipe/recipe-runner'
import type { Emit } from '../work/stream'
import type { TeacherStore } from './distillation/teacher-store'
import { OriginalLogits } from '../measure/agreement'
import type { Toolbox } from '../work/toolbox'
import { writeTrainedWeights } from '../model/trained-weights'
import { judgeWeights } from './judge-weights'
import type { Reference } from './judge-weights'
import { fingerprintOf } from './run-fingerprint'
import { RunControl } from './run-control'
import type { RunKernels } from './run-kernels'
import type { TrainNeeds } from './train-needs'
import { TrainingRun } from './training-run'
import type { TrainingTask } from './training-task'

/** Trains the open model, one run at a time. */
export class Trainer {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly measurements: Measurements
  private readonly runner: RecipeRunner
  private readonly teachers: TeacherStore
  private readonly kernels: RunKernels
  private readonly needs: TrainNeeds
  private control: RunControl | null = null

  constructor(
    tools: Toolbox,
    models: ModelStore,
    measurements: Measurements,
    runner: RecipeRunner,
    teachers: TeacherStore,
    kernels: RunKernels,
    needs: TrainNeeds,
  ) {
    this.tools = tools
    this.models = models
    this.measurements = measurements
    this.runner = runner
    this.teachers = teachers
    this.kernels = kernels
    this.needs = needs
  }

  /**
   * Trains with a recipe in the loop and hands out the best weights. The open model stays as it is.
   * @throws StudioError 'train/...', 'engine/no-model', 'engine/cancelled', or the fault of the device
   */
  async train(
    request: TrainRequest,
    emit: Emit<TrainEvent>,
    signal: AbortSignal,
  ): Promise<TrainResult> {
    if (this.control !== null) throw new StudioError('train/busy', {})
    const control = new RunControl()
    this.control = control
    try {
      return await this.run(request, control, emit, signal)
    } finally {
      this.control = null
    }
  }

  pause(): void {
    this.running().pause()
  }

  resume(): void {
    this.running().resume()
  }

  stop(): void {
    this.running().stop()
  }

  private running(): RunControl {
    if (this.control === null) throw new StudioError('train/no-run', {})
    return this.control
  }

  private async run(
    { recipe, settings: asked, resume, largestPiece }: TrainRequest,
    control: RunControl,
    emit: Emit<TrainEvent>,
    signal: AbortSignal,
  ): Promise<TrainResult> {
    const ground = this.measurements.groundOf(this.models.require())
    const { state } = ground
    requireRunnable(state)
    requireAble(state, 'train')
    const onData = withData(ground)
    if (onData === null) throw new StudioError('train/no-data', {})
    const { data } = onData
    const teacher = this.teacherOf(asked, state)
    const train = await this.trainingSplit(data, teacher, signal)
    const settings = effectiveSettings(
      asked,
      recipe,
      this.needs.piecesFor(state, asked, train.count),
    )
    const start = pipelineFor(state, recipe).weights
    const { name, own } = data.summary
    const record = {
      recipe,
      settings,
      data: { name, hash: own?.hash ?? null },
      backend: this.tools.backend().info.backend,
      arithmetic: ARITHMETIC_VERSION,
    }
    const before = historyOf(state, recipe)
    const historyAt = (at: number, passage: Passage): TrainingRecord[] => [
      ...before,
      { ...record, epoch: at, passage },
    ]
    const validation = await data.split('validation', () => undefined, signal)
    const calibration = await this.calibrationSplit(data, train, signal)
    // A checkpoint says itself in which pieces its run goes.
    const { pieces: _, ...others } = settings
    const fingerprint = await fingerprintOf(start, [recipe, others, train.key], () =>
      this.tools.pace.between(signal),
    )
    const from = resume === null ? null : new Uint8Array(await resume.arrayBuffer())
    const kernels = await this.kernels.get()
    const sample = await sampleSides(train, signal)
    const need = await this.needs.ofRun({ state, start, recipe, settings, sample })
    // Last: from here on nothing but the run can fail, which lets go of it.
    const reference = await this.referenceOf(teacher, train, validation, signal)
    const { measurements, runner } = this
    const run = new TrainingRun(
      {
        state,
        start,
        recipe,
        settings,
        train,
        teacher,
        calibration,
        validation,
        fingerprint,
        resume: from,
        largestPiece,
        judge: (weights, committed, own) =>
          judgeWeights(
            { measurements, runner },
            { ...onData, reference, validation },
            { weights, recipe: committed },
            own,
          ),
        historyAt,
        tools: this.tools,
        kernels,
        need,
        control,
      },
      emit,
      signal,
    )
    const {
      weights,
      recipe: committed,
      epoch,
      judged,
      end,
      isStart,
      passage,
    } = await run.run().finally(() => {
      reference?.runnable.dispose()
    })
    const trained = await writeTrainedWeights(weights, historyAt(epoch, passage))
    return {
      end,
      epoch,
      measure: judged.measure,
      recipe: isStart ? recipe : { ...committed, trained: trained.id },
      trained,
    }
  }

  /** @throws StudioError 'train/no-teacher', 'train/hint-layer' */
  private teacherOf(
    { distillation }: TrainingSettings,
    state: OpenModelState,
  ): TrainingTask['teacher'] {
    if (distillation === null) return null
    const settings = distillation
    const { features } = state.summary
    if (settings.teacher === 'original') {
      const hint = hintPlace(settings, features, features)
      return {
        opened: state.opened,
        weights: state.weights,
        fit: { order: null, resize: null, channels: null, numbers: null },
        settings,
        hint,
      }
    }
    const { opened, fit, summary } = this.teachers.require(settings.teacher)
    const inside = opened.obstacles.train === null ? summary.features : null
    return { opened, weights: null, fit, settings, hint: hintPlace(settings, features, inside) }
  }

  private async trainingSplit(
    data: AttachedData,
    teacher: TrainingTask['teacher'],
    signal: AbortSignal,
  ): Promise<DataSplit> {
    const names = data.summary.splits.map(({ name }) => name)
    if (!names.includes('train') || !names.includes('validation'))
      throw new StudioError('train/no-split', { dataset: data.summary.name })
    const split = await data.split('train', () => undefined, signal)
    if (split.targets.task === 'unlabelled' && teacher === null)
      throw new StudioError('train/no-labels', { dataset: data.summary.name })
    return split
  }

  /** Without labels a teacher alone says what is right; null where the original or labels do. */
  private async referenceOf(
    teacher: TrainingTask['teacher'],
    train: DataSplit,
    { count }: DataSplit,
    signal: AbortSignal,
  ): Promise<Reference | null> {
    const id = teacher?.settings.teacher ?? 'original'
    if (train.targets.task !== 'unlabelled' || id === 'original') return null
    return {
      runnable: await this.teachers.runnable(id, signal),
      known: new OriginalLogits(count),
    }
  }

  private async calibrationSplit(
    data: AttachedData,
    train: DataSplit,
    signal: AbortSignal,
  ): Promise<DataSplit> {
    const has = data.summary.splits.some(({ name }) => name === 'calibration')
    return has ? data.split('calibration', () => undefined, signal) : train
  }
}

/** Sides of each of the model's inputs for one sample. */
async function sampleSides(
  split: DataSplit,
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  return (await split.rows(Uint32Array.of(0), signal)).map(({ sides }) => sides)
}
