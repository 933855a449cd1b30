import { StudioError } from '../../core/errors'
import type { HelperPort } from '../host/cores-host'
import { whenAborted } from './when-aborted'

/** What is asked of a further worker; each is answered once. */
export interface Asked {
  readonly id: number
  readonly kind: string
  readonly input: unknown
}

export type Answered =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }

/** A kind of work: its name, what it is given and what it gives. */
export interface WorkKind<Input, Output> {
  readonly kind: string
  /** Types alone. */
  readonly input?: Input
  readonly output?: Output
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: HelperGone) => void
}

/** A further worker that can do nothing any more, or has said that it cannot do this. */
export class HelperGone extends Error {}

/** A further worker of the engine: asked, answering, and dead at some time. */
export class Helper {
  private readonly port: HelperPort
  private readonly waiting = new Map<number, Waiting>()
  private asked = 0
  private gone: string | null = null

  constructor(port: HelperPort) {
    this.port = port
    port.onMessage((message) => {
      this.hear(message as Answered)
    })
    port.onDeath((reason) => {
      this.end(reason)
    })
  }

  get isAlive(): boolean {
    return this.gone === null
  }

  /**
   * @param transfer memory that goes over with it
   * @throws HelperGone where it died or failed; what it was to do has to be done by somebody else
   */
  ask<Input, Output>(
    { kind }: WorkKind<Input, Output>,
    input: Input,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Output> {
    if (this.gone !== null) return Promise.reject(new HelperGone(this.gone))
    const id = ++this.asked
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      try {
        this.port.post({ id, kind, input } satisfies Asked, transfer)
      } catch (error) {
        // What no message can hold is a fault of whoever asked, and no worker's.
        this.waiting.delete(id)
        reject(new HelperGone(error instanceof Error ? error.message : String(error)))
      }
    }) as Promise<Output>
  }

  /** Ends it at once; what it was asked is answered by nobody. */
  end(reason: string): void {
    if (this.gone !== null) return
    this.gone = reason
    this.port.terminate()
    for (const { reject } of this.waiting.values()) reject(new HelperGone(reason))
    this.waiting.clear()
  }

  private hear(answer: Answered): void {
    const asked = this.waiting.get(answer.id)
    this.waiting.delete(answer.id)
    if (asked === undefined) return
    if ('value' in answer) asked.resolve(answer.value)
    else asked.reject(new HelperGone(answer.error))
  }
}

/**
 * The answer, or the end of a worker that has been silent for so long.
 * @throws HelperGone; StudioError 'engine/cancelled' once the signal is aborted
 */
export async function answerWithin<Output>(
  helper: Helper,
  answer: Promise<Output>,
  limitMs: number,
  signal: AbortSignal,
): Promise<Output> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stay = (): void => undefined
  const given = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      helper.end('silent for too long')
    }, limitMs)
    stay = whenAborted(signal, () => {
      reject(new StudioError('engine/cancelled', {}))
    })
  })
  try {
    return await Promise.race([answer, given])
  } finally {
    clearTimeout(timer)
    stay()
  }
}
