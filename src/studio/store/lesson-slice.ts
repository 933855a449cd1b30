import type { ZipSize } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import type { LessonStep, RowId } from './lesson-steps'
import type { Measure } from './model-slice'
import type { Slice } from './slice'

/** What was measured in the lesson, as it stood when it was measured. */
export interface LessonRow {
  readonly id: RowId
  readonly recipe: Recipe
  readonly size: ZipSize
  /** null where the model cannot run. */
  readonly measure: Measure | null
}

/** Where a person is in the lesson, and what they have seen. */
export interface Lesson {
  readonly step: LessonStep
  /** The layer that formulas are shown on; empty where the model has none. */
  readonly layer: string
  /** Of the weight that is put into them, in the flat array of its tensor. */
  readonly index: number
  /** What is given back at the end. */
  readonly before: {
    readonly recipe: Recipe
    readonly training: TrainingSettings
    /** Of filters and neurons that the card of structured pruning would remove. */
    readonly share: number
  }
  /** How often the open model had been cut when the lesson began. */
  readonly cuts: number
  /** Names the data that `rows` were measured on. */
  readonly data: string
  readonly rows: readonly LessonRow[]
}

export interface LessonSlice {
  /** null: nobody asked for it. */
  readonly lesson: Lesson | null
  setLesson: (lesson: Lesson | null) => void
}

export const lessonSlice: Slice<LessonSlice> = {
  create: (set) => ({
    lesson: null,
    setLesson: (lesson) => {
      set({ lesson })
    },
  }),
  // It goes on with a model that was cut from the one it began with: whoever opens another ends it.
  forModel: () => ({}),
  // A cut attaches the same data anew; figures on other data are left out by whoever adds to them.
  forData: () => ({}),
}
