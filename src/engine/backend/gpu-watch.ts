import type { BackendName } from '../../core/backend-name'
import { StudioError } from '../../core/errors'

/** The part of a GPUDevice that tells of faults. */
export interface WatchedDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void
  pushErrorScope(filter: 'validation'): void
  popErrorScope(): Promise<unknown>
}

/** The part of a WebGL canvas and its context that tells of faults. */
export interface WatchedContext {
  readonly canvas: {
    addEventListener(type: 'webglcontextlost', listener: () => void): void
  }
  isContextLost(): boolean
}

/**
 * The fault of the backend, if it has had one. After a fault tfjs goes on and computes zeros, so a
 * number is only worth reporting if there was no fault before it was read back.
 */
export interface BackendWatch {
  /** @throws StudioError 'engine/device-lost' or 'engine/gpu-error' once there was a fault */
  check(): void
  /** Waits until every fault of work so far must have been reported, then checks. */
  settle(): Promise<void>
  /** Calls back once, at the first fault, or at once if there was one. @returns what ends that */
  onFault(listener: (fault: StudioError) => void): () => void
}

class FaultLatch implements BackendWatch {
  private first: StudioError | null = null
  private readonly listeners = new Set<(fault: StudioError) => void>()
  private readonly flush: () => Promise<void>

  constructor(flush: () => Promise<void>) {
    this.flush = flush
  }

  trip(fault: StudioError): void {
    if (this.first !== null) return
    this.first = fault
    for (const listener of this.listeners) listener(fault)
    this.listeners.clear()
  }

  onFault(listener: (fault: StudioError) => void): () => void {
    if (this.first === null) this.listeners.add(listener)
    else listener(this.first)
    return () => this.listeners.delete(listener)
  }

  check(): void {
    if (this.first !== null) throw this.first
  }

  async settle(): Promise<void> {
    this.check()
    await this.flush()
    this.check()
  }
}

/** WASM and plain JavaScript throw where they fail. */
export const noFaults: BackendWatch = {
  check: () => undefined,
  settle: () => Promise.resolve(),
  onFault: () => () => undefined,
}

/**
 * Watches a WebGPU device. Any uncaptured error counts, because tfjs captures none: a shader that did
 * not compile or a buffer over the limit shows nowhere else.
 * @param breathe lets the event of an error arrive that is already on its way
 */
export function watchDevice(device: WatchedDevice, breathe: () => Promise<void>): BackendWatch {
  const latch = new FaultLatch(async () => {
    device.pushErrorScope('validation')
    // Rejects on a lost device, whose loss is reported by itself.
    await device.popErrorScope().catch(() => undefined)
    await breathe()
  })
  void device.lost.then(({ reason, message }) => {
    latch.trip(lost('webgpu', message === '' ? reason : message))
  })
  device.addEventListener('uncapturederror', ({ error }) => {
    latch.trip(new StudioError('engine/gpu-error', { backend: 'webgpu', reason: error.message }))
  })
  return latch
}

/** Watches a WebGL context, which can be taken away at any time. */
export function watchContext(context: WatchedContext): BackendWatch {
  const noteLoss = (): void => {
    if (context.isContextLost()) latch.trip(lost('webgl', 'the WebGL context was lost'))
  }
  const latch = new FaultLatch(() => {
    noteLoss()
    return Promise.resolve()
  })
  context.canvas.addEventListener('webglcontextlost', () => {
    latch.trip(lost('webgl', 'the WebGL context was lost'))
  })
  return latch
}

function lost(backend: BackendName, reason: string): StudioError {
  return new StudioError('engine/device-lost', { backend, reason })
}

/** @throws StudioError 'engine/tensor-too-large' for a tensor that the device would turn into zeros */
export function checkTensorBytes(
  backend: BackendName,
  limit: number | null,
  tensor: string,
  bytes: number,
): void {
  if (limit !== null && bytes > limit)
    throw new StudioError('engine/tensor-too-large', { backend, tensor, bytes, limit })
}
