import { casePlan, casePresets } from '../../case-study/case-plan'
import { runCase } from '../../case-study/run-case'
import type { CaseWorld } from '../../case-study/run-case'
import { StudioError, isStudioError } from '../../core/errors'
import type { Latency } from '../../protocol/measure-messages'
import type { Recipe } from '../../techniques/recipe'
import { measuredShare } from '../store/measures'
import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import { endsTheWorker } from '../engine-link/restart-policy'
import { limitsOf } from '../store/case-slice'
import type { CasePath, CaseStagePoint } from '../store/case-slice'
import { targetsOf } from '../store/case-targets'
import { dataKey } from '../store/data-in'
import { effectKey } from '../store/recipe-slice'
import { teacherIn } from '../store/teacher-slice'
import { stageKey } from './remember-session'
import type { StructureCommands } from './structure-commands'
import type { TrainCommands } from './train-commands'
import { trainToEnd } from './train-to-end'

export interface CaseNeighbours {
  readonly useRecipe: (recipe: Recipe) => void
  readonly useEpoch: (recipe: Recipe) => Promise<void>
  readonly structure: Pick<StructureCommands, 'here' | 'goTo' | 'cutTo'>
  readonly train: Pick<TrainCommands, 'trainWith' | 'cancelTraining'>
}

type Figures = Omit<CaseStagePoint, 'id' | 'recipe'>

/** The case study: stage after stage on the page itself, so that each is there to be looked at and gone back to. */
export function createCaseCommands(context: CommandContext, neighbours: CaseNeighbours) {
  const { store } = context
  const { structure, train, useEpoch, useRecipe } = neighbours
  const { held } = context
  let abort: AbortController | null = null
  let moving = false

  // Somebody has opened another model: the paths belong to the one that is gone. A new engine opens the same.
  store.subscribe(({ model }, before) => {
    const { files, stages } = held
    const isKnown = [...stages.values()].some((place) => place.files === files)
    if (moving || model === before.model || isKnown) return
    abort?.abort()
    held.stages = new Map()
    if (paths().length > 0) show([])
  })

  function paths(): readonly CasePath[] {
    return store.getState().casePaths
  }

  function show(next: readonly CasePath[]): void {
    store.getState().setCasePaths(next)
  }

  function change(id: number, part: Partial<CasePath>): void {
    show(paths().map((path) => (path.id === id ? { ...path, ...part } : path)))
  }

  /** Stages of one path are compared, so other data ends it. A cut attaches the same data to its own model. */
  function whileSameData(controller: AbortController): () => void {
    const key = dataKey(store.getState().data)
    return store.subscribe(({ data }, before) => {
      if (data !== before.data && !moving && dataKey(data) !== key)
        controller.abort(new StudioError('case/other-data', {}))
    })
  }

  async function whileMoving<Result>(work: () => Promise<Result>): Promise<Result> {
    moving = true
    try {
      return await work()
    } finally {
      moving = false
    }
  }

  function worldOf(signal: AbortSignal): CaseWorld<Figures> {
    const { data } = store.getState()
    return {
      hasLabels: data.state !== 'attached' || data.data.settings.task !== 'unlabelled',
      cut: (target, recipe) =>
        whileMoving(async () => {
          // A download of the model that is about to go is written first.
          if (!(await context.gate.mayBegin('cut', ['caseStudy', 'training', 'measuring'])))
            throw new StudioError('engine/cancelled', {})
          signal.throwIfAborted()
          useRecipe(recipe)
          await overRestart(() => structure.cutTo(target), signal)
          signal.throwIfAborted()
          return teacherIn(store.getState().teacher)?.id ?? 'original'
        }),
      measure: (recipe) => {
        useRecipe(recipe)
        return settled(recipe, signal)
      },
      train: async (recipe, settings) => {
        useRecipe(recipe)
        return (await trainToEnd(context, train, settings, signal)).recipe
      },
    }
  }

  /** Waits for the numbers of settings; other settings in their place end the wait. */
  function settled(recipe: Recipe, signal: AbortSignal): Promise<Figures> {
    const key = effectKey(recipe)
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const { committed, model, phase, problem, tried, weights } = store.getState()
        const point = tried.find((other) => other.key === key)
        const isShown = weights !== null && effectKey(weights.recipe) === key
        if (signal.aborted) fail(new StudioError('engine/cancelled', {}))
        else if (effectKey(committed) !== key) fail(new StudioError('case/left', {}))
        // A worker that died has no problem to show: a new one measures again.
        else if (phase === 'failed' && problem !== null)
          fail(new StudioError('case/not-measured', {}))
        else if (point !== undefined && isShown) {
          end()
          resolve({
            sparsity: weights.value.sparsity,
            size: point.size,
            measure: point.measure,
            share: measuredShare(point.measure),
            macs: model?.totals.macs ?? null,
            memory: model?.totals.float32Bytes ?? null,
          })
        }
      }
      const leave = store.subscribe(look)
      const end = (): void => {
        leave()
        signal.removeEventListener('abort', look)
      }
      const fail = (error: StudioError): void => {
        end()
        reject(error)
      }
      signal.addEventListener('abort', look)
      look()
    })
  }

  /** All case studies of a model start from it, also once one of them has put a smaller one in its place. */
  async function backToRoot(): Promise<void> {
    const root = held.stages.get(stageKey(paths()[0]?.id ?? 0, 0))
    if (root === undefined || root.files === structure.here().files) return
    if (!(await whileMoving(() => structure.goTo(root))))
      throw new StudioError('case/not-opened', {})
  }

  function latency(signal: AbortSignal): Promise<Latency> {
    return overRestart(
      () =>
        context.call(
          'latency',
          (client, lifetime) => client.measure.latency({ batch: 1 }, { signal: lifetime }),
          signal,
        ),
      signal,
    )
  }

  return {
    startCase: async (): Promise<void> => {
      const { caseSettings, training, trainingSettings } = store.getState()
      if (abort !== null || training.state === 'running') return
      const controller = new AbortController()
      abort = controller
      const { signal } = controller
      const id = (paths().at(-1)?.id ?? 0) + 1
      const { epochs, order, purpose } = caseSettings
      const settings = { epochs, order, purpose }
      const limits = limitsOf(caseSettings)
      const empty = { original: null, compressed: null }
      show([
        ...paths(),
        {
          ...{ id, settings, limits, stages: [], latency: empty },
          status: { state: 'running', stage: 'float' },
        },
      ])
      store.getState().setTab('accuracy')
      let leave = (): void => undefined
      try {
        await backToRoot()
        leave = whileSameData(controller)
        const original = await latency(signal)
        change(id, { latency: { original, compressed: null } })
        const plan = casePlan(casePresets[purpose], order, epochs)
        const stages = runCase(
          plan,
          store.getState().recipe,
          trainingSettings,
          worldOf(signal),
          (stage) => {
            change(id, { status: { state: 'running', stage } })
          },
        )
        const found: CaseStagePoint[] = []
        for await (const { id: stage, measured, recipe: used } of stages) {
          const place = structure.here()
          held.stages = new Map([...held.stages, [stageKey(id, found.length), place]])
          found.push({ ...measured, id: stage, recipe: used })
          change(id, { stages: [...found] })
        }
        const compressed = await latency(signal)
        change(id, { latency: { original, compressed }, status: { state: 'done' } })
        const done = paths().find((path) => path.id === id)
        const targets = done === undefined ? [] : targetsOf(done, store.getState().reportPlace)
        const met = targets.filter(({ passed }) => passed).length
        store.getState().announce(context.say('spoken.caseEnded', { met, count: targets.length }))
      } catch (thrown) {
        const why: unknown = signal.reason
        const error = isStudioError(why) ? why : readEngineError(thrown)
        const gone = error.code === 'engine/cancelled' || (signal.aborted && error !== why)
        change(id, {
          status: gone ? { state: 'cancelled' } : { state: 'failed', error: error.toData() },
        })
      } finally {
        leave()
        abort = null
      }
    },
    cancelCase: (): void => {
      abort?.abort()
    },
    /** Brings a stage back: its model, its weights and its settings. */
    goToStage: async (id: number, index: number): Promise<void> => {
      const stage = paths().find((path) => path.id === id)?.stages[index]
      const place = held.stages.get(stageKey(id, index))
      if (stage === undefined) return
      if (place === undefined) {
        const gone = new StudioError('case/stage-gone', {})
        store.getState().showProblem(gone.toData(), 'training')
        return
      }
      const isOpen = place.files === structure.here().files
      if (!isOpen && !(await context.gate.mayBegin('opening'))) return
      if (abort !== null) return
      if (isOpen || (await whileMoving(() => structure.goTo(place)))) await useEpoch(stage.recipe)
    },
  }
}

/** Once more in a new worker where the one that did it has died. */
async function overRestart<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return await work()
  } catch (thrown) {
    if (signal.aborted || !endsTheWorker(readEngineError(thrown).code)) throw thrown
    return work()
  }
}

export type CaseCommands = ReturnType<typeof createCaseCommands>
