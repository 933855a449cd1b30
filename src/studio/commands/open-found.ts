import type { Recipe } from '../../techniques/recipe'
import { withoutTeacher } from '../../training/training-settings'
import { newSessionId } from '../keeping/tab-locks'
import type { LoadSample } from '../keeping/kept-bundle'
import type { FoundSession } from '../keeping/kept-session'
import type { OpenSession } from '../keeping/open-place'
import { fetchSample } from '../files/samples'
import { teacherIn } from '../store/teacher-slice'
import type { CaseCommands } from './case-commands'
import type { CommandContext } from './command-world'
import type { OpenCommands } from './open-commands'
import { stageKey } from './remember-session'
import type { TeacherCommands } from './teacher-commands'

export interface FoundNeighbours extends Pick<TeacherCommands, 'reopenTeacher'> {
  readonly open: OpenCommands
  /** They follow which model is open, so they are there before their stages. */
  readonly loadCases: () => Promise<CaseCommands>
}

/** What is to be opened, and the settings in place of those that were kept with it. */
interface Wanted {
  readonly name: string
  readonly load: (loadSample: LoadSample) => Promise<FoundSession | null>
  /** Its session goes on in this tab; null: it begins another one. */
  readonly id: string | null
  readonly recipeFor: (found: FoundSession) => Recipe
}

/**
 * Opens what an earlier visit left, with all that it came from: data, way back, teacher, case studies. What does
 * not come back is said.
 * @returns whether it is open now
 */
export async function openFound(
  { held, call, runs, store }: CommandContext,
  { loadCases, open, reopenTeacher }: FoundNeighbours,
  { id, load, name, recipeFor }: Wanted,
): Promise<boolean> {
  const result: { found: FoundSession | null } = { found: null }
  const own = id ?? newSessionId()
  await open.openFound(name, async (fetchFiles) => {
    const found = await load(async (sampleId) => fetchFiles(await fetchSample(sampleId)))
    result.found = found
    if (found === null) {
      store.getState().tellLeftOut({ parts: ['model'] })
      return null
    }
    if (found.session.paths.length > 0) await loadCases()
    const recipe = recipeFor(found)
    const session = { id: own, mark: newSessionId(), isKept: id !== null }
    return { place: { ...found.session.place, recipe }, session }
  })
  const { model } = store.getState()
  // Something else may have been opened in its place.
  if (result.found === null || model === null || held.session?.id !== own) return false
  const { lost, session } = result.found
  showPaths(session)
  store.getState().setLesson(session.lesson)
  const whole = session.place.wholes.at(-1)
  const teacher =
    session.teacher ?? (whole === undefined ? null : { files: whole.files, inputs: null })
  if (teacher !== null) await reopenTeacher(call, teacher)
  if (held.session.id !== own) return false
  const isBack = takeSettings(session)
  const missing = isBack || lost.includes('teacher') ? lost : [...lost, 'teacher' as const]
  const parts = (await isOffered(session)) ? missing.filter((part) => part !== 'data') : missing
  if (parts.length > 0) store.getState().tellLeftOut({ parts })
  return true

  /** Whether the data comes back with a run that the page offers to take up. */
  async function isOffered({ place }: OpenSession): Promise<boolean> {
    if (!lost.includes('data')) return false
    const run = await runs.loadInterrupted()
    // Whoever finds it first is the only one that does.
    if (run === 'leftOut') store.getState().tellLeftOut({ run: true })
    return run !== null && run !== 'leftOut' && run.bringsDataOf(place.files)
  }

  function showPaths({ paths }: OpenSession): void {
    held.stages = new Map(
      paths.flatMap(({ path, places }) =>
        places.flatMap((place, at) =>
          place === null ? [] : [[stageKey(path.id, at), place] as const],
        ),
      ),
    )
    const last = paths.at(-1)
    if (last === undefined) return
    store.getState().setCasePaths(paths.map(({ path }) => path))
    const { caseSettings, setCaseSettings } = store.getState()
    setCaseSettings({ ...caseSettings, ...last.path.settings })
  }

  /** @returns whether the teacher that the settings name is there */
  function takeSettings({ training }: OpenSession): boolean {
    const { distillation } = training
    const wanted = distillation?.teacher ?? 'original'
    const isThere = wanted === 'original' || wanted === teacherIn(store.getState().teacher)?.id
    store.getState().setTrainingSettings(isThere ? training : withoutTeacher(training))
    return isThere
  }
}
