import type { Sample } from '../files/samples'
import type { CaseCommands } from './case-commands'
import type { CommandContext } from './command-world'
import { deferredCommands } from './deferred-commands'
import type { LessonNeighbours } from './lesson-commands'
import type { OpenCommands } from './open-commands'
import type { PreviewCommands } from './preview-commands'
import type { StructureCommands } from './structure-commands'
import type { TrainCommands } from './train-commands'

type Waiting<Commands> = {
  readonly [Name in keyof Commands]: Commands[Name] extends (...given: infer Given) => unknown
    ? (...given: Given) => Promise<void>
    : never
}

interface Parts extends Pick<LessonNeighbours, 'trained' | 'trainWith' | 'undoCut'> {
  readonly cases: Waiting<Pick<CaseCommands, 'startCase' | 'cancelCase'>>
  readonly open: Pick<OpenCommands, 'openSample'>
  readonly preview: Pick<PreviewCommands, 'focusLayers'>
  readonly recipe: Pick<LessonNeighbours, 'useRecipe'>
  readonly structure: Waiting<Pick<StructureCommands, 'changeCut' | 'cutModel'>>
  readonly train: Pick<TrainCommands, 'useEpoch' | 'cancelTraining' | 'changeTrainingSettings'>
}

/**
 * The commands of the lesson, whose code comes with it.
 * @param later loads code, and says where it does not come
 */
export function deferredLesson(
  context: CommandContext,
  later: <Part>(load: () => Promise<Part>) => () => Promise<Part>,
  { cases, open, preview, recipe, structure, train, ...rest }: Parts,
) {
  const { gate, held } = context
  const load = later(async () =>
    (await import('./lesson-commands')).createLessonCommands(context, {
      ...rest,
      ...{ useRecipe: recipe.useRecipe, focusLayers: preview.focusLayers },
      ...{ useEpoch: train.useEpoch, cancelTraining: train.cancelTraining },
      changeTrainingSettings: train.changeTrainingSettings,
      trainWith: gate.guard('training', rest.trainWith),
      changeCut: structure.changeCut,
      cutModel: gate.guard('cut', structure.cutModel),
      startCase: gate.guard('caseStudy', cases.startCase),
      cancelCase: cases.cancelCase,
    }),
  )
  const lesson = deferredCommands(load, [
    ...(['beginLesson', 'followLesson', 'goToLessonStep', 'chooseLessonLayer'] as const),
    ...(['chooseLessonWeight', 'useTrial', 'cutInLesson', 'trainInLesson'] as const),
    ...(['caseInLesson', 'stopLessonRun', 'endLesson', 'formulas'] as const),
  ])
  return {
    ...lesson,
    /** Opens a sample and begins the lesson with it. */
    startLesson: async (sample: Sample): Promise<void> => {
      await open.openSample(sample)
      if (held.sampleId === sample.id) await lesson.beginLesson()
    },
  }
}
