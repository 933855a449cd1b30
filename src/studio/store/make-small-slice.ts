import type { StudioErrorData } from '../../core/errors'
import type { SearchPhase } from '../../search/search-world'
import type { SearchGoal } from '../../search/search-goal'
import { MINUTES } from '../../search/training-minutes'
import type { Recipe } from '../../techniques/recipe'
import type { TriedPoint } from './run-slice'
import type { Slice } from './slice'

/** loss: as small as possible. bytes: as good as possible. target: what a case study does. */
export const wishes = ['loss', 'bytes', 'target'] as const
export type Wish = (typeof wishes)[number]

export interface SmallWish {
  readonly wish: Wish
  /** What may be lost, as a share. */
  readonly loss: number
  /** How long training may take. */
  readonly minutes: number
}

/** A search for the smallest file, as far as it is. */
export interface SmallRun {
  readonly goal: SearchGoal
  /** Whose seed and weights are kept. */
  readonly base: Recipe
  readonly best: TriedPoint | null
  /** Settings measured, of at most `total`. */
  readonly done: number
  readonly total: number
  /** Of those, how many were trained. */
  readonly trained: number
}

/** One that goes on. */
export interface SmallProgress {
  readonly phase: SearchPhase
  readonly paused: boolean
  /** The person does something else that measures. */
  readonly waits: boolean
  /** What is measured now. */
  readonly trying: Recipe | null
  /** How many of the layers' choices have been looked at; null but for that phase. */
  readonly layers: { readonly done: number; readonly total: number } | null
  readonly msLeft: number | null
}

/** The second half of one, as it goes on. */
export interface SmallTraining {
  /** From 1. */
  readonly round: number
  readonly rounds: number
  /** What is trained now; null while it is measured. */
  readonly training: { readonly recipe: Recipe; readonly epochs: number } | null
  /** Between two runs as well as within one. */
  readonly paused: boolean
  /** That it may take in all. */
  readonly minutes: number
  readonly msLeft: number
}

export type SmallStatus =
  | { readonly state: 'idle' }
  | (SmallRun & SmallTraining & { readonly state: 'training' })
  | (SmallRun & SmallProgress & { readonly state: 'running' })
  /** cutShort: by something else, or with its page. */
  | (SmallRun & { readonly state: 'done' | 'stopped' | 'cutShort' })
  | (SmallRun & { readonly state: 'failed'; readonly error: StudioErrorData })
  /** It goes on in another tab, and stood so when this one looked. */
  | (SmallRun & { readonly state: 'elsewhere' })

export interface MakeSmallSlice {
  readonly smallWish: SmallWish
  /** What the download of the open model may take; null until somebody has said. */
  readonly smallBytes: number | null
  readonly makeSmall: SmallStatus
  setSmallWish: (wish: SmallWish) => void
  setSmallBytes: (bytes: number | null) => void
  setMakeSmall: (status: SmallStatus) => void
}

type GoingOn = Extract<SmallStatus, { readonly state: 'running' | 'training' }>

export function isGoingOn(status: SmallStatus): status is GoingOn {
  return status.state === 'running' || status.state === 'training'
}

/** What has ended is of the model and the data; what goes on ends by itself. */
function fresh({ makeSmall }: MakeSmallSlice): Partial<MakeSmallSlice> {
  return isGoingOn(makeSmall) ? {} : { makeSmall: { state: 'idle' } }
}

export const makeSmallSlice: Slice<MakeSmallSlice> = {
  create: (set) => ({
    smallWish: { wish: 'loss', loss: 0.005, minutes: MINUTES.usual },
    smallBytes: null,
    makeSmall: { state: 'idle' },
    setSmallWish: (smallWish) => {
      set({ smallWish })
    },
    setSmallBytes: (smallBytes) => {
      set({ smallBytes })
    },
    setMakeSmall: (makeSmall) => {
      set({ makeSmall })
    },
  }),
  forModel: (state) => ({
    ...fresh(state),
    smallBytes: null,
  }),
  forData: fresh,
}
