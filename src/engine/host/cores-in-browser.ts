import { MOST_CORES } from './cores-host'
import type { CoresHost, HelperPort } from './cores-host'

/** Further workers of the engine's own. They end with it. */
export function browserCores(): CoresHost {
  return {
    count: Math.min(MOST_CORES, Math.max(1, navigator.hardwareConcurrency)),
    isShared: self.crossOriginIsolated && typeof SharedArrayBuffer === 'function',
    spawn: spawnHelper,
  }
}

function spawnHelper(): HelperPort {
  const worker = new Worker(new URL('../helper.worker.ts', import.meta.url), {
    type: 'module',
    name: 'helper',
  })
  return {
    post: (message, transfer) => {
      worker.postMessage(message, [...transfer])
    },
    onMessage: (listener) => {
      worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        listener(data)
      })
    },
    onDeath: (listener) => {
      worker.addEventListener('error', (event) => {
        // Whoever asked hears of it; to the page nothing has happened.
        event.preventDefault()
        listener(event.message || 'script not loaded')
      })
      worker.addEventListener('messageerror', () => {
        listener('unreadable message')
      })
    },
    terminate: () => {
      worker.terminate()
    },
  }
}
