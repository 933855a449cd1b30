import { StudioError } from '../../core/errors'
import { normalizes } from '../../graph/normalizes'
import type { NeedRequest, TrainNeed } from '../../protocol/training-messages'
import { lastToLearn, learningPart, learnsBy } from '../../training/learning-layers'
import { pieceAsked, piecesOf, pieceSize, statisticsOf } from '../../training/pieces'
import { piecesFor } from '../../training/pieces-for'
import { bytesOfWorkers, insteadOf, pieceWithin, workersWithin } from '../../training/run-need'
import type { RunNeed } from '../../training/run-need'
import { effectiveSettings } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import type { AttachedData } from '../samples/attached-data'
import type { Measurements } from '../measure/measurements'
import { withData } from '../measure/work-ground'
import { pipelineFor, requireRunnable } from '../model/model-store'
import type { ModelStore, OpenModelState } from '../model/model-store'
import type { Toolbox } from '../work/toolbox'
import type { TeacherStore } from './distillation/teacher-store'
import type { RunKernels } from './run-kernels'
import { needByChoice, roomOf, runNeed, styleOf } from './run-memory'
import type { NeedOfRun, TeacherLoad } from './run-memory'

/** Says what runs take before they begin. */
export class TrainNeeds {
  private readonly tools: Toolbox
  private readonly models: ModelStore
  private readonly measurements: Measurements
  private readonly teachers: TeacherStore
  private readonly kernels: RunKernels

  constructor(
    tools: Toolbox,
    models: ModelStore,
    measurements: Measurements,
    teachers: TeacherStore,
    kernels: RunKernels,
  ) {
    this.tools = tools
    this.models = models
    this.measurements = measurements
    this.teachers = teachers
    this.kernels = kernels
  }

  /** @throws StudioError 'train/no-data', 'train/no-teacher', 'engine/no-model' */
  async need({ recipe, settings }: NeedRequest, signal: AbortSignal): Promise<TrainNeed> {
    const onData = withData(this.measurements.groundOf(this.models.require()))
    if (onData === null) throw new StudioError('train/no-data', {})
    const { data, state } = onData
    const count = data.summary.splits.find(({ name }) => name === 'train')?.count ?? 1
    const effective = effectiveSettings(settings, recipe, this.piecesFor(state, settings, count))
    const start = pipelineFor(state, recipe).weights
    const sample = await sampleOf(state, data, signal)
    const run = await this.inFull({ state, start, recipe, settings: effective, sample })
    const last = (count: number): string[] => lastToLearn(state.summary.layers, count)
    const byChoice = needByChoice(run, last)
    const need = byChoice(settings, null, 1)
    const batchSize = Math.min(settings.batchSize, count)
    const room = roomOf(this.tools)
    const fitting = pieceWithin(need, batchSize, room)
    const trains = trainsStatistics(state, settings)
    const asked = pieceAsked(batchSize, effective.pieces, trains)
    const piece = pieceSize(batchSize, Math.max(1, Math.min(fitting, asked)))
    const pieces = piecesOf(batchSize, piece).length
    const most = Math.min(this.tools.cores.count, pieces)
    const workers = workersWithin(need, piece, batchSize, most, room)
    const { layers } = learningPart(state.summary.layers, settings.layers)
    const canCut = state.summary.obstacles.cut === null
    return {
      bytes: bytesOfWorkers(need, piece, batchSize, workers),
      batchSize,
      piece,
      workers,
      statistics: statisticsOf(batchSize, piece, trains),
      fits: fitting > 0,
      instead: insteadOf(byChoice, settings, layers, batchSize, room, canCut),
    }
  }

  /** Pieces of a batch where nobody has chosen. @param count samples of the training split */
  piecesFor(
    state: Pick<OpenModelState, 'macs' | 'opened' | 'runnable'>,
    settings: TrainingSettings,
    count: number,
  ): number {
    return piecesFor({
      macs: state.macs,
      batch: Math.min(settings.batchSize, count),
      backend: this.tools.backend().info.backend,
      trains: trainsStatistics(state, settings),
    })
  }

  /** The same for a run that begins. @throws StudioError 'train/no-teacher' */
  async ofRun(run: Omit<NeedOfRun, 'teacher' | 'style'>): Promise<RunNeed> {
    return runNeed(await this.inFull(run))
  }

  private async inFull(run: Omit<NeedOfRun, 'teacher' | 'style'>): Promise<NeedOfRun> {
    const kernels = await this.kernels.get()
    const { backend } = this.tools.backend().info
    const teacher = this.teacherLoad(run.settings, run.state)
    return { ...run, teacher, style: styleOf(backend, kernels?.host !== undefined) }
  }

  private teacherLoad(
    { distillation }: TrainingSettings,
    state: NeedOfRun['state'],
  ): TeacherLoad | null {
    if (distillation === null) return null
    const hintLayer = distillation.hint?.teacherLayer ?? null
    if (distillation.teacher === 'original')
      return {
        opened: state.opened,
        shapes: state.runnable?.outputShapes ?? new Map(),
        hintLayer,
      }
    const { opened, shapes } = this.teachers.require(distillation.teacher)
    return { opened, shapes, hintLayer }
  }
}

/** Whether batch normalisation would follow the batches. */
function trainsStatistics(
  { opened, runnable }: Pick<OpenModelState, 'opened' | 'runnable'>,
  { batchNorm, layers }: TrainingSettings,
): boolean {
  const learns = learnsBy(layers)
  const nodes = opened.graph.nodes.filter(({ layer }) => learns(layer))
  // What was frozen to a batch runs several times for one of training, and keeps the statistics that it holds.
  const isFrozen = (runnable?.frozenBatch ?? null) !== null
  return batchNorm.statistics === 'trained' && !isFrozen && normalizes({ nodes })
}

/** Sides of each of the model's inputs for one sample: the model's own, or the data's where it leaves them open. */
async function sampleOf(
  state: OpenModelState,
  data: AttachedData,
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  const own = requireRunnable(state).inputs.map(({ shape }) => shape.slice(1))
  const closed = own.map((sides) => sides.filter((side) => side !== null))
  if (closed.every((sides, index) => sides.length === own[index]?.length)) return closed
  // Validation is there already: the original was measured on it.
  const split = await data.split('validation', () => undefined, signal)
  return (await split.rows(Uint32Array.of(0), signal)).map(({ sides }) => sides)
}
