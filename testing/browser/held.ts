import type { CDPSession, Page } from '@playwright/test'
import { objectBytes } from './object-bytes.ts'

/** What a page and its workers hold once garbage is gone. */
export interface Held {
  /** Bytes of the page's objects. */
  readonly pageObjects: number
  /** The same of its workers together. */
  readonly workerObjects: number
  /** Bytes of the engine's WebAssembly memory. */
  readonly engineMemory: number
  /** Tensors that TensorFlow.js counts in the engine. */
  readonly tensors: number
  readonly nodes: number
  readonly listeners: number
  readonly workers: number
}

interface Message {
  readonly id?: number
  readonly result?: unknown
  readonly method?: string
  readonly params?: { readonly chunk?: string }
}

/** Speaks to the workers of a page, which Playwright's own session does not reach. */
class WorkerHeaps {
  private readonly attached = new Set<string>()
  private readonly waiting = new Map<number, () => void>()
  private chunks: string[] = []
  private last = 0

  private constructor(private readonly session: CDPSession) {
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.attached.add(sessionId)
    })
    session.on('Target.detachedFromTarget', ({ sessionId }) => this.attached.delete(sessionId))
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, method, params } = JSON.parse(message) as Message
      if (method === 'HeapProfiler.addHeapSnapshotChunk') this.chunks.push(params?.chunk ?? '')
      if (id !== undefined) this.waiting.get(id)?.()
    })
  }

  static async of(session: CDPSession): Promise<WorkerHeaps> {
    const heaps = new WorkerHeaps(session)
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    })
    return heaps
  }

  /** Bytes of the objects of all workers. */
  async objects(): Promise<number> {
    let sum = 0
    for (const sessionId of this.attached) {
      this.chunks = []
      await this.ask(sessionId, 'HeapProfiler.collectGarbage')
      await this.ask(sessionId, 'HeapProfiler.takeHeapSnapshot')
      sum += objectBytes(this.chunks.join(''))
    }
    return sum
  }

  private async ask(sessionId: string, method: string): Promise<void> {
    const id = ++this.last
    const reply = new Promise<void>((resolve) => {
      this.waiting.set(id, resolve)
    })
    const message = JSON.stringify({ id, method })
    await this.session.send('Target.sendMessageToTarget', { sessionId, message })
    await reply
    this.waiting.delete(id)
  }
}

/** Counts what a page holds. */
export class HeldCounter {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
    private readonly heaps: WorkerHeaps,
  ) {}

  static async of(page: Page): Promise<HeldCounter> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    return new HeldCounter(page, session, await WorkerHeaps.of(session))
  }

  async count(): Promise<Held> {
    const { page, session } = this
    // What is collected may let go of more.
    for (let times = 0; times < 3; times++) {
      await session.send('HeapProfiler.collectGarbage')
      await page.waitForTimeout(100)
    }
    const { metrics } = await session.send('Performance.getMetrics')
    const metric = (name: string): number =>
      metrics.find((one) => one.name === name)?.value ?? Number.NaN
    const inside = await Promise.all(
      page.workers().map((worker) =>
        worker.evaluate(() => {
          const engine: unknown = Reflect.get(self, '_tfengine')
          const state: unknown = Reflect.get(Object(engine), 'state')
          const backend: unknown = Reflect.get(Object(engine), 'backendInstance')
          const module: unknown = Reflect.get(Object(backend), 'wasm')
          const heap: unknown = Reflect.get(Object(module), 'HEAPU8')
          return {
            tensors: Number(Reflect.get(Object(state), 'numTensors') ?? 0),
            memory: heap instanceof Uint8Array ? heap.length : 0,
          }
        }),
      ),
    )
    return {
      pageObjects: await this.pageObjects(),
      workerObjects: await this.heaps.objects(),
      engineMemory: inside.reduce((sum, { memory }) => sum + memory, 0),
      tensors: inside.reduce((sum, { tensors }) => sum + tensors, 0),
      nodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      workers: page.workers().length,
    }
  }

  private async pageObjects(): Promise<number> {
    const chunks: string[] = []
    const keep = ({ chunk }: { chunk: string }): void => {
      chunks.push(chunk)
    }
    this.session.on('HeapProfiler.addHeapSnapshotChunk', keep)
    await this.session.send('HeapProfiler.takeHeapSnapshot')
    this.session.off('HeapProfiler.addHeapSnapshotChunk', keep)
    return objectBytes(chunks.join(''))
  }
}
