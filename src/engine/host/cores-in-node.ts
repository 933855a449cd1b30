/** Further workers in Node: threads that read the same sources. */
import { Worker } from 'node:worker_threads'
import type { CoresHost, HelperPort } from './cores-host'

/** A thread reads TypeScript only where it is told how; the loader is that of the project in the current folder. */
const BOOT = `
const { workerData } = require('node:worker_threads')
import('tsx/esm/api').then(({ register }) => {
  register()
  return import(workerData.script)
})`

/**
 * @param count workers at once, the engine's own included
 * @param isShared whether they share memory, which all threads of Node can
 */
export function nodeCores(count: number, isShared = true): CoresHost {
  return { count, isShared, spawn: spawnThread }
}

function spawnThread(): HelperPort {
  const script = new URL('../helper-thread.ts', import.meta.url).href
  const thread = new Worker(BOOT, { eval: true, workerData: { script } })
  // What nobody waits for keeps no process alive.
  let waited = 0
  thread.unref()
  return {
    post: (message, transfer) => {
      if (waited++ === 0) thread.ref()
      thread.postMessage(message, [...transfer])
    },
    onMessage: (listener) => {
      thread.on('message', (message) => {
        if (--waited === 0) thread.unref()
        listener(message)
      })
    },
    onDeath: (listener) => {
      thread.on('error', (error) => {
        listener(error instanceof Error ? error.message : String(error))
      })
      thread.on('exit', () => {
        listener('the thread has ended')
      })
      thread.on('messageerror', () => {
        listener('unreadable message')
      })
    },
    terminate: () => {
      void thread.terminate()
    },
  }
}
