import { isStudioError } from '../../core/errors'
import type { BackendWatch } from '../backend/gpu-watch'

/**
 * Does work, and ends at once when the device fails: what the work waits for may never come.
 * @param watched throws where there is no device yet
 * @throws StudioError the fault of the device
 */
export async function unlessFault<Result>(
  watched: () => BackendWatch,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const watch = watched()
  let forget = (): void => undefined
  const fault = new Promise<never>((_, reject) => {
    forget = watch.onFault(reject)
  })
  // Begins at once, and turns what it throws into a rejection.
  const done = new Promise<Result>((resolve) => {
    resolve(work())
  })
  try {
    return await Promise.race([explained(watch, done), fault])
  } finally {
    forget()
  }
}

/**
 * A lost device ends what reads from it as somebody who cancels would, by an AbortError, and is reported a
 * moment later. What the work itself says of its end is believed.
 */
async function explained<Result>(watch: BackendWatch, done: Promise<Result>): Promise<Result> {
  try {
    return await done
  } catch (error) {
    if (!isStudioError(error)) await watch.settle()
    throw error
  }
}
