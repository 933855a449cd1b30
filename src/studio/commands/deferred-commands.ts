/** What a command takes is its own; whoever defers it only hands it on. */
type Command = (...given: never[]) => unknown

/** The commands among what a group offers. */
type CommandName<Group> = {
  [Name in keyof Group]: Group[Name] extends Command ? Name : never
}[keyof Group]

/** The same commands, each of which waits for its code. */
type DeferredCommands<Group, Name extends keyof Group> = {
  readonly [Key in Name]: Group[Key] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Awaited<Result>>
    : never
}

/**
 * Commands whose code comes with what needs them, not with the first screen.
 * @param load the group; the same one at every call
 * @param names of the commands that are offered
 */
export function deferredCommands<Group extends object, Name extends CommandName<Group>>(
  load: () => Promise<Group>,
  names: readonly Name[],
): DeferredCommands<Group, Name> {
  const deferred = names.map((name) => [
    name,
    async (...given: never[]): Promise<unknown> => {
      const command = (await load())[name] as Command
      return command(...given)
    },
  ])
  return Object.fromEntries(deferred) as DeferredCommands<Group, Name>
}

/** The same promise at every call. */
export function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | null = null
  return () => (loaded ??= load())
}
