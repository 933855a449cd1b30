import type { OutputMeaning } from '../../core/output-meaning'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import type { CasePath } from '../store/case-slice'
import type { Lesson } from '../store/lesson-slice'
import type { AttachedData } from './attached-data'

/** A model as it can be opened again, with its settings and its data. */
export interface Whole {
  readonly files: readonly File[]
  readonly name: string
  readonly parameters: number
  /** The built-in sample that it is; null: it is not. */
  readonly sampleId: string | null
  readonly recipe: Recipe
  /** What it was cut from; null: it is what the person opened. */
  readonly origin: CutOrigin | null
  readonly data: AttachedData | null
  /** What the person says that its outputs mean; null: as guessed. */
  readonly meaning: OutputMeaning | null
  readonly outputNames: readonly string[] | null
}

/** An open model, and all that it was cut from, oldest first. */
export interface OpenPlace extends Whole {
  readonly wholes: readonly Whole[]
}

/** A case study, and where the model of each of its stages comes from; null: that is gone. */
export interface KeptPath {
  readonly path: CasePath
  readonly places: readonly (OpenPlace | null)[]
}

/** A model that the open one learns from, as it can be opened again. */
export interface TeacherModel {
  readonly files: readonly File[]
  /** Of the open model, by name, for each of its own inputs, as the person says; null: as they are found. */
  readonly inputs: readonly string[] | null
}

/** All that a tab has open. */
export interface OpenSession {
  readonly place: OpenPlace
  /** null: none was opened. */
  readonly teacher: TeacherModel | null
  readonly training: TrainingSettings
  readonly paths: readonly KeptPath[]
  /** Where the person is in the lesson; null: nobody asked for it. */
  readonly lesson: Lesson | null
}
