import { StudioError } from '../../core/errors'
import type { EngineInfo, StartRequest } from '../../protocol/engine-messages'
import { deferred } from './deferred'
import { readEngineError } from './engine-error'
import type { EngineCall, EngineProcess } from './engine-session'

/** A worker that one piece of work has for itself. */
export interface OwnWorker {
  readonly call: EngineCall
  readonly info: EngineInfo
}

/**
 * Runs work in a worker of its own, which ends with it: once it is done, at its first fault, or at once where the
 * signal is aborted. Memory that WebAssembly has taken is given back by nothing else.
 * @throws StudioError what the work or the worker ended with; 'engine/cancelled' after an abort
 */
export async function inOwnWorker<Result>(
  spawn: () => EngineProcess,
  request: StartRequest,
  work: (worker: OwnWorker) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  if (signal.aborted) throw new StudioError('engine/cancelled', {})
  const { promise: death, reject: die } = deferred<never>()
  death.catch(() => undefined)
  const onAbort = (): void => {
    die(new StudioError('engine/cancelled', {}))
  }
  signal.addEventListener('abort', onAbort, { once: true })
  const process = spawn()
  process.onDeath(die)
  /** What a worker that has ended still had to say is of no run any more. */
  const lifetime = new AbortController()

  const call: EngineCall = async (task, ask, own) => {
    const answered = process.expectAnswer(task)
    const signals = own === undefined ? [lifetime.signal] : [lifetime.signal, own]
    try {
      return await Promise.race([ask(process.client, AbortSignal.any(signals)), death])
    } catch (thrown) {
      throw readEngineError(thrown)
    } finally {
      answered()
    }
  }

  async function startAndWork(): Promise<Result> {
    const info = await call('start', (client, own) => client.engine.start(request, { signal: own }))
    return work({ call, info })
  }

  try {
    return await Promise.race([startAndWork(), death])
  } catch (thrown) {
    throw readEngineError(thrown)
  } finally {
    signal.removeEventListener('abort', onAbort)
    process.terminate()
    lifetime.abort()
  }
}
