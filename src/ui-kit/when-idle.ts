/** Puts off what nobody waits for until the page has nothing else to do. */
export function whenIdle(work: () => void): void {
  const patience = 5000
  // Safari has none.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: patience })
  else setTimeout(work, 1000)
}
