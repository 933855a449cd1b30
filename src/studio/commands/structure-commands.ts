import { StudioError } from '../../core/errors'
import type { EngineClient } from '../../protocol/client'
import { drain } from '../../protocol/drain'
import type { CutPlan, CutProgress, CutRequest, CutResult } from '../../protocol/structure-messages'
import type { ChannelTarget } from '../../structure/choose-channels'
import { withoutTraining } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { OpenPlace } from '../keeping/open-place'
import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import type { Standing } from './accept-model'
import type { OpenCommands } from './open-commands'
import { placeNow } from './remember-session'
import type { TeacherCommands } from './teacher-commands'
import { TimeLeft } from './time-left'
import type { TrainedCommands } from './trained-commands'

interface Neighbours extends Pick<TeacherCommands, 'openTeacher' | 'stopDistillation'> {
  readonly open: OpenCommands
  readonly trained: TrainedCommands
}

/** Removing filters and neurons: the smaller model takes the open one's place, and learns from it. */
export function createStructureCommands(context: CommandContext, neighbours: Neighbours) {
  const { store, held } = context
  const { open, trained, openTeacher, stopDistillation } = neighbours
  let planning: AbortController | null = null
  let cutting: AbortController | null = null
  let isOpening = false

  /** Runs work on the structure and shows how far it is, phase by phase. */
  async function told<Result>(
    task: string,
    own: AbortSignal,
    work: (
      client: EngineClient,
      signal: AbortSignal,
    ) => Promise<AsyncIterator<CutProgress, Result>>,
  ): Promise<Result> {
    let timing: { phase: CutProgress['phase']; left: TimeLeft } | null = null
    try {
      return await context.call(
        task,
        async (client, signal) =>
          drain(await work(client, signal), (progress) => {
            if (own.aborted) return
            if (timing?.phase !== progress.phase)
              timing = { phase: progress.phase, left: new TimeLeft(context.now) }
            store.getState().setCutWork({ progress, msLeft: timing.left.after(progress) })
          }),
        own,
      )
    } finally {
      if (!own.aborted) store.getState().setCutWork(null)
    }
  }

  async function plan(): Promise<void> {
    const {
      cutBlocks: blocks,
      cutStart: start,
      cutTarget: target,
      model,
      recipe,
    } = store.getState()
    planning?.abort()
    if (model?.obstacles.cut !== null) return
    const controller = new AbortController()
    planning = controller
    try {
      await trained.ensure(context.call, recipe)
      const request = { recipe, target, blocks, start }
      const found = await told<CutPlan>('plan', controller.signal, (client, signal) =>
        client.structure.plan(request, { signal }),
      )
      if (planning === controller) store.getState().setCut({ state: 'planned', plan: found })
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (planning === controller && error.code !== 'engine/cancelled')
        store.getState().setCut({ state: 'failed', error: error.toData() })
    }
  }

  /** Shows something about the structure of the open model; not for models that cannot lose anything. */
  async function learn<Value>(
    ask: () => Promise<Value>,
    show: (value: Value) => void,
  ): Promise<void> {
    const { model } = store.getState()
    if (model?.obstacles.cut !== null) return
    try {
      const value = await ask()
      if (store.getState().model === model) show(value)
    } catch {
      // Only explains or offers; cutting tells its own errors.
    }
  }

  /** Opens files in the place of the open model, with what goes on from it. */
  async function replace(
    files: readonly File[],
    name: string,
    recipe: Recipe,
    standing: Standing,
  ): Promise<boolean> {
    const before = held.session?.mark
    await open.openFiles(files, name, recipe, standing)
    return held.session?.mark !== before
  }

  async function goTo(place: OpenPlace): Promise<boolean> {
    const { files, name, recipe, sampleId } = place
    if (!(await replace(files, name, recipe, place))) return false
    open.markSample(sampleId)
    await placeTeacher()
    return true
  }

  /** The whole model in the teacher slot of the one it was cut to, learnt from only where settings say so. */
  async function placeTeacher(): Promise<void> {
    const last = held.wholes.at(-1)
    if (last === undefined) return
    const { distillation } = store.getState().trainingSettings
    await openTeacher(last.files)
    if (distillation === null) stopDistillation()
  }

  /** @returns whether the smaller model is open now */
  async function cut({ blocks, start, target }: Omit<CutRequest, 'recipe'>): Promise<boolean> {
    const { model, recipe } = store.getState()
    if (model === null) return false
    const { wholes: past, ...whole } = placeNow(context)
    planning?.abort()
    const controller = new AbortController()
    cutting = controller
    store.getState().setCut({ state: 'cutting' })
    await trained.ensure(context.call, recipe)
    const request = { recipe, target, blocks, start }
    const { files, record } = await told<CutResult>('cut', controller.signal, (client, signal) =>
      client.structure.cut(request, { signal }),
    )
    const smaller = files.map(({ path, blob }) => new File([blob], path))
    // What was opened first goes on being what everything is compared with.
    const origin = {
      files: whole.origin?.files ?? whole.files,
      cuts: [...(whole.origin?.cuts ?? []), record],
    }
    const standing = { ...whole, origin, wholes: [...past, whole] }
    const opening = { phase: 'opening', done: 0, total: 0 } as const
    store.getState().setCutWork({ progress: opening, msLeft: null })
    isOpening = true
    try {
      if (await replace(smaller, model.name, withoutTraining(recipe), standing)) {
        // Where nothing can be trained nobody learns from it.
        if (store.getState().model?.obstacles.train === null) await openTeacher(whole.files)
        return true
      }
    } finally {
      isOpening = false
    }
    store.getState().setCutWork(null)
    store.getState().setCut({ state: 'idle' })
    return false
  }

  return {
    /** Which layers lose channels together, for models that can lose some. */
    findGroups: (): Promise<void> =>
      learn(
        () =>
          context.call('groups', (client, signal) =>
            client.structure.groups(undefined, { signal }),
          ),
        store.getState().setGroups,
      ),
    changeCut: (part: Partial<ChannelTarget>): void => {
      const { cutTarget, setCutTarget } = store.getState()
      setCutTarget({ ...cutTarget, ...part })
      void plan()
    },
    /** Leaves a block out, or takes it back. */
    toggleBlock: (id: string): void => {
      const { cutBlocks, setCutBlocks } = store.getState()
      setCutBlocks(
        cutBlocks.includes(id) ? cutBlocks.filter((other) => other !== id) : [...cutBlocks, id],
      )
      void plan()
    },
    /** What may be left out of the open model as a whole. */
    findBlocks: (): Promise<void> =>
      learn(
        () =>
          context.call('blocks', (client, signal) =>
            client.structure.blocks(undefined, { signal }),
          ),
        store.getState().setBlocks,
      ),
    changeCutStart: (start: CutRequest['start']): void => {
      store.getState().setCutStart(start)
    },
    planCut: plan,
    /** Makes the smaller model and opens it, with the one it was cut from as its teacher. */
    cutModel: async (): Promise<void> => {
      const { cutBlocks: blocks, cutStart, cutTarget: target, model } = store.getState()
      // Fresh weights are for those who train them.
      const start = model?.obstacles.train === null ? cutStart : 'kept'
      try {
        if (!(await cut({ blocks, start, target }))) await plan()
      } catch (thrown) {
        const error = readEngineError(thrown)
        if (error.code !== 'engine/cancelled') {
          store.getState().setCut({ state: 'failed', error: error.toData() })
          return
        }
        store.getState().setCut({ state: 'idle' })
        await plan()
      }
    },
    /** Ends a cut, or the choice of what it would take; the model stays as it was. */
    cancelCut: (): void => {
      for (const work of [planning, cutting]) work?.abort()
      // The smaller model is made: what is left to end is its opening.
      if (isOpening) open.cancelOpening()
      store.getState().setCutWork(null)
    },
    /** The same with a target of one's own. @throws StudioError 'structure/...', 'case/not-opened' */
    cutTo: async (target: ChannelTarget): Promise<void> => {
      // Why it was not opened is told by the opening itself.
      if (!(await cut({ target, blocks: [], start: 'kept' })))
        throw new StudioError('case/not-opened', {})
    },
    /** What is open, to go back to. */
    here: (): OpenPlace => placeNow(context),
    goTo,
    /** Opens the model again that the open one was cut from, with its settings and data. */
    undoCut: async (): Promise<void> => {
      const { wholes } = held
      const whole = wholes.at(-1)
      if (whole !== undefined) await goTo({ ...whole, wholes: wholes.slice(0, -1) })
    },
  }
}

export type StructureCommands = ReturnType<typeof createStructureCommands>
