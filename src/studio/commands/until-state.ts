import type { StudioState, StudioStore } from '../store/store'

/** Resolves once the state is so, or the signal is aborted. */
export function untilState(
  store: StudioStore,
  isSo: (state: StudioState) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(store.getState()) && !signal.aborted) return
      unsubscribe()
      signal.removeEventListener('abort', look)
      resolve()
    }
    const unsubscribe = store.subscribe(look)
    signal.addEventListener('abort', look)
    look()
  })
}
