/** A further worker, as whoever started it sees it. */
export interface HelperPort {
  readonly post: (message: unknown, transfer: readonly ArrayBuffer[]) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  /** Told once, why it can do nothing any more. */
  readonly onDeath: (listener: (reason: string) => void) => void
  readonly terminate: () => void
}

/** What the place has for work that goes on side by side. */
export interface CoresHost {
  /** Workers that may compute at once, the engine's own included; at least 1. */
  readonly count: number
  /** Whether workers can read and write the same memory; else it is moved. */
  readonly isShared: boolean
  /** Starts a further worker. @throws where there can be none */
  readonly spawn: () => HelperPort
}

/** More of them are rarely worth their memory. */
export const MOST_CORES = 8

/** A place where nothing goes on beside the engine. */
export const oneCore: CoresHost = {
  count: 1,
  isShared: false,
  spawn: () => {
    throw new RangeError('a place with one core has no further workers')
  },
}
