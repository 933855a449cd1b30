import { readFileSync, writeFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'

/** Bytes of this process at one moment. */
export interface Held {
  /** Everything that the process takes of the machine's memory. */
  readonly rss: number
  /** The linear memory of the WASM backend, which never shrinks. */
  readonly wasm: number
  /** JavaScript objects, and the bytes of arrays and blobs. */
  readonly script: number
}

function held(): Held {
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, wasm: wasmBytes(), script: heapUsed + external }
}

function wasmBytes(): number {
  const backend: unknown = tf.getBackend() === 'wasm' ? tf.backend() : null
  const module: unknown = backend === null ? null : Reflect.get(Object(backend), 'wasm')
  const heap: unknown = module === null ? null : Reflect.get(Object(module), 'HEAPU8')
  return heap instanceof Uint8Array ? heap.length : 0
}

/** The most that this process has held since the last look; Linux counts it, elsewhere samples do. */
export class MemoryPeak {
  private most: Held = held()

  /** Call it often while work goes on. */
  readonly sample = (): void => {
    const now = held()
    const { rss, wasm, script } = this.most
    this.most = {
      rss: Math.max(rss, now.rss),
      wasm: Math.max(wasm, now.wasm),
      script: Math.max(script, now.script),
    }
  }

  /** @returns the most since the last call; what is held now is where the next one starts */
  take(): Held {
    this.sample()
    const { most } = this
    const counted = highWater()
    this.most = held()
    forgetHighWater()
    return counted === null ? most : { ...most, rss: counted }
  }

  /** What is held once garbage is gone. */
  settled(): Held {
    for (let times = 0; times < 3; times++) globalThis.gc?.()
    return held()
  }
}

function highWater(): number | null {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return kilobytes === undefined ? null : 1024 * Number(kilobytes)
  } catch {
    return null
  }
}

function forgetHighWater(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Only Linux has it; samples are taken anyway.
  }
}
