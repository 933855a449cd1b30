import type { Slice } from './slice'

export interface RemedySlice {
  /** How many remedies were tried of those that are tried while nothing else goes on; null: none is. */
  readonly remedyTrial: { readonly done: number; readonly total: number } | null
  setRemedyTrial: (trial: RemedySlice['remedyTrial']) => void
}

export const remedySlice: Slice<RemedySlice> = {
  create: (set, get) => ({
    remedyTrial: null,
    setRemedyTrial: (remedyTrial) => {
      if (remedyTrial !== get().remedyTrial) set({ remedyTrial })
    },
  }),
  forModel: () => ({ remedyTrial: null }),
  forData: () => ({ remedyTrial: null }),
}
