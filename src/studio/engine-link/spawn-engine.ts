import { StudioError } from '../../core/errors'
import { connectEngine } from '../../protocol/client'
import { HungMonitor } from '../../protocol/heartbeat'
import { deferred } from './deferred'
import { isStudioError } from '../../core/errors'
import { readEngineError } from './engine-error'
import type { EngineProcess } from './engine-session'

/** The part of a worker that the watch over it needs; tests bring their own. */
export interface EngineWorker {
  addEventListener: Worker['addEventListener']
  postMessage: Worker['postMessage']
  terminate: Worker['terminate']
}

function createWorker(): EngineWorker {
  return new Worker(new URL('../../engine/engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  })
}

/** Starts a worker, connects to it, and watches that it neither crashes nor falls silent. */
export function spawnEngine(create: () => EngineWorker = createWorker): EngineProcess {
  const worker = create()
  const { promise: death, reject: die } = deferred<never>()
  const monitor = new HungMonitor((task, seconds) => {
    die(new StudioError('engine/hung', { task, seconds }))
  })
  worker.addEventListener('error', (event) => {
    // A worker's own promise rejections and script errors; the page handles them here.
    event.preventDefault()
    die(new StudioError('engine/crashed', { reason: event.message || 'script not loaded' }))
  })
  worker.addEventListener('messageerror', () => {
    die(new StudioError('engine/crashed', { reason: 'unreadable message' }))
  })
  const client = connectEngine(
    worker,
    (beat) => {
      monitor.beat(beat)
    },
    (fault) => {
      die(readEngineError({ data: fault }))
    },
  )
  return {
    client,
    onDeath: (listener) => {
      death.catch((error: unknown) => {
        if (isStudioError(error)) listener(error)
      })
    },
    expectAnswer: (task) => monitor.expectAnswer(task),
    terminate: () => {
      monitor.stop()
      worker.terminate()
    },
  }
}
