import type { StudioErrorData } from '../../core/errors'
import type { Recipe } from '../../techniques/recipe'
import type { SweepKind } from '../../search/sweep-plan'
import type { Slice } from './slice'

export type SweepStatus =
  | { readonly state: 'idle' }
  | {
      readonly state: 'running'
      readonly kind: SweepKind
      readonly done: number
      readonly total: number
      /** Waits while the controls move or something else is measured. */
      readonly waits: boolean
      /** null until the first settings have shown how long they take. */
      readonly msLeft: number | null
    }
  | { readonly state: 'failed'; readonly kind: SweepKind; readonly error: StudioErrorData }

/** Settings that the person gave a name. */
export interface Snapshot {
  readonly name: string
  readonly recipe: Recipe
}

/** What earlier visits kept and is not shown. Another arithmetic computed it: figures of two are not mixed. */
export interface LeftOut {
  /** How many points of the history. */
  readonly points: number
  /** How many entries of the history nobody can read, whatever computed them. */
  readonly unreadable: number
  /** Whether a run that did not end was among it. */
  readonly run: boolean
  /** Parts of the open model that did not come back. */
  readonly parts: readonly LeftOutPart[]
}

/** What a model was kept with; 'model': the model itself. */
export const leftOutParts = ['model', 'cuts', 'teacher', 'stages', 'data'] as const
export type LeftOutPart = (typeof leftOutParts)[number]

/** What the browser did not keep, and why, as errors tell a reason. */
export interface NotKeptNotice {
  /** noRoom: the model, which others may make room for. points: what was tried. trained: weights of a run. parts: all but the model itself, where it came from and its case studies. */
  readonly what: 'model' | 'noRoom' | 'parts' | 'points' | 'trained'
  readonly name: string
  readonly reason: string
}

export interface HistorySlice {
  readonly sweep: SweepStatus
  /** Of the open model, oldest first. */
  readonly snapshots: readonly Snapshot[]
  /** How often the test split of the attached data was measured for this model. */
  readonly testLooks: number
  /** Whether this browser holds the open model for the next visit. */
  readonly keeping: 'no' | 'yes' | 'part' | 'notKept'
  /** Until the person has read it. */
  readonly notKept: NotKeptNotice | null
  setSweep: (sweep: SweepStatus) => void
  setSnapshots: (snapshots: readonly Snapshot[]) => void
  setTestLooks: (testLooks: number) => void
  /** Until the person has read it; null: nothing was. */
  readonly leftOut: LeftOut | null
  setKeeping: (keeping: HistorySlice['keeping']) => void
  tellNotKept: (notice: NotKeptNotice) => void
  dismissNotKept: () => void
  tellLeftOut: (more: Partial<LeftOut>) => void
  /** It is there again. */
  endLeftOut: (part: LeftOutPart) => void
  dismissLeftOut: () => void
}

export const historySlice: Slice<HistorySlice> = {
  create: (set, get) => ({
    sweep: { state: 'idle' },
    snapshots: [],
    testLooks: 0,
    keeping: 'no',
    notKept: null,
    leftOut: null,
    setSweep: (sweep) => {
      set({ sweep })
    },
    setSnapshots: (snapshots) => {
      set({ snapshots })
    },
    setTestLooks: (testLooks) => {
      set({ testLooks })
    },
    setKeeping: (keeping) => {
      set({ keeping })
    },
    tellNotKept: (notKept) => {
      set({ notKept })
    },
    dismissNotKept: () => {
      set({ notKept: null })
    },
    tellLeftOut: ({ points = 0, unreadable = 0, run = false, parts = [] }) => {
      const before = get().leftOut ?? { points: 0, unreadable: 0, run: false, parts: [] }
      set({
        leftOut: {
          points: before.points + points,
          unreadable: before.unreadable + unreadable,
          run: before.run || run,
          parts: [...new Set([...before.parts, ...parts])],
        },
      })
    },
    endLeftOut: (part) => {
      const { leftOut } = get()
      if (leftOut?.parts.includes(part) !== true) return
      const left = { ...leftOut, parts: leftOut.parts.filter((one) => one !== part) }
      const isEmpty = left.parts.length + left.points + left.unreadable === 0 && !left.run
      set({ leftOut: isEmpty ? null : left })
    },
    dismissLeftOut: () => {
      set({ leftOut: null })
    },
  }),
  forModel: ({ sweep }) => ({
    // One that is going on ends by itself.
    sweep: sweep.state === 'failed' ? { state: 'idle' } : sweep,
    snapshots: [],
    testLooks: 0,
  }),
  forData: () => ({ testLooks: 0 }),
}
