import type { StudioError } from '../../core/errors'
import type { PreviewEvent, PreviewRequest } from '../../protocol/recipe-messages'
import { readEngineError } from './engine-error'

export interface PreviewListener {
  readonly started: (request: PreviewRequest) => void
  readonly event: (event: PreviewEvent, request: PreviewRequest) => void
  readonly finished: (request: PreviewRequest) => void
  /** Not called for a preview that a newer one replaced. */
  readonly failed: (error: StudioError, request: PreviewRequest) => void
}

/** Sends one preview and hands out its events until it ends. */
export type SendPreview = (
  request: PreviewRequest,
  onEvent: (event: PreviewEvent) => void,
  signal: AbortSignal,
) => Promise<void>

/**
 * Latest wins, and nothing queues up: at most one preview runs and one waits. A preview of a moving
 * thumb is short and runs to its end, so that a long drag still shows numbers; a settled one is ended
 * by the next move.
 */
export class PreviewQueue {
  private readonly send: SendPreview
  private readonly listener: PreviewListener
  private next: PreviewRequest | null = null
  private running: { readonly request: PreviewRequest; readonly abort: AbortController } | null =
    null

  constructor(send: SendPreview, listener: PreviewListener) {
    this.send = send
    this.listener = listener
  }

  request(request: PreviewRequest): void {
    this.next = request
    if (this.running === null) void this.pump()
    else if (this.running.request.mode === 'settled') this.running.abort.abort()
  }

  /** Ends what runs and forgets what waits. */
  clear(): void {
    this.next = null
    this.running?.abort.abort()
  }

  private async pump(): Promise<void> {
    while (this.next !== null) {
      const request = this.next
      const abort = new AbortController()
      this.next = null
      this.running = { request, abort }
      this.listener.started(request)
      try {
        await this.send(
          request,
          (event) => {
            if (!abort.signal.aborted) this.listener.event(event, request)
          },
          abort.signal,
        )
        if (!abort.signal.aborted) this.listener.finished(request)
      } catch (thrown) {
        const error = readEngineError(thrown)
        if (!abort.signal.aborted && error.code !== 'engine/cancelled') {
          this.listener.failed(error, request)
        }
      }
      this.running = null
    }
  }
}
