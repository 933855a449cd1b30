import type { BackendName } from '../../core/backend-name'
import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { EngineClient } from '../../protocol/client'
import type { EngineInfo } from '../../protocol/engine-messages'
import { deferred } from './deferred'
import { readEngineError } from './engine-error'
import { decideRestart, endsTheWorker } from './restart-policy'
import type { Fault } from './restart-policy'

/** A running worker with its client, and the two ways in which it can die by itself. */
export interface EngineProcess {
  readonly client: EngineClient
  /** Called at most once, when the worker has crashed, hung or lost its device. */
  onDeath: (listener: (error: StudioError) => void) => void
  /** Tells the watch over the worker that it owes an answer; the result ends that. */
  expectAnswer: (task: string) => () => void
  terminate: () => void
}

export interface SessionListener {
  readonly starting: () => void
  readonly ready: (info: EngineInfo) => void
  readonly restarting: (error: StudioErrorData) => void
  readonly recovered: (error: StudioErrorData) => void
  readonly gpuGivenUp: (lost: BackendName, backend: BackendName) => void
  /** @param gaveUp a worker that ran has died too often; else it did not start */
  readonly failed: (error: StudioErrorData, gaveUp: boolean) => void
  /** A cancelled task has not answered for a while, or (null) no longer keeps anyone waiting. */
  readonly cancelWaits: (task: string | null) => void
  /** Brings the open model and its data back into a fresh worker. */
  readonly restore: (call: EngineCall) => Promise<void>
}

/**
 * Runs work against the living worker.
 * @param signal the person's own cancel; what newer settings supersede is ended by the work itself
 * @throws StudioError whatever went wrong
 */
export type EngineCall = <Result>(
  task: string,
  work: (client: EngineClient, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
) => Promise<Result>

interface Generation {
  readonly process: EngineProcess
  readonly death: Promise<never>
  readonly die: (error: StudioError) => void
  backend: BackendName | null
  ready: Promise<void>
}

/** After this long a person who cancelled is offered to stop the worker. */
const CANCEL_PATIENCE_MS = 2000

/**
 * Owns the worker: starts it, notices its death, starts it again by the rules of the restart policy
 * and lets the model be brought back before anything else may run.
 */
export class EngineSession {
  private readonly spawn: () => EngineProcess
  private readonly listener: SessionListener
  private readonly now: () => number
  private readonly cores: () => number | null
  private generation: Generation | null = null
  private faults: Fault[] = []
  private forced: BackendName | null = null
  private exclude: readonly BackendName[] = []
  private started = false
  /** Resolved with the first start, which work that somebody wants before it waits for. */
  private readonly firstStart = deferred<null>()
  private cancelled: { readonly task: string; readonly generation: Generation } | null = null

  /** @param cores that a person lets it work on; null: all */
  constructor(
    spawn: () => EngineProcess,
    listener: SessionListener,
    now = () => Date.now(),
    cores: () => number | null = () => null,
  ) {
    this.cores = cores
    this.spawn = spawn
    this.listener = listener
    this.now = now
  }

  /** Starts the worker, or starts it anew on another backend; `null` is the automatic choice. */
  start(forced: BackendName | null): Promise<void> {
    this.forced = forced
    this.exclude = []
    this.faults = []
    // Also where there is no worker any more: after the last of its deaths it is started by hand.
    const restoring = this.started
    this.started = true
    this.firstStart.resolve(null)
    this.generation?.process.terminate()
    this.generation?.die(new StudioError('engine/cancelled', {}))
    this.listener.starting()
    return this.begin(restoring)
  }

  /**
   * Ends a worker that is still busy with something cancelled, and starts it anew. Only the person
   * decides this: a slow worker is alive, and a hung one is noticed by the watch over it.
   */
  stopCancelled(): void {
    if (this.cancelled === null) return
    const { generation } = this.cancelled
    if (this.generation !== generation) return
    const error = new StudioError('engine/cancelled', {})
    this.generation = null
    generation.process.terminate()
    generation.die(error)
    this.listener.restarting(error.toData())
    void this.revive(error, null)
  }

  readonly call: EngineCall = async (task, work, signal) => {
    if (!this.started) await this.firstStart.promise
    const generation = this.generation
    if (generation === null) throw new StudioError('engine/crashed', { reason: 'not started' })
    await generation.ready
    return this.callIn(generation, task, work, signal)
  }

  private begin(restoring: boolean): Promise<void> {
    const { promise: death, reject: die } = deferred<never>()
    death.catch(() => undefined)
    const process = this.spawn()
    const generation: Generation = {
      process,
      death,
      die,
      backend: this.forced,
      ready: Promise.resolve(),
    }
    this.generation = generation
    process.onDeath((error) => {
      this.bury(generation, error)
    })
    generation.ready = this.prepare(generation, restoring)
    // Whoever waits for it gets the reason; with nobody waiting it is shown by the listener.
    generation.ready.catch(() => undefined)
    return generation.ready
  }

  private async prepare(generation: Generation, restoring: boolean): Promise<void> {
    const call: EngineCall = (task, work, signal) => this.callIn(generation, task, work, signal)
    try {
      const info = await call('start', (client, signal) =>
        client.engine.start(
          { forced: this.forced, exclude: this.exclude, cores: this.cores() },
          { signal },
        ),
      )
      generation.backend = info.backend
      if (this.generation !== generation) return
      this.listener.ready(info)
      if (restoring) await this.listener.restore(call)
    } catch (thrown) {
      const error = readEngineError(thrown)
      // A dead worker is already being replaced; anything else is the end of this one's start.
      if (this.generation === generation && !endsTheWorker(error.code)) {
        this.listener.failed(error.toData(), false)
      }
      throw error
    }
  }

  private async callIn<Result>(
    generation: Generation,
    task: string,
    work: (client: EngineClient, signal: AbortSignal) => Promise<Result>,
    outer?: AbortSignal,
  ): Promise<Result> {
    const { process, death } = generation
    const controller = new AbortController()
    const waiting = { task, generation }
    let patience: ReturnType<typeof setTimeout> | undefined
    const onAbort = () => {
      controller.abort()
      patience = setTimeout(() => {
        this.cancelled = waiting
        this.listener.cancelWaits(task)
      }, CANCEL_PATIENCE_MS)
    }
    if (outer?.aborted === true) throw new StudioError('engine/cancelled', {})
    outer?.addEventListener('abort', onAbort, { once: true })
    const answered = process.expectAnswer(task)
    try {
      return await Promise.race([work(process.client, controller.signal), death])
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (endsTheWorker(error.code)) this.bury(generation, error)
      // Whatever a cancelled call fails with, it failed because it was cancelled.
      else if (controller.signal.aborted) throw new StudioError('engine/cancelled', {})
      throw error
    } finally {
      answered()
      clearTimeout(patience)
      outer?.removeEventListener('abort', onAbort)
      if (this.cancelled === waiting) {
        this.cancelled = null
        this.listener.cancelWaits(null)
      }
    }
  }

  private bury(generation: Generation, error: StudioError): void {
    if (this.generation !== generation) return
    const fault = { atMs: this.now(), code: error.code, backend: generation.backend }
    const decision = decideRestart(this.faults, fault)
    this.faults = [...this.faults, fault]
    this.generation = null
    generation.process.terminate()
    generation.die(error)
    if (decision.action === 'giveUp') {
      this.listener.failed(error.toData(), true)
      return
    }
    if (decision.action === 'leaveGpu') {
      this.forced = null
      this.exclude = ['webgpu', 'webgl']
    }
    this.listener.restarting(error.toData())
    void this.revive(error, decision.action === 'leaveGpu' ? decision.lost : null)
  }

  private async revive(error: StudioError, lost: BackendName | null): Promise<void> {
    try {
      await this.begin(true)
    } catch {
      // The listener has been told by whoever failed.
      return
    }
    const backend = this.generation?.backend
    if (lost !== null && backend !== null && backend !== undefined) {
      this.listener.gpuGivenUp(lost, backend)
    } else {
      this.listener.recovered(error.toData())
    }
  }
}
