import type { BackendName } from '../core/backend-name'
import type { StudioErrorData } from '../core/errors'

export interface StartRequest {
  /** null: the automatic order. A forced backend is used even if it is a software adapter. */
  readonly forced: BackendName | null
  /** Backends to leave out, for example a GPU that was lost twice. */
  readonly exclude: readonly BackendName[]
  /** Cores to work on; null or missing: all there are, up to eight. */
  readonly cores?: number | null
}

export interface SkippedBackend {
  readonly backend: BackendName
  readonly reason: StudioErrorData | { readonly code: 'software-adapter'; readonly adapter: string }
}

export interface EngineInfo {
  readonly backend: BackendName
  /** The device as the browser names it, for example 'nvidia ampere' or 'SIMD'. */
  readonly adapter: string
  readonly software: boolean
  /** Workers that compute side by side where there is something to share out, of so many that could. */
  readonly cores: { readonly used: number; readonly of: number }
  readonly crossOriginIsolated: boolean
  readonly skipped: readonly SkippedBackend[]
  /** Measured at start by the self-test; sets time limits and time estimates. */
  readonly gigaflops: number
  /** Largest tensor in bytes that the backend can hold; null where it has no such limit. */
  readonly maxTensorBytes: number | null
}

/** Work that is going on; `done` and `total` in the unit of the phase, total 0 when unknown. */
export interface OpenProgress {
  readonly phase:
    | 'reading'
    | 'validating'
    | 'building'
    | 'running'
    | 'downloading'
    | 'unpacking'
    | 'decoding'
    | 'waiting'
  readonly done: number
  readonly total: number
}
