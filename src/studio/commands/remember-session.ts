import type { OpenPlace, OpenSession } from '../keeping/open-place'
import type { CommandContext } from './command-world'

/** What is open and its settings, for a reload of this tab; not for those who want it forgotten. */
export function rememberSession({ held, remember, store }: CommandContext): void {
  const { model, recipe } = store.getState()
  const { sampleId, session } = held
  if (model === null || session === null || held.forgotten === session.id) return
  const { id, mark } = session
  remember({ id, mark, modelName: model.name, sampleId, recipe })
}

/** The open model as it can be opened again. */
export function placeNow({ held, store }: CommandContext): OpenPlace {
  const { model, outputNames, recipe } = store.getState()
  const { data, files, meaning, origin, sampleId, wholes } = held
  return {
    name: model?.name ?? '',
    parameters: model?.totals.parameters ?? 0,
    ...{ files, origin, sampleId, data, meaning, outputNames, recipe, wholes },
  }
}

/** All that this tab has open. */
export function sessionNow(context: CommandContext): OpenSession {
  const { held, store } = context
  const { casePaths, lesson, teacher, trainingSettings: training } = store.getState()
  const hasTeacher = teacher.state === 'ready' || ('before' in teacher && teacher.before !== null)
  return {
    place: placeNow(context),
    teacher: hasTeacher ? held.teacher : null,
    training,
    lesson,
    paths: casePaths.map((path) => ({
      path,
      places: path.stages.map((_, at) => held.stages.get(stageKey(path.id, at)) ?? null),
    })),
  }
}

/** Names a stage of a case study by its path and position. */
export function stageKey(path: number, stage: number): string {
  return `${path} ${stage}`
}
