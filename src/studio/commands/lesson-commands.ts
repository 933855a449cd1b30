import { isCompressible } from '../../core/tensor-spec'
import type { ModelSummary } from '../../core/model-summary'
import type { FormulaRequest } from '../../protocol/recipe-messages'
import type { WeightFormulas } from '../../techniques/quantize/weight-formulas'
import type { Recipe } from '../../techniques/recipe'
import { defaultDistillation, withoutTeacher } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import type { CommandContext } from './command-world'
import { recordLesson } from './lesson-record'
import type { PreviewCommands } from './preview-commands'
import { LESSON_CUT, LESSON_EPOCHS, layerSteps, trialOf, trialRecipe } from '../store/lesson-steps'
import type { LessonStep, RunId, TrialId } from '../store/lesson-steps'
import type { Lesson } from '../store/lesson-slice'
import { dataKey } from '../store/data-in'
import { effectKey } from '../store/recipe-slice'
import { teacherIn } from '../store/teacher-slice'
import type { TrainedCommands } from './trained-commands'

/** What a person could do as well; those that begin long work are behind the gate. */
export interface LessonNeighbours {
  readonly trained: TrainedCommands
  readonly useRecipe: (recipe: Recipe) => void
  readonly useEpoch: (recipe: Recipe) => Promise<void>
  readonly focusLayers: PreviewCommands['focusLayers']
  readonly changeCut: (part: { readonly share: number }) => Promise<void>
  readonly cutModel: () => Promise<void>
  readonly undoCut: () => Promise<void>
  readonly trainWith: (settings: TrainingSettings) => Promise<void>
  readonly changeTrainingSettings: (settings: TrainingSettings) => void
  readonly cancelTraining: () => void
  readonly startCase: () => Promise<void>
  readonly cancelCase: () => Promise<void>
}

/** The lesson: each step is settings, a cut or a run of the page itself, and what that measures is written down. */
export function createLessonCommands(context: CommandContext, neighbours: LessonNeighbours) {
  const { held, store } = context
  const { cancelCase, cancelTraining, cutModel, startCase, trainWith, undoCut, useRecipe } =
    neighbours
  const record = recordLesson(context)
  /** How many of the runs that go on were begun here. */
  let own = 0

  function change(part: Partial<Lesson>): void {
    const { lesson, setLesson } = store.getState()
    if (lesson !== null) setLesson({ ...lesson, ...part })
  }

  /** Trials are of the model that the lesson began with. @returns whether that is open */
  async function whole(): Promise<boolean> {
    for (;;) {
      const { lesson } = store.getState()
      const cuts = held.wholes.length
      if (lesson === null) return false
      if (cuts <= lesson.cuts) return true
      await undoCut()
      // It makes way for something else, or does not open.
      if (held.wholes.length === cuts) return false
    }
  }

  async function asOwn(run: () => Promise<void>): Promise<void> {
    own++
    try {
      await run()
    } finally {
      own--
    }
  }

  function stopRun(): void {
    const { casePaths, training } = store.getState()
    if (casePaths.at(-1)?.status.state === 'running') void cancelCase()
    else if (training.state === 'running') cancelTraining()
  }

  /** What was begun before the lesson, or beside it, goes on. */
  function stopOwnRun(): void {
    if (own > 0) stopRun()
  }

  async function giveBack({ recipe, share, training }: Lesson['before']): Promise<void> {
    const { cutTarget, setCutTarget, teacher } = store.getState()
    // A cut has put the whole model into the slot of the teacher.
    const isThere = teacherIn(teacher)?.id === training.distillation?.teacher
    neighbours.changeTrainingSettings(isThere ? training : withoutTeacher(training))
    setCutTarget({ ...cutTarget, share })
    await neighbours.useEpoch(recipe)
  }

  /** What a step is about is on the chart. */
  function look(step: LessonStep, layer: string): void {
    const { focus, setTab, setWeightsView } = store.getState()
    if (step === 'results') setTab('accuracy')
    if (!layerSteps.includes(step)) return
    const wanted = layer === '' ? [] : [layer]
    if (wanted.join() !== focus.join()) neighbours.focusLayers(wanted)
    setTab('weights')
    setWeightsView('histogram')
  }

  return {
    /** On the open model, from its settings. */
    beginLesson: (): void => {
      const { cutTarget, data, lesson, model, recipe, setLesson, setTour, trainingSettings } =
        store.getState()
      if (model === null || lesson !== null) return
      const layer = largestLayer(model)
      setTour(null)
      setLesson({
        ...{ step: 'layer', layer, index: middleOf(model, layer) },
        before: { recipe, training: trainingSettings, share: cutTarget.share },
        ...{ cuts: held.wholes.length, data: dataKey(data), rows: [] },
      })
      look('layer', layer)
    },
    /** Of an earlier visit: from now on what is measured is written down. */
    followLesson: (): void => {
      record.look()
    },
    goToLessonStep: (step: LessonStep): void => {
      const { lesson } = store.getState()
      if (lesson === null) return
      stopOwnRun()
      change({ step })
      look(step, lesson.layer)
      if (step === 'filters') void neighbours.changeCut({ share: LESSON_CUT })
    },
    chooseLessonLayer: (layer: string): void => {
      const { model } = store.getState()
      if (model === null) return
      change({ layer, index: middleOf(model, layer) })
      look('layer', layer)
    },
    chooseLessonWeight: (index: number): void => {
      change({ index })
    },
    /** One change of the settings, as by hand. */
    useTrial: async (id: TrialId): Promise<void> => {
      if (!(await whole())) return
      const { lesson, recipe } = store.getState()
      // On the way back from a cut all layers are shown.
      if (lesson !== null) look(lesson.step, lesson.layer)
      useRecipe(trialRecipe(id, recipe))
    },
    /** Removes filters and neurons as the card does, of the model as it was opened. */
    cutInLesson: async (): Promise<void> => {
      if (!(await whole())) return
      useRecipe(trialRecipe('original', store.getState().recipe))
      await cutModel()
      const { lesson, recipe } = store.getState()
      if (lesson !== null && held.wholes.length > lesson.cuts)
        record.awaits('cut', effectKey(recipe))
    },
    /** A short run on the pruned and quantized model: by the labels, or by what the original says. */
    trainInLesson: async (id: Exclude<RunId, 'cut'>): Promise<void> => {
      if (!(await whole())) return
      const { recipe, trainingSettings } = store.getState()
      if (trialOf(recipe) !== 'both') useRecipe(trialRecipe('both', recipe))
      const teaching = trainingSettings.distillation ?? defaultDistillation
      store.getState().setTab('training')
      const wanted: TrainingSettings = {
        ...trainingSettings,
        ...{ epochs: LESSON_EPOCHS, patience: null },
        distillation: id === 'distilled' ? { ...teaching, teacher: 'original', hint: null } : null,
      }
      await asOwn(() => trainWith(wanted))
      const { lesson, training } = store.getState()
      if (lesson !== null && training.state === 'done' && training.recipe.trained !== undefined)
        record.awaits(id, effectKey(training.recipe))
    },
    /** The case study of the page, with the shortest runs. */
    caseInLesson: async (): Promise<void> => {
      if (!(await whole())) return
      const { caseSettings, setCaseSettings } = store.getState()
      const { epochs, order } = caseSettings
      setCaseSettings({ ...caseSettings, order: 'pruneFirst', epochs: LESSON_EPOCHS })
      await asOwn(startCase)
      setCaseSettings({ ...store.getState().caseSettings, epochs, order })
    },
    stopLessonRun: stopRun,
    /** @param how back: the settings and the model from before the lesson; keep: as they are now */
    endLesson: async (how: 'back' | 'keep'): Promise<void> => {
      stopOwnRun()
      const { lesson } = store.getState()
      if (lesson === null) return
      if (how === 'back' && (await whole())) await giveBack(lesson.before)
      store.getState().setLesson(null)
      neighbours.focusLayers([])
    },
    /** One weight in the formulas. @throws StudioError */
    formulas: (request: FormulaRequest): Promise<WeightFormulas | null> =>
      context.call('formulas', async (client, signal) => {
        await neighbours.trained.ensure(context.call, request.recipe)
        return client.recipe.formulas(request, { signal })
      }),
  }
}

/** The one with the most weights that can be compressed; empty where there is none. */
function largestLayer(model: ModelSummary): string {
  const [largest] = model.layers
    .map(({ name, tensors }) => ({
      name,
      weights: tensors.reduce(
        (sum, { elements, spec }) => sum + (isCompressible(spec) ? elements : 0),
        0,
      ),
    }))
    .toSorted((one, other) => other.weights - one.weights)
  return largest === undefined || largest.weights === 0 ? '' : largest.name
}

/** A weight to begin with: those at the edges are often zero. */
function middleOf({ layers }: ModelSummary, layer: string): number {
  const tensors = layers.find(({ name }) => name === layer)?.tensors ?? []
  return Math.floor((tensors.find(({ spec }) => isCompressible(spec))?.elements ?? 0) / 2)
}
