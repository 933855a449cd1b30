import type { BackendName } from '../../core/backend-name'
import type { ErrorCode } from '../../core/errors'

const WINDOW_MS = 120_000
const CRASHES_BEFORE_GIVING_UP = 3

/** A death of the worker and what it ran on. */
export interface Fault {
  readonly atMs: number
  readonly code: ErrorCode
  readonly backend: BackendName | null
}

export type RestartDecision =
  | { readonly action: 'restart' }
  /** Browsers block a page whose GPU process dies twice in two minutes, so a third try is not made. */
  | { readonly action: 'leaveGpu'; readonly lost: BackendName }
  | { readonly action: 'giveUp' }

/**
 * Decides what follows a fault: a GPU is started again by itself once in two minutes, then the work
 * goes on without it; a worker that dies three times in two minutes waits for the person.
 * @param earlier faults before this one, oldest first
 */
export function decideRestart(earlier: readonly Fault[], fault: Fault): RestartDecision {
  const recent = earlier.filter((other) => fault.atMs - other.atMs < WINDOW_MS)
  if (isGpuFault(fault) && fault.backend !== null) {
    return recent.some(isGpuFault)
      ? { action: 'leaveGpu', lost: fault.backend }
      : { action: 'restart' }
  }
  const deaths = recent.filter((other) => !isGpuFault(other)).length + 1
  return deaths >= CRASHES_BEFORE_GIVING_UP ? { action: 'giveUp' } : { action: 'restart' }
}

function isGpuFault(fault: Fault): boolean {
  return fault.code === 'engine/device-lost' || fault.code === 'engine/gpu-error'
}

/** Errors after which the worker cannot be trusted any more. */
export function endsTheWorker(code: ErrorCode): boolean {
  return (
    code === 'engine/device-lost' ||
    code === 'engine/gpu-error' ||
    code === 'engine/hung' ||
    code === 'engine/crashed'
  )
}
