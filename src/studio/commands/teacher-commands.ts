import type { OpenProgress } from '../../protocol/engine-messages'
import { defaultDistillation } from '../../training/training-settings'
import type { DistillationSettings } from '../../training/training-settings'
import { openTeacherIn } from './bring-in'
import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import type { Sample } from '../files/samples'
import type { TeacherModel } from '../keeping/open-place'
import { dataKey } from '../store/data-in'
import { teacherIn } from '../store/teacher-slice'

/** The teacher slot: a model that the open one learns from. */
export function createTeacherCommands(context: CommandContext) {
  const { held, store } = context
  let abort: AbortController | null = null

  // A teacher is for the model that was open; opening or closing one has put the slot back.
  store.subscribe(({ teacher }, before) => {
    if (before.teacher.state === 'opening' && teacher.state === 'none') abort?.abort()
  })

  function change(part: Partial<DistillationSettings>): void {
    const { trainingSettings } = store.getState()
    const distillation = { ...(trainingSettings.distillation ?? defaultDistillation), ...part }
    const settings = { ...trainingSettings, distillation }
    store.getState().setTrainingSettings(settings)
    context.rememberTraining(settings)
  }

  /** @param named changes settings to name it, in one with what is shown of it */
  async function open(
    call: EngineCall,
    chosen: TeacherModel,
    named: (id: string) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const name = chosen.files[0]?.name ?? ''
    const show = (progress: OpenProgress | null): void => {
      const before = teacherIn(store.getState().teacher)
      store.getState().setTeacher({ state: 'opening', name, progress, before })
    }
    show(null)
    const key = dataKey(store.getState().data)
    const opened = await call(
      'teacher',
      (client, lifetime) => openTeacherIn({ client, signal: lifetime, tell: show }, chosen),
      signal,
    )
    // What it scored is of the data that was attached when it was opened.
    const teacher = dataKey(store.getState().data) === key ? opened : { ...opened, measure: null }
    held.teacher = chosen
    store.getState().setTeacher({ state: 'ready', teacher })
    named(teacher.id)
  }

  /**
   * Opens a teacher; the one before it stays if it does not fit.
   * @param hint of the settings, for those of another teacher name other layers
   */
  async function attempt(
    find: (signal: AbortSignal) => Promise<TeacherModel>,
    hint: Partial<DistillationSettings> = { hint: null },
  ): Promise<void> {
    abort?.abort()
    const controller = new AbortController()
    abort = controller
    try {
      const chosen = await find(controller.signal)
      const named = (teacher: string): void => {
        change({ teacher, ...hint })
      }
      await open(context.call, chosen, named, controller.signal)
    } catch (thrown) {
      if (abort !== controller) return
      const before = teacherIn(store.getState().teacher)
      const error = readEngineError(thrown)
      const gone = controller.signal.aborted || error.code === 'engine/cancelled'
      const stays =
        before === null
          ? ({ state: 'none' } as const)
          : ({ state: 'ready', teacher: before } as const)
      store
        .getState()
        .setTeacher(gone ? stays : { state: 'refused', error: error.toData(), before })
    } finally {
      if (abort === controller) abort = null
    }
  }

  return {
    changeDistillation: change,
    /** Training goes by the labels alone again. */
    stopDistillation: (): void => {
      const settings = { ...store.getState().trainingSettings, distillation: null }
      store.getState().setTrainingSettings(settings)
      context.rememberTraining(settings)
    },
    /** A file, or all files of a model. */
    openTeacher: (files: readonly File[]): Promise<void> =>
      attempt(() => Promise.resolve({ files, inputs: null })),
    openTeacherSample: (sample: Sample): Promise<void> =>
      attempt(async (signal) => ({
        files: await context.fetchSampleFiles(sample, () => undefined, signal),
        inputs: null,
      })),
    /** @param inputs of the open model, by name, for each of the teacher's; null: as they are found */
    giveTeacher: async (inputs: readonly string[] | null): Promise<void> => {
      const { teacher } = held
      if (teacher !== null) await attempt(() => Promise.resolve({ ...teacher, inputs }), {})
    },
    cancelTeacher: (): void => {
      abort?.abort()
    },
    /** The teacher that settings name; null where it is the original, or none. */
    chosenTeacher: (distillation: DistillationSettings | null): TeacherModel | null => {
      const current = teacherIn(store.getState().teacher)
      return distillation !== null && distillation.teacher === current?.id ? held.teacher : null
    },
    /** After a restart of the engine, or of the page. */
    reopenTeacher: async (
      call: EngineCall,
      from: TeacherModel | null = held.teacher,
    ): Promise<void> => {
      if (from === null) return
      await open(call, from, () => undefined).catch((thrown: unknown) => {
        const error = readEngineError(thrown).toData()
        store.getState().setTeacher({ state: 'refused', error, before: null })
      })
    },
  }
}

export type TeacherCommands = ReturnType<typeof createTeacherCommands>
