import type { CutRequest } from '../../protocol/structure-messages'
import type { ChannelTarget } from '../../structure/choose-channels'
import { withoutTraining } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext, KeptData } from '../commands'
import { readEngineError } from '../engine-error'
import type { DataCommands } from './data-commands'
import type { OpenCommands } from './open-commands'
import type { TeacherCommands } from './teacher-commands'
import type { TrainedCommands } from './trained-commands'

interface Neighbours {
  readonly open: OpenCommands
  readonly data: DataCommands
  readonly trained: TrainedCommands
  readonly openTeacher: TeacherCommands['openTeacher']
}

/** A model before it was cut, as it can be opened again. */
interface Whole {
  readonly files: readonly File[]
  readonly name: string
  readonly parameters: number
  readonly sampleId: string | null
  readonly data: KeptData | null
  readonly recipe: Recipe
}

/** Removing filters and neurons: the smaller model takes the open one's place, and learns from it. */
export function createStructureCommands(context: CommandContext, neighbours: Neighbours) {
  const { store, kept } = context
  const { open, data, trained, openTeacher } = neighbours
  let wholes: readonly Whole[] = []
  let planning: AbortController | null = null

  async function plan(): Promise<void> {
    const { cutStart: start, cutTarget: target, model, recipe } = store.getState()
    planning?.abort()
    if (model?.format !== 'tfjs-layers' || model.notRunnable !== null) return
    const controller = new AbortController()
    planning = controller
    try {
      await trained.ensure(context.call, recipe)
      const found = await context.call(
        'plan',
        (client, signal) => client.structure.plan({ recipe, target, start }, { signal }),
        controller.signal,
      )
      if (planning === controller) store.getState().setCut({ state: 'planned', plan: found })
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (planning === controller && error.code !== 'engine/cancelled')
        store.getState().setCut({ state: 'failed', error: error.toData() })
    }
  }

  /** Opens files in the place of the open model, with the data that are attached to it. */
  async function replace(
    files: readonly File[],
    name: string,
    recipe: Recipe,
    attached: KeptData | null,
  ): Promise<boolean> {
    const before = store.getState().model?.id
    await open.openFiles(files, name, recipe)
    if (store.getState().model?.id === before) return false
    if (attached !== null) await data.attachKept(attached)
    return true
  }

  function show(): void {
    const [last] = wholes.slice(-1)
    const { setCutFrom } = store.getState()
    setCutFrom(last === undefined ? null : { name: last.name, parameters: last.parameters })
  }

  return {
    /** Which layers lose channels together, for models that can lose some. */
    findGroups: async (): Promise<void> => {
      const { model } = store.getState()
      if (model?.format !== 'tfjs-layers' || model.notRunnable !== null) return
      try {
        const groups = await context.call('groups', (client, signal) =>
          client.structure.groups(undefined, { signal }),
        )
        if (store.getState().model === model) store.getState().setGroups(groups)
      } catch {
        // Only explains; cutting tells its own errors.
      }
    },
    changeCut: (part: Partial<ChannelTarget>): void => {
      const { cutTarget, setCutTarget } = store.getState()
      setCutTarget({ ...cutTarget, ...part })
      void plan()
    },
    changeCutStart: (start: CutRequest['start']): void => {
      store.getState().setCutStart(start)
    },
    planCut: plan,
    /** Makes the smaller model and opens it, with the one it was cut from as its teacher. */
    cutModel: async (): Promise<void> => {
      const { cutFrom, cutStart: start, cutTarget: target, model, recipe } = store.getState()
      if (model === null) return
      // Somebody has opened another model meanwhile: what was cut before is not its past.
      if (cutFrom === null) wholes = []
      const whole: Whole = {
        files: kept.files,
        name: model.name,
        parameters: model.totals.parameters,
        sampleId: kept.sampleId,
        data: kept.data,
        recipe,
      }
      store.getState().setCut({ state: 'cutting' })
      try {
        await trained.ensure(context.call, recipe)
        const { files } = await context.call('cut', (client, signal) =>
          client.structure.cut({ recipe, target, start }, { signal }),
        )
        const smaller = files.map(({ path, blob }) => new File([blob], path))
        const opened = await replace(smaller, model.name, withoutTraining(recipe), whole.data)
        if (!opened) {
          // Why is told by the opening itself.
          store.getState().setCut({ state: 'idle' })
          return
        }
        wholes = [...wholes, whole]
        show()
        await openTeacher(whole.files)
      } catch (thrown) {
        store.getState().setCut({ state: 'failed', error: readEngineError(thrown).toData() })
      }
    },
    /** Opens the model again that the open one was cut from, with its settings and data. */
    undoCut: async (): Promise<void> => {
      const [whole] = wholes.slice(-1)
      if (whole === undefined) return
      const { files, name, recipe, sampleId } = whole
      if (!(await replace(files, name, recipe, whole.data))) return
      open.markSample(sampleId)
      wholes = wholes.slice(0, -1)
      show()
    },
  }
}
