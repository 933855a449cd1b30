import { ofEachProcedure } from '../../protocol/procedures'
import type { EngineCalls, EngineProcedures } from '../../protocol/procedures'
import { streamed } from './stream'

/** Does work, and gives it up where it could wait for ever. */
export type Guard = <Result>(work: () => Result | Promise<Result>) => Promise<Result>

type Work = (...given: unknown[]) => unknown

/**
 * What rooms offer as it is called: long procedures as streams, all others as promises.
 * @param guarded around the work of every call
 */
export function callsOf(procedures: EngineProcedures, guarded: Guard): EngineCalls {
  const offered: Readonly<
    Record<string, Readonly<Record<string, (...given: never[]) => unknown>>>
  > = procedures
  const calls = ofEachProcedure(({ area, name, isStream }) => {
    // The types of a call and of its work are those of the same line of the contract.
    const work = offered[area]?.[name] as Work
    return isStream
      ? (input: unknown, signal?: AbortSignal) =>
          streamed(signal, (emit, own) => guarded(() => work(input, emit, own)))
      : (input: unknown, signal = new AbortController().signal) =>
          guarded(() => work(input, signal))
  })
  return calls as unknown as EngineCalls
}
