import type { BackendName } from '../../core/backend-name'
import type { StudioErrorData } from '../../core/errors'
import type { EngineInfo } from '../../protocol/engine-messages'
import type { Slice } from './slice'

export type EngineStatus =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly info: EngineInfo }
  | { readonly state: 'restarting'; readonly error: StudioErrorData }
  | {
      readonly state: 'failed'
      readonly error: StudioErrorData
      /** It ran, and is not started again by itself any more. */
      readonly gaveUp: boolean
    }

/** Something that stays true until the person acts on it. */
export type EngineBanner =
  | { readonly kind: 'gpuGivenUp'; readonly backend: string; readonly lost: BackendName }
  | { readonly kind: 'recovered'; readonly error: StudioErrorData }

export interface EngineSlice {
  readonly engine: EngineStatus
  readonly forcedBackend: BackendName | null
  /** Cores that the person lets it work on; null: all that it may. */
  readonly cores: number | null
  readonly banner: EngineBanner | null
  /** Something cancelled goes on for so long that stopping the engine is offered. */
  readonly cancelWaits: boolean
  setEngine: (engine: EngineStatus) => void
  setForcedBackend: (backend: BackendName | null) => void
  setCores: (cores: number | null) => void
  setBanner: (banner: EngineBanner | null) => void
  setCancelWaits: (cancelWaits: boolean) => void
}

export const engineSlice: Slice<EngineSlice> = {
  create: (set) => ({
    engine: { state: 'starting' },
    forcedBackend: null,
    cores: null,
    banner: null,
    cancelWaits: false,
    setEngine: (engine) => {
      set({ engine })
    },
    setForcedBackend: (forcedBackend) => {
      set({ forcedBackend })
    },
    setCores: (cores) => {
      set({ cores })
    },
    setBanner: (banner) => {
      set({ banner })
    },
    setCancelWaits: (cancelWaits) => {
      set({ cancelWaits })
    },
  }),
  forModel: () => ({}),
  forData: () => ({}),
}
