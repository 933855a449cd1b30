import { objectiveFor } from './objective'
import type { Objective } from './objective'
import { Teacher } from './teacher'
import type { TrainableModel } from './trainable-model'
import type { TrainingTask } from './training-task'

/** What a run makes smaller, and who besides the labels says what is right. */
export interface RunGoal {
  readonly objective: Objective
  readonly teacher: Teacher | null
}

/**
 * Needs the lock.
 * @throws StudioError 'train/no-labels'
 */
export async function goalOf(task: TrainingTask, model: TrainableModel): Promise<RunGoal> {
  const { settings, train } = task
  const objective = objectiveFor(
    train.targets,
    model.squashing,
    settings.labelSmoothing,
    train.dataset,
    task.teacher !== null,
  )
  if (task.teacher === null) return { objective, teacher: null }
  const labelFree = train.targets.task === 'unlabelled'
  const teacher = await Teacher.build({
    ...task.teacher,
    settings: labelFree ? { ...task.teacher.settings, alpha: 0 } : task.teacher.settings,
    reading: objective.reading,
    hintLayer: task.teacher.hint?.teacherLayer ?? null,
    samples: train.count,
    repeats: settings.shift === 0 && !settings.flip,
  })
  return { objective, teacher }
}
