import type { LongWork, WantedWork } from './long-works'
import type { Slice } from './slice'

/** Something that the person has to decide: whether works end for another one. */
export interface WorkQuestion {
  readonly wanted: WantedWork
  readonly running: readonly LongWork[]
}

/** Something wanted that begins later. */
export interface WorkWait {
  readonly id: number
  readonly wanted: WantedWork
  readonly on: readonly LongWork[]
}

/** Works that another one has ended. */
export interface EndedWorks {
  readonly wanted: WantedWork
  readonly ended: readonly LongWork[]
}

export interface WorksSlice {
  readonly workQuestion: WorkQuestion | null
  readonly workWaits: readonly WorkWait[]
  /** Until the wanted one has ended, too. */
  readonly endedWorks: EndedWorks | null
  setWorkQuestion: (question: WorkQuestion | null) => void
  setWorkWaits: (waits: readonly WorkWait[]) => void
  setEndedWorks: (ended: EndedWorks | null) => void
}

export const worksSlice: Slice<WorksSlice> = {
  create: (set) => ({
    workQuestion: null,
    workWaits: [],
    endedWorks: null,
    setWorkQuestion: (workQuestion) => {
      set({ workQuestion })
    },
    setWorkWaits: (workWaits) => {
      set({ workWaits })
    },
    setEndedWorks: (endedWorks) => {
      set({ endedWorks })
    },
  }),
  forModel: () => ({}),
  forData: () => ({}),
}
