import type { EngineCall } from './engine-session'

/** Knows whether anybody asks the engine for anything, for work that is to be in nobody's way. */
export class EngineTraffic {
  private readonly watchers = new Set<() => void>()
  private going = 0
  /** The same calls, counted. */
  readonly call: EngineCall

  constructor(call: EngineCall) {
    this.call = async (task, work, signal) => {
      this.going++
      this.tell()
      try {
        return await call(task, work, signal)
      } finally {
        this.going--
        this.tell()
      }
    }
  }

  /** Whether a call waits for its answer. */
  get busy(): boolean {
    return this.going > 0
  }

  /** @param look called when a call begins and when it ends */
  watch(look: () => void): () => void {
    this.watchers.add(look)
    return () => {
      this.watchers.delete(look)
    }
  }

  private tell(): void {
    for (const look of this.watchers) look()
  }
}
