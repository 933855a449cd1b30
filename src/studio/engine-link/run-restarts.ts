import type { BackendName } from '../../core/backend-name'
import type { StudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import { decideRestart, endsTheWorker } from './restart-policy'
import type { Fault } from './restart-policy'

/** A worker that dies this often in one run will not get through it. Memory is another matter: pieces get smaller. */
const MOST_RESTARTS = 3

/** How the worker of a run is started, and in which pieces it takes a batch. */
export interface RunTry {
  readonly forced: BackendName | null
  readonly exclude: readonly BackendName[]
  /** Samples; null: as many as are computed to fit. */
  readonly largestPiece: number | null
}

/** What the worker of a run ended with. */
export interface RunFault extends Fault {
  /** Samples that it took at a time; null where memory is not the reason. */
  readonly piece: number | null
}

/** The next worker of a run, and why it is another one. */
export interface NextTry extends RunTry {
  readonly why: 'restarted' | 'leftGpu' | 'memory'
}

/**
 * Decides what follows the end of a run's worker.
 * @param earlier faults of the same run before this one, oldest first
 * @returns null: the run ends with it
 */
export function nextTry(
  last: RunTry,
  earlier: readonly RunFault[],
  fault: RunFault,
): NextTry | null {
  if (fault.piece !== null) {
    // Smaller than it was, whatever was told of it: this comes to an end.
    const largestPiece = Math.floor(Math.min(fault.piece, last.largestPiece ?? Infinity) / 2)
    return largestPiece < 1 ? null : { ...last, largestPiece, why: 'memory' }
  }
  const onGpu = last.forced === 'webgpu' || last.forced === 'webgl'
  // The page's own engine has the only device that there is, or keeps this one from starting in time.
  const isWithout = fault.code === 'engine/no-backend' || fault.code === 'engine/start-timeout'
  if (isWithout && onGpu) return withoutGpu(last)
  const deaths = earlier.filter(({ piece }) => piece === null)
  if (!endsTheWorker(fault.code) || deaths.length >= MOST_RESTARTS) return null
  switch (decideRestart(deaths, fault).action) {
    case 'restart':
      return { ...last, why: 'restarted' }
    case 'leaveGpu':
      return withoutGpu(last)
    case 'giveUp':
      return null
  }
}

function withoutGpu(last: RunTry): NextTry {
  return { ...last, forced: null, exclude: ['webgpu', 'webgl'], why: 'leftGpu' }
}

/** Browsers hand a page the name of an error that nobody caught within its message. */
const UNCAUGHT = /^(?:Uncaught )?(\w*Error): (.*)$/s

/**
 * Samples that were taken at a time where memory ended a worker; null where it was something else.
 * @param taken at a time, as far as the page knows
 */
export function pieceOfMemoryFault(error: StudioError, taken: number): number | null {
  const { code, params } = error.toData()
  const piece: unknown = Reflect.get(params, 'piece')
  if (code === 'train/worker-out-of-memory') return typeof piece === 'number' ? piece : taken
  if (code === 'engine/gpu-error') return memoryFaultOf(error) === null ? null : taken
  if (code !== 'engine/crashed') return null
  const reason = String(Reflect.get(params, 'reason'))
  const [, name = 'Error', message = reason] = UNCAUGHT.exec(reason) ?? []
  return memoryFaultOf({ name, message }) === null ? null : taken
}
