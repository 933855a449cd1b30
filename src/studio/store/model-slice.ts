import type { StudioErrorData } from '../../core/errors'
import type { ModelSummary } from '../../core/model-summary'
import type { DataSummary, PreparationTrial } from '../../protocol/data-messages'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { MeasureEvent } from '../../protocol/measure-messages'
import type { Slice } from './slice'

export type Measure = MeasureEvent

export type OpeningStatus =
  | { readonly state: 'idle' }
  | {
      readonly state: 'fetching'
      readonly name: string
      readonly done: number
      readonly total: number
    }
  | {
      readonly state: 'opening'
      readonly name: string
      readonly progress: OpenProgress | null
      /** Of the phase; left out where nobody knows. */
      readonly msLeft?: number | null
    }

export type DataStatus =
  | { readonly state: 'none' }
  | {
      readonly state: 'loading'
      /** What was attached before and stays if this fails. */
      readonly before: DataSummary | null
      readonly progress: OpenProgress | null
    }
  | { readonly state: 'attached'; readonly data: DataSummary }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

/** The search for the right preparation and order of classes. */
export type TrialStatus =
  | { readonly state: 'idle' }
  | {
      readonly state: 'running'
      readonly trials: readonly PreparationTrial[]
      /** null until the first is done. */
      readonly msLeft: number | null
    }
  | { readonly state: 'done'; readonly trials: readonly PreparationTrial[] }

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
  /** Names of the model's outputs, as its files or the person gave them. */
  readonly outputNames: readonly string[] | null
  readonly trial: TrialStatus
  /** Name of the data that is kept over a reload; null: none is. */
  readonly keptName: string | null
  readonly originalMeasure: Measure | null
  /** The open model is a built-in one, on the data that it was trained for. */
  readonly isSample: boolean
  setOpening: (opening: OpeningStatus) => void
  setCollected: (collected: CollectedFiles | null) => void
  setData: (data: DataStatus) => void
  setOutputNames: (names: readonly string[] | null) => void
  setTrial: (trial: TrialStatus) => void
  setKeptName: (name: string | null) => void
  markSample: () => void
  setOriginalMeasure: (measure: Measure | null) => void
  /** The same model after a restart of the engine: only its id is new. */
  renewModel: (model: ModelSummary) => void
}

const fresh = {
  opening: { state: 'idle' },
  collected: null,
  data: { state: 'none' },
  outputNames: null,
  trial: { state: 'idle' },
  originalMeasure: null,
  isSample: false,
} satisfies Partial<ModelSlice>

export const modelSlice: Slice<ModelSlice> = {
  create: (set) => ({
    model: null,
    keptName: null,
    ...fresh,
    setOpening: (opening) => {
      set({ opening })
    },
    setCollected: (collected) => {
      set({ collected })
    },
    setData: (data) => {
      set({ data })
    },
    setOutputNames: (outputNames) => {
      set({ outputNames })
    },
    setTrial: (trial) => {
      set({ trial })
    },
    setKeptName: (keptName) => {
      set({ keptName })
    },
    markSample: () => {
      set({ isSample: true })
    },
    setOriginalMeasure: (originalMeasure) => {
      set({ originalMeasure })
    },
    renewModel: (model) => {
      set({ model })
    },
  }),
  forModel: () => fresh,
  forData: () => ({ originalMeasure: null }),
}
