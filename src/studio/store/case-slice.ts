import { casePresets } from '../../case-study/case-plan'
import type { CaseLimits, CaseOrder, CasePurpose, StageId } from '../../case-study/case-plan'
import type { StageFigures } from '../../case-study/lost-work'
import type { StudioErrorData } from '../../core/errors'
import type { Latency } from '../../protocol/measure-messages'
import type { ZipSize } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import type { Measure } from './model-slice'
import type { Slice } from './slice'

/** What a case study does. */
export interface CaseChoice {
  readonly purpose: CasePurpose
  readonly order: CaseOrder
  /** Of each stage that trains. */
  readonly epochs: number
}

export interface CaseSettings extends CaseChoice {
  /** Of purposes whose own limits somebody has changed. */
  readonly limits: Readonly<Partial<Record<CasePurpose, CaseLimits>>>
}

/** A stage as it was measured, and the settings that bring it back. */
export interface CaseStagePoint extends Omit<StageFigures, 'zippedBytes'> {
  readonly size: ZipSize
  readonly recipe: Recipe
  readonly measure: Measure
  readonly macs: number | null
  /** Bytes of its weights as float32; null where nobody counted them. */
  readonly memory: number | null
}

export type CaseStatus =
  | { readonly state: 'running'; readonly stage: StageId }
  | { readonly state: 'done' | 'cancelled' }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

/** One case study: a path through size and accuracy. */
export interface CasePath {
  readonly id: number
  readonly settings: CaseChoice
  /** What it is to keep to. */
  readonly limits: CaseLimits
  readonly stages: readonly CaseStagePoint[]
  readonly status: CaseStatus
  /** One sample at a time; of the whole model, and of the last stage. */
  readonly latency: { readonly original: Latency | null; readonly compressed: Latency | null }
}

/** The limits of a purpose, as somebody has changed them. */
export function limitsOf({ limits, purpose }: CaseSettings): CaseLimits {
  return limits[purpose] ?? casePresets[purpose].limits
}

/** The limits that a case study of the same purpose would begin with now. */
export function targetsNow({ settings }: CasePath, now: CaseSettings): CaseLimits {
  return limitsOf({ ...now, purpose: settings.purpose })
}

export interface CaseSlice {
  readonly caseSettings: CaseSettings
  /** Of the open model and those it was cut from, oldest first. */
  readonly casePaths: readonly CasePath[]
  setCaseSettings: (settings: CaseSettings) => void
  setCasePaths: (paths: readonly CasePath[]) => void
}

export const caseSlice: Slice<CaseSlice> = {
  create: (set) => ({
    caseSettings: { purpose: 'mobile', order: 'pruneFirst', epochs: 2, limits: {} },
    casePaths: [],
    setCaseSettings: (caseSettings) => {
      set({ caseSettings })
    },
    setCasePaths: (casePaths) => {
      set({ casePaths })
    },
  }),
  // The commands know which models were cut from each other: they end the paths.
  forModel: () => ({}),
  forData: () => ({}),
}
