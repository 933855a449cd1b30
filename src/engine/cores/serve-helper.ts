import type { Answered, Asked, WorkKind } from './helper'

/** An answer, and the memory that goes over with it. */
export interface Done<Output> {
  readonly value: Output
  readonly transfer?: readonly ArrayBuffer[]
}

/** How a kind of work is done. */
export interface Served {
  readonly kind: string
  readonly work: (input: unknown) => Promise<Done<unknown>>
}

/** Binds work to the kind that it is asked by. */
export function served<Input, Output>(
  { kind }: WorkKind<Input, Output>,
  work: (input: Input) => Promise<Done<Output>>,
): Served {
  return { kind, work: (input) => work(input as Input) }
}

/** The other end of a helper's port. */
export interface HelperDesk {
  readonly post: (message: unknown, transfer: readonly ArrayBuffer[]) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
}

/** Answers whatever a further worker is asked, one after the other. */
export function serveHelper({ onMessage, post }: HelperDesk, all: readonly Served[]): void {
  const works = new Map(all.map(({ kind, work }) => [kind, work]))
  let last: Promise<void> = Promise.resolve()
  const answer = async ({ id, kind, input }: Asked): Promise<void> => {
    try {
      const work = works.get(kind)
      if (work === undefined) throw new RangeError(`a further worker does no ${kind}`)
      const { transfer = [], value } = await work(input)
      post({ id, value } satisfies Answered, transfer)
    } catch (error) {
      post(
        { id, error: error instanceof Error ? error.message : String(error) } satisfies Answered,
        [],
      )
    }
  }
  onMessage((message) => {
    last = last.then(() => answer(message as Asked))
  })
}
