import { partNotLoaded } from '../../core/errors'
import type { EngineTraffic } from '../engine-link/engine-traffic'
import type { EngineCall } from '../engine-link/engine-session'
import type { Sample } from '../files/samples'
import type { CandidateParts } from './candidate-commands'
import type { CommandContext } from './command-world'
import { deferredCommands, fromFirstModel, once } from './deferred-commands'
import { deferredCandidates } from './deferred-candidates'
import { deferredLesson } from './deferred-lesson'
import type { OpenCommands } from './open-commands'
import type { PreviewCommands } from './preview-commands'
import type { createRecipeCommands } from './recipe-commands'
import type { TeacherCommands } from './teacher-commands'
import type { TrainCommands } from './train-commands'

/** What is there from the start. */
interface Parts extends CandidateParts {
  readonly open: OpenCommands
  readonly preview: PreviewCommands
  readonly recipe: Pick<ReturnType<typeof createRecipeCommands>, 'useRecipe'>
  readonly teacher: TeacherCommands
  readonly train: TrainCommands
  /** Its calls are those of the background, which `traffic` does not count as somebody's own. */
  readonly session: { readonly call: EngineCall }
  readonly traffic: EngineTraffic
}

/** The commands whose code comes with what needs them, not with the first screen. */
export function createLaterCommands(context: CommandContext, parts: Parts) {
  const { gate, held, store } = context
  const { open, preview, recipe, session, teacher, traffic, train, trained } = parts
  const { reopenTeacher } = teacher
  const { continueTraining, trainWith } = train
  /** Where code does not come, that is said. */
  const later = <Part>(load: () => Promise<Part>): (() => Promise<Part>) =>
    once(async () => {
      try {
        const part = await load()
        store.getState().endProblem('part')
        return part
      } catch (thrown) {
        const error = partNotLoaded(thrown)
        store.getState().showProblem(error.toData(), 'part')
        throw error
      }
    })
  const loadInterrupted = later(async () =>
    (await import('./interrupted-commands')).createInterruptedCommands(context, {
      ...{ open, trained, reopenTeacher, loadCases, continueTraining },
    }),
  )
  const interrupted = deferredCommands(loadInterrupted, [
    'findInterrupted',
    'resumeInterrupted',
    'dismissInterrupted',
  ])
  const loadStructure = later(async () =>
    (await import('./structure-commands')).createStructureCommands(context, {
      open,
      trained,
      openTeacher: teacher.openTeacher,
      stopDistillation: teacher.stopDistillation,
    }),
  )
  const structure = deferredCommands(loadStructure, [
    ...(['findGroups', 'findBlocks', 'changeCut', 'changeCutStart', 'toggleBlock'] as const),
    ...(['planCut', 'cutModel', 'cancelCut', 'undoCut'] as const),
  ])
  const undoCut = gate.guard('opening', structure.undoCut)
  const loadCases = later(async () =>
    (await import('./case-commands')).createCaseCommands(context, {
      useRecipe: recipe.useRecipe,
      useEpoch: train.useEpoch,
      structure: await loadStructure(),
      train: { trainWith, cancelTraining: train.cancelTraining },
    }),
  )
  const cases = deferredCommands(loadCases, ['startCase', 'cancelCase', 'goToStage'])
  const loadSweeps = later(async () =>
    (await import('./sweep-commands')).createSweepCommands(context, trained),
  )
  const sweeps = deferredCommands(loadSweeps, ['startSweep', 'cancelSweep'])
  const loadSensitivity = later(async () =>
    (await import('./sensitivity-commands')).createSensitivityCommands(context, {
      ...{ trained, useRecipe: recipe.useRecipe },
      changeCut: (await loadStructure()).changeCut,
    }),
  )
  const loadSmalls = later(async () =>
    (await import('./make-small-commands')).createMakeSmallCommands(context, {
      ...{ trained, useRecipe: recipe.useRecipe },
      leaveSensitivity: (await loadSensitivity()).leaveSensitivity,
      training: train,
    }),
  )
  const smalls = deferredCommands(loadSmalls, [
    ...(['startSmall', 'goOnSmall', 'pauseSmall', 'continueSmall', 'stopSmall'] as const),
    ...(['cutSmallShort', 'cutWinBackShort', 'useSmallBest', 'closeSmall', 'winBack'] as const),
  ])
  const loadComparisons = later(async () =>
    (await import('./compare-commands')).createCompareCommands(context, trained),
  )
  const lesson = deferredLesson(context, later, {
    ...{ cases, open, preview, recipe, structure, train, trained, trainWith, undoCut },
  })
  const { downloadSettings } = parts
  const candidates = deferredCandidates(context, later, { trained, downloadSettings })
  const loadHistory = later(async () =>
    (await import('./history-commands')).createHistoryCommands(context),
  )
  const loadRestore = later(async () =>
    (await import('./restore-commands')).createRestoreCommands(context, {
      open: { ...open, openSample: gate.guard('opening', open.openSample) },
      ...{ reopenTeacher, loadCases },
    }),
  )
  const loadKeeping = later(async () =>
    (await import('./keep-commands')).createKeepCommands(context),
  )
  const loadRemedies = once(async () =>
    (await import('./idle-remedies')).watchForRemedies(context, trained, session.call, traffic),
  )
  // From the first model on, it is kept, what is tried is remembered, and what helps is tried.
  fromFirstModel(store, [loadKeeping, loadHistory, loadRemedies])

  return {
    ...structure,
    ...interrupted,
    /** Goes on with a run of an earlier visit. It is a run once its model is open, so it does not count as an opening. */
    resumeInterrupted: async (): Promise<void> => {
      if (await gate.mayBegin('opening')) await interrupted.resumeInterrupted()
    },
    ...deferredCommands(loadComparisons, ['compare', 'drawn', 'asked', 'picture', 'latency']),
    /** Opens a sample and shows what can be done with it. */
    startTour: async (sample: Sample): Promise<void> => {
      await open.openSample(sample)
      if (held.sampleId === sample.id) store.getState().setTour('original')
    },
    ...lesson,
    ...candidates,
    ...deferredCommands(loadHistory, ['saveSnapshot', 'removeSnapshot']),
    ...deferredCommands(loadRestore, [
      ...(['openLink', 'restoreTab', 'continueWith'] as const),
      ...(['forgetListed', 'forgetAllListed'] as const),
    ]),
    /** Removes the open model and all that was tried on it from this browser; it stays open until closed. */
    forgetModel: async (): Promise<void> => {
      await (await loadKeeping()).forgetSession()
      await (await loadHistory()).forgetTried()
    },
    ...sweeps,
    ...smalls,
    ...deferredCommands(loadSensitivity, [
      ...(['findSensitivity', 'leaveSensitivity', 'useCell', 'useFilters'] as const),
    ]),
    ...cases,
  }
}
