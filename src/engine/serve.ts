import { ORPCError, implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { isStudioError, StudioError, toErrorData } from '../core/errors'
import type { StudioErrorData } from '../core/errors'
import { memoryFaultOf } from '../core/memory-fault'
import { NodeFailure } from '../core/node-failure'
import { contract } from '../protocol/contract'
import { ofEachProcedure } from '../protocol/procedures'
import type { Stream } from '../protocol/procedures'
import { ArrivedFiles, portOptions } from '../protocol/transfer'
import type { Engine } from './engine'

/**
 * Serves all that an engine can do on a port.
 * @param port started by the caller
 * @param onFault told when the device fails
 */
export function serveEngine(
  engine: Engine,
  port: MessagePort,
  onFault: (fault: StudioError) => void = () => undefined,
): void {
  const start = implement(contract.engine.start).handler(({ input }) =>
    answered(engine, engine.start(input, onFault)),
  )
  new RPCHandler({ engine: { start }, ...router(engine) }, portOptions(new ArrivedFiles())).upgrade(
    port,
  )
}

type Call = (input: unknown, signal: AbortSignal | undefined) => unknown

function router(engine: Engine) {
  return ofEachProcedure(({ area, name, procedure, isStream }) => {
    const call = Reflect.get(engine[area], name) as Call
    return implement(procedure).handler(
      ({ input, signal }: { readonly input: unknown; readonly signal?: AbortSignal }) => {
        const answer = call(input, signal)
        return isStream
          ? translated(engine, answer as Stream<unknown, unknown>)
          : answered(engine, answer as Promise<unknown>)
      },
    )
  })
}

async function answered<Result>(engine: Engine, answer: Promise<Result>): Promise<Result> {
  try {
    return await answer
  } catch (error) {
    throw rpcError(engine, error)
  }
}

/** The same stream with errors that survive the port. */
async function* translated<Event, Result>(
  engine: Engine,
  stream: Stream<Event, Result>,
): Stream<Event, Result> {
  try {
    return yield* stream
  } catch (error) {
    throw rpcError(engine, error)
  }
}

/** What was asked for and refused has words of ours, whatever those of the browser are. */
function dataOf(thrown: unknown): StudioErrorData {
  if (thrown instanceof NodeFailure) {
    const { layer, shapes: found } = thrown
    return new StudioError('engine/layer-stopped', { layer, found }).toData()
  }
  const isRefused = !isStudioError(thrown) && memoryFaultOf(thrown) === 'tooLarge'
  return isRefused ? new StudioError('engine/out-of-memory', {}).toData() : toErrorData(thrown)
}

/** A broken device explains every other error, so it goes first. */
function rpcError(engine: Engine, thrown: unknown): ORPCError<'STUDIO', StudioErrorData> {
  const data = engine.fault()?.toData() ?? dataOf(thrown)
  return new ORPCError('STUDIO', { defined: true, data, message: data.code, cause: thrown })
}
