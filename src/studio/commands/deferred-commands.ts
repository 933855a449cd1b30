import type { StudioStore } from '../store/store'

/** What a command takes is its own; whoever defers it only hands it on. */
type Command = (...given: never[]) => unknown

/** The commands among what a part offers. */
type CommandName<Offered> = {
  [Name in keyof Offered]: Offered[Name] extends Command ? Name : never
}[keyof Offered]

/** The same commands, each of which waits for its code. */
type DeferredCommands<Offered, Name extends keyof Offered> = {
  readonly [Key in Name]: Offered[Key] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Awaited<Result>>
    : never
}

/**
 * Commands whose code comes with what needs them, not with the first screen.
 * @param load what offers them; the same at every call
 * @param names of the commands that are offered
 */
export function deferredCommands<Offered extends object, Name extends CommandName<Offered>>(
  load: () => Promise<Offered>,
  names: readonly Name[],
): DeferredCommands<Offered, Name> {
  const deferred = names.map((name) => [
    name,
    async (...given: never[]): Promise<unknown> => {
      const command = (await load())[name] as Command
      return command(...given)
    },
  ])
  return Object.fromEntries(deferred) as DeferredCommands<Offered, Name>
}

/** The same promise at every call, until it fails: then the next call tries again. */
export function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | null = null
  const tryOnce = async (): Promise<Value> => {
    try {
      return await load()
    } catch (thrown) {
      loaded = null
      throw thrown
    }
  }
  return () => (loaded ??= tryOnce())
}

/** Loads what goes on by itself once there is a model; what does not come is missed by nobody. */
export function fromFirstModel(
  store: StudioStore,
  loads: readonly (() => Promise<unknown>)[],
): void {
  const stopWaiting = store.subscribe(({ model }) => {
    if (model === null) return
    stopWaiting()
    for (const load of loads) load().catch(() => undefined)
  })
}
