import { temporal } from 'zundo'
import type { TemporalState } from 'zundo'
import { create, createStore } from 'zustand'
import type { Mutate, StateCreator, StoreApi } from 'zustand'
import { createCaseSlice } from './case-slice'
import type { CaseSlice } from './case-slice'
import { createEngineSlice } from './engine-slice'
import type { EngineSlice } from './engine-slice'
import { createHistorySlice } from './history-slice'
import type { HistorySlice } from './history-slice'
import { createModelSlice } from './model-slice'
import type { ModelSlice } from './model-slice'
import { createRecipeSlice } from './recipe-slice'
import type { RecipeSlice } from './recipe-slice'
import { createRunSlice } from './run-slice'
import type { RunSlice } from './run-slice'
import { createStructureSlice } from './structure-slice'
import type { StructureSlice } from './structure-slice'
import { createTeacherSlice } from './teacher-slice'
import type { TeacherSlice } from './teacher-slice'
import { createTrainSlice } from './train-slice'
import type { TrainSlice } from './train-slice'
import { createViewSlice } from './view-slice'
import type { ViewSlice } from './view-slice'

/** Everything the page shows; plain data only. Files, blobs and the worker live elsewhere. */
export type StudioState = CaseSlice &
  EngineSlice &
  HistorySlice &
  ModelSlice &
  RecipeSlice &
  RunSlice &
  StructureSlice &
  TeacherSlice &
  TrainSlice &
  ViewSlice

const createState: StateCreator<StudioState> = (...args) => ({
  ...createCaseSlice(...args),
  ...createEngineSlice(...args),
  ...createHistorySlice(...args),
  ...createModelSlice(...args),
  ...createRecipeSlice(...args),
  ...createRunSlice(...args),
  ...createStructureSlice(...args),
  ...createTeacherSlice(...args),
  ...createTrainSlice(...args),
  ...createViewSlice(...args),
})

/** What undo brings back: settled settings. */
type Remembered = Pick<StudioState, 'committed'>

export type StudioStore = Mutate<
  StoreApi<StudioState>,
  [['temporal', StoreApi<TemporalState<Remembered>>]]
>

const HISTORY = 100

const withHistory = temporal<StudioState, [], [], Remembered>(createState, {
  partialize: ({ committed }) => ({ committed }),
  equality: (before, after) => before.committed === after.committed,
  limit: HISTORY,
})

export const useStudio = create<StudioState>()(withHistory)

/** A store of its own, for tests. */
export function createStudioStore(): StudioStore {
  return createStore<StudioState>()(withHistory)
}
