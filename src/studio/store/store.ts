import { temporal } from 'zundo'
import type { TemporalState } from 'zundo'
import { create, createStore } from 'zustand'
import type { Mutate, StateCreator, StoreApi } from 'zustand'
import type { ModelSummary } from '../../core/model-summary'
import { appSlice } from './app-slice'
import { candidatesSlice } from './candidates-slice'
import { caseSlice } from './case-slice'
import { engineSlice } from './engine-slice'
import { historySlice } from './history-slice'
import { lessonSlice } from './lesson-slice'
import { lookSlice } from './look-slice'
import { makeSmallSlice } from './make-small-slice'
import { modelSlice } from './model-slice'
import type { DataStatus } from './model-slice'
import { readingSlice } from './reading-slice'
import { recipeSlice } from './recipe-slice'
import { remedySlice } from './remedy-slice'
import { runSlice } from './run-slice'
import { sensitivitySlice } from './sensitivity-slice'
import { structureSlice } from './structure-slice'
import { teacherSlice } from './teacher-slice'
import { trainSlice } from './train-slice'
import { variantsSlice } from './variants-slice'
import { viewSlice } from './view-slice'
import { worksSlice } from './works-slice'
import type { Slice } from './slice'

/** Everything the page shows, part by part; plain data only. Files, blobs and the worker live elsewhere. */
const slices = [
  appSlice,
  candidatesSlice,
  caseSlice,
  engineSlice,
  historySlice,
  lessonSlice,
  lookSlice,
  makeSmallSlice,
  modelSlice,
  readingSlice,
  recipeSlice,
  remedySlice,
  runSlice,
  sensitivitySlice,
  structureSlice,
  teacherSlice,
  trainSlice,
  variantsSlice,
  viewSlice,
  worksSlice,
] as const

type StateOf<Slices> = Slices extends readonly [Slice<infer Own>, ...infer Rest]
  ? Own & StateOf<Rest>
  : unknown

/** What happens to all parts at once. */
interface Replacements {
  /** A new model takes the place of the old one with everything that belonged to it. */
  replaceModel: (model: ModelSummary | null) => void
  /** Other data, or the same under other settings: what was measured before is of no use any more. */
  changeData: (data: DataStatus) => void
}

export type StudioState = StateOf<typeof slices> & Replacements

const createState: StateCreator<StudioState> = (set, get) => ({
  ...(joined(slices.map((slice) => slice.create(set, get))) as StateOf<typeof slices>),
  replaceModel: (model) => {
    const fresh = slices.map((slice) => slice.forModel(get()))
    const outputNames = model?.outputNames?.names ?? null
    set({ ...joined(fresh), model, outputNames })
  },
  changeData: (data) => {
    const fresh = slices.map((slice) => slice.forData(get()))
    set({ ...joined(fresh), data })
  },
})

/** What the slices give, one after the other; no two have a field in common. */
function joined(parts: readonly object[]): object {
  return Object.assign({}, ...parts) as object
}

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
