/**
 * Does one thing after the other, each in a task of its own, so that the page answers between them.
 * @returns leaves out what has not begun
 */
export function inTurn(steps: readonly (() => void)[]): () => void {
  let place = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const next = (): void => {
    timer = undefined
    const step = steps[place++]
    if (step === undefined) return
    timer = setTimeout(next)
    step()
  }
  timer = setTimeout(next)
  return () => {
    clearTimeout(timer)
    place = steps.length
  }
}
