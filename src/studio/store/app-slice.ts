import type { Slice } from './slice'

/** A newer build of the studio: it waits, or it cannot start because another tab needs this one. */
export type Renewal = 'ready' | 'otherPages'

export interface AppSlice {
  readonly renewal: Renewal | null
  setRenewal: (renewal: Renewal | null) => void
}

export const appSlice: Slice<AppSlice> = {
  create: (set) => ({
    renewal: null,
    setRenewal: (renewal) => {
      set({ renewal })
    },
  }),
  forModel: () => ({}),
  forData: () => ({}),
}
