import type { BackendName } from '../../core/backend-name'
import type { CoresHost } from '../host/cores-host'
import type { EngineEnvironment, WasmPaths } from '../host/environment'
import { answerWithin, Helper } from './helper'
import type { WorkKind } from './helper'

/** A worker that has not started by then never does. */
const START_MS = 60_000

/** What a further worker computes with. */
export interface HelperStart {
  readonly backend: 'wasm' | 'cpu'
  readonly wasmPaths: WasmPaths
  /** The training kernels of WebAssembly; empty where there are none. */
  readonly kernels: Uint8Array<ArrayBuffer>
}

/** Makes it ready; answered with nothing. */
export const startWork: WorkKind<HelperStart, null> = { kind: 'start' }

/** The further workers of an engine: started when they are first wanted, and there until it ends. */
export class Cores {
  private readonly environment: Pick<EngineEnvironment, 'cores' | 'trainingKernels' | 'wasmPaths'>
  private readonly backend: () => BackendName
  private readonly helpers: Promise<Helper | null>[] = []
  private most = Infinity

  /** @param backend that the engine itself runs on */
  constructor(
    environment: Pick<EngineEnvironment, 'cores' | 'trainingKernels' | 'wasmPaths'>,
    backend: () => BackendName,
  ) {
    this.environment = environment
    this.backend = backend
  }

  get isShared(): boolean {
    return this.host.isShared
  }

  /** Workers that may compute at once, the engine's own included; 1 where a graphics device computes. */
  get count(): number {
    return this.runsOn() === null ? 1 : Math.min(this.most, this.host.count)
  }

  /** As a person wants it; never more than there are. */
  limit(most: number): void {
    this.most = Math.max(1, Math.floor(most))
  }

  /**
   * Workers that are ready to help; fewer where some could not be started or are dead. Dead ones are replaced.
   * @param count the engine's own not counted
   */
  async crew(count: number): Promise<readonly Helper[]> {
    const backend = this.runsOn()
    if (backend === null) return []
    const wanted = Math.min(count, this.count - 1)
    for (let at = 0; at < wanted; at++) {
      const known = await this.helpers[at]
      if (known?.isAlive !== true) this.helpers[at] = this.started(backend)
    }
    const ready = await Promise.all(this.helpers.slice(0, wanted))
    return ready.filter((helper) => helper?.isAlive === true) as Helper[]
  }

  private get host(): CoresHost {
    return this.environment.cores
  }

  private runsOn(): HelperStart['backend'] | null {
    const backend = this.backend()
    return backend === 'wasm' || backend === 'cpu' ? backend : null
  }

  private async started(backend: HelperStart['backend']): Promise<Helper | null> {
    try {
      const { trainingKernels, wasmPaths } = this.environment
      const kernels =
        backend === 'wasm'
          ? await trainingKernels().catch(() => new Uint8Array(0))
          : new Uint8Array(0)
      const helper = new Helper(this.host.spawn())
      const ready = helper.ask(startWork, { backend, wasmPaths: { ...wasmPaths }, kernels })
      // Other runs wait for it as well: none of them cancels it.
      await answerWithin(helper, ready, START_MS, new AbortController().signal).catch(
        (error: unknown) => {
          helper.end(String(error))
        },
      )
      return helper
    } catch {
      // One worker fewer; whoever asked does its part.
      return null
    }
  }
}
