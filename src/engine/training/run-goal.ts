import { StudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import { BatchFeed } from '../samples/batch-feed'
import { COMPARED_SAMPLES } from './network/off-stock'
import { objectiveFor } from './network/objective'
import type { Objective } from './network/objective'
import { bytesOf } from '../../training/run-need'
import { Teacher } from './distillation/teacher'
import type { Answered, TeacherSource } from './distillation/teacher'
import type { TrainableModel } from './network/trainable-model'
import { forwardPiece } from './training-task'
import type { TrainingTask } from './training-task'
import { withinKernels } from './pieces/within-kernels'

/** What a run makes smaller, and who besides the labels says what is right. */
export interface RunGoal {
  readonly objective: Objective
  readonly teacher: Teacher | null
}

/**
 * Needs the lock.
 * @param answers of a teacher that was asked first
 * @throws StudioError 'train/no-labels', 'train/teacher-memory'
 */
export async function goalOf(
  task: TrainingTask,
  model: TrainableModel,
  answers: Answered | null,
  signal: AbortSignal,
): Promise<RunGoal> {
  const { train } = task
  const objective = objectiveFor(
    train.targets,
    model.squashing,
    task.settings.labelSmoothing,
    train.dataset,
    task.teacher !== null,
  )
  if (task.teacher === null) return { objective, teacher: null }
  const source = teacherSource(task, task.teacher, objective)
  if (answers !== null) return { objective, teacher: Teacher.remembered(source, answers) }
  return { objective, teacher: await buildTeacher(task, source, signal) }
}

/**
 * What a teacher says to the whole training split; it is gone again afterwards. Without augmentation only.
 * @param alone runs work under the lock
 * @returns null where the teacher is asked in each step
 * @throws StudioError 'train/teacher-memory', 'engine/cancelled'
 */
export async function askFirst(
  task: TrainingTask,
  alone: <Result>(work: () => Promise<Result>) => Promise<Result>,
  signal: AbortSignal,
): Promise<Answered | null> {
  const { kernels, settings, teacher: chosen, tools, train } = task
  if (chosen?.settings.askFirst !== true) return null
  const source = teacherSource(task, chosen, { reading: 'numbers' })
  const teacher = await alone(() => buildTeacher(task, source, signal))
  const size = forwardPiece(task, settings.batchSize)
  const batches = new BatchFeed(train, settings).inOrder(size, Infinity, signal)
  try {
    return await teacher.allAnswers(
      batches,
      async (work) => {
        await tools.pace.breathe(signal, tools.pace.expect(task.state.macs * size))
        return alone(work)
      },
      (work) => withinKernels(kernels, work),
    )
  } finally {
    teacher.dispose()
  }
}

function teacherSource(
  { settings, train }: TrainingTask,
  chosen: NonNullable<TrainingTask['teacher']>,
  { reading }: Pick<Objective, 'reading'>,
): TeacherSource {
  const labelFree = train.targets.task === 'unlabelled'
  return {
    ...chosen,
    settings: labelFree ? { ...chosen.settings, alpha: 0 } : chosen.settings,
    reading,
    hintLayer: chosen.hint?.teacherLayer ?? null,
    samples: train.count,
    repeats: settings.shift === 0 && !settings.flip,
  }
}

async function buildTeacher(
  task: TrainingTask,
  source: TeacherSource,
  signal: AbortSignal,
): Promise<Teacher> {
  const samples = Math.min(COMPARED_SAMPLES, forwardPiece(task, COMPARED_SAMPLES))
  let teacher: Teacher | null = null
  try {
    teacher = await Teacher.build(source)
    const feed = new BatchFeed(task.train, task.settings)
    for await (const { inputs } of feed.inOrder(samples, 1, signal)) await teacher.compare(inputs)
    return teacher
  } catch (error) {
    teacher?.dispose()
    if (memoryFaultOf(error) !== 'tooLarge') throw error
    throw teacherTooLarge(task, error)
  }
}

/** The need of a teacher beside its student. */
export function teacherTooLarge({ need }: TrainingTask, cause: unknown): StudioError {
  return new StudioError('train/teacher-memory', { bytes: bytesOf(need, 1, 1) }, { cause })
}

/** The need of a run where even one sample at a time is too many. */
export function tooLargeFor({ need, settings }: TrainingTask, cause?: unknown): StudioError {
  const bytes = bytesOf(need, 1, settings.batchSize)
  return new StudioError('train/out-of-memory', { bytes }, { cause })
}
