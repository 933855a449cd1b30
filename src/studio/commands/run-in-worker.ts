import type { BackendName } from '../../core/backend-name'
import type { OutputMeaning } from '../../core/output-meaning'
import { drain } from '../../protocol/drain'
import type { EngineClient } from '../../protocol/client'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { TrainEvent, TrainResult } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import { inOwnWorker } from '../engine-link/own-worker'
import type { OwnWorker } from '../engine-link/own-worker'
import { nextTry, pieceOfMemoryFault } from '../engine-link/run-restarts'
import type { NextTry, RunFault, RunTry } from '../engine-link/run-restarts'
import type { AttachedData } from '../keeping/attached-data'
import type { TeacherModel } from '../keeping/open-place'
import type { PreparationStep } from '../store/train-slice'
import { attachIn, openIn, openTeacherIn, readOutputsIn } from './bring-in'
import type { Receiver } from './bring-in'
import type { CommandContext } from './command-world'
import type { TrainedCommands } from './trained-commands'

/** What a run is of, as it was when it began: what the page does meanwhile is no part of it. */
export interface RunOrder {
  readonly files: readonly File[]
  readonly origin: CutOrigin | null
  readonly data: AttachedData | null
  readonly meaning: OutputMeaning | null
  /** null: the original, or none. */
  readonly teacher: TeacherModel | null
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** A checkpoint to go on from. */
  readonly from: Blob | null
}

export interface RunListener {
  readonly preparing: (step: PreparationStep, progress: OpenProgress | null) => void
  readonly runsOn: (backend: BackendName) => void
  readonly event: (event: TrainEvent) => void
  /** A worker has ended, and another one goes on from the checkpoint; null: from the beginning. */
  readonly again: (next: NextTry, checkpoint: Blob | null) => void
}

export interface WorkerRun {
  /** @throws StudioError what ended the run; 'engine/cancelled' at once after an abort */
  readonly toEnd: (signal: AbortSignal) => Promise<TrainResult>
  /** The last one; null before the first. */
  readonly checkpoint: () => Blob | null
  /** Asks the run for something; nothing where it has not begun or has ended. @throws StudioError */
  readonly ask: (
    task: string,
    work: (client: EngineClient, signal: AbortSignal) => Promise<unknown>,
  ) => Promise<void>
}

/** A run in a worker of its own, and in further ones where that ends before it. */
export function createWorkerRun(
  { now, spawn, store }: CommandContext,
  trained: TrainedCommands,
  order: RunOrder,
  listener: RunListener,
): WorkerRun {
  let { from: checkpoint } = order
  let begun: EngineCall | null = null
  /** The most samples at a time, as far as the page knows; null while there is no run. */
  let taken: number | null = null

  async function bringIn(call: EngineCall): Promise<void> {
    const { data, files, meaning, origin, recipe, teacher } = order
    const bring = (
      step: PreparationStep,
      task: string,
      work: (to: Receiver) => Promise<unknown>,
    ): Promise<unknown> => {
      listener.preparing(step, null)
      return call(task, (client, signal) => {
        const tell = (progress: OpenProgress): void => {
          if (!signal.aborted) listener.preparing(step, progress)
        }
        return work({ client, signal, tell })
      })
    }
    await bring('model', 'open', (to) => openIn(to, files, origin))
    if (meaning !== null) await bring('model', 'meaning', (to) => readOutputsIn(to, meaning))
    if (data !== null) await bring('data', 'attach', (to) => attachIn(to, data))
    if (teacher !== null) await bring('teacher', 'teacher', (to) => openTeacherIn(to, teacher))
    await trained.ensure(call, recipe)
  }

  /** Nothing is known of a worker that is yet to come. */
  function beginAnew(): void {
    begun = null
    taken = null
    listener.preparing('worker', null)
  }

  function take(event: TrainEvent, call: EngineCall): void {
    if (event.type === 'started') begun = call
    // What the engine takes at once, by what it knows of the memory, may be less than a batch.
    if (event.type === 'started' || event.type === 'pieceHalved') taken = event.piece
    if (event.type === 'checkpoint') checkpoint = event.file
    listener.event(event)
  }

  async function runIn(
    { call, info }: OwnWorker,
    largestPiece: number | null,
  ): Promise<TrainResult> {
    const { recipe, settings } = order
    listener.runsOn(info.backend)
    await bringIn(call)
    listener.preparing('run', null)
    return call('train', async (client, lifetime) => {
      const request = { recipe, settings, resume: checkpoint, largestPiece }
      taken = largestPiece ?? settings.batchSize
      const events = await client.train.start(request, { signal: lifetime })
      return drain(events, (event) => {
        if (!lifetime.aborted) take(event, call)
      })
    })
  }

  return {
    toEnd: async (signal) => {
      const { engine, forcedBackend } = store.getState()
      const backend = engine.state === 'ready' ? engine.info.backend : forcedBackend
      let attempt: RunTry = { forced: backend, exclude: [], largestPiece: null }
      const faults: RunFault[] = []
      for (;;) {
        let ranOn = attempt.forced
        beginAnew()
        try {
          const { exclude, forced, largestPiece } = attempt
          return await inOwnWorker(
            spawn,
            // Where memory ran out nobody else takes of it.
            { forced, exclude, cores: largestPiece === null ? store.getState().cores : 1 },
            (worker) => {
              ranOn = worker.info.backend
              return runIn(worker, largestPiece)
            },
            signal,
          )
        } catch (thrown) {
          const error = readEngineError(thrown)
          if (signal.aborted) throw error
          const piece = taken === null ? null : pieceOfMemoryFault(error, taken)
          const fault = { atMs: now(), code: error.code, backend: ranOn, piece }
          const next = nextTry(attempt, faults, fault)
          faults.push(fault)
          if (next === null) throw error
          attempt = next
          listener.again(next, checkpoint)
        } finally {
          begun = null
        }
      }
    },
    checkpoint: () => checkpoint,
    ask: async (task, work) => {
      if (begun !== null) await begun(task, work)
    },
  }
}
