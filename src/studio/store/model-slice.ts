import type { StateCreator } from 'zustand'
import type { StudioErrorData } from '../../core/errors'
import type { ModelSummary } from '../../core/model-summary'
import type {
  AccuracyEvent,
  AgreementEvent,
  DataSummary,
  OpenProgress,
} from '../../protocol/messages'
import type { StudioState } from './store'

export type Measure = AccuracyEvent | AgreementEvent

export type OpeningStatus =
  | { readonly state: 'idle' }
  | {
      readonly state: 'fetching'
      readonly name: string
      readonly done: number
      readonly total: number
    }
  | { readonly state: 'opening'; readonly name: string; readonly progress: OpenProgress | null }

export type DataStatus =
  | { readonly state: 'none' }
  | {
      readonly state: 'loading'
      readonly datasetId: string
      readonly progress: OpenProgress | null
    }
  | { readonly state: 'attached'; readonly data: DataSummary }
  | { readonly state: 'failed'; readonly datasetId: string; readonly error: StudioErrorData }

/** Files of an incomplete drop, by name, and what they still need. */
export interface CollectedFiles {
  readonly received: readonly string[]
  readonly missing: readonly string[]
}

export interface ModelSlice {
  readonly model: ModelSummary | null
  readonly opening: OpeningStatus
  readonly collected: CollectedFiles | null
  readonly data: DataStatus
  readonly originalMeasure: Measure | null
  setOpening: (opening: OpeningStatus) => void
  setCollected: (collected: CollectedFiles | null) => void
  setData: (data: DataStatus) => void
  setOriginalMeasure: (measure: Measure | null) => void
  /** A new model takes the place of the old one with everything that belonged to it. */
  replaceModel: (model: ModelSummary | null) => void
  /** The same model after a restart of the engine: only its id is new. */
  renewModel: (model: ModelSummary) => void
}

export const createModelSlice: StateCreator<StudioState, [], [], ModelSlice> = (set, get) => ({
  model: null,
  opening: { state: 'idle' },
  collected: null,
  data: { state: 'none' },
  originalMeasure: null,
  setOpening: (opening) => {
    set({ opening })
  },
  setCollected: (collected) => {
    set({ collected })
  },
  setData: (data) => {
    set({ data })
  },
  setOriginalMeasure: (originalMeasure) => {
    set({ originalMeasure })
  },
  replaceModel: (model) => {
    set({
      model,
      opening: { state: 'idle' },
      collected: null,
      data: { state: 'none' },
      originalMeasure: null,
      focusLayer: null,
    })
    get().resetRun()
  },
  renewModel: (model) => {
    set({ model })
  },
})
