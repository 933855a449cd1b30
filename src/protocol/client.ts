import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from './contract'
import type { StudioErrorData } from '../core/errors'
import { readBeat, readFaultSign } from './heartbeat'
import type { Beat } from './heartbeat'
import { portOptions } from './transfer'

/** The worker's procedures, typed. Every call takes `{ signal }` as its second argument. */
export type EngineClient = ContractRouterClient<typeof contract>

/** @param port started, its other end served by `serveEngine` */
export function createEngineClient(port: MessagePort): EngineClient {
  return createORPCClient(new RPCLink({ port, ...portOptions() }))
}

/** What the page hands a fresh worker, once: one port for calls and one for beats. */
export interface EnginePorts {
  readonly type: 'engine-ports'
  readonly calls: MessagePort
  readonly beats: MessagePort
  /** The address of the page, which the studio's own files are relative to. */
  readonly page: string
}

export function readEnginePorts(message: unknown): EnginePorts | null {
  const type: unknown = Reflect.get(Object(message), 'type')
  const calls: unknown = Reflect.get(Object(message), 'calls')
  const beats: unknown = Reflect.get(Object(message), 'beats')
  const page: unknown = Reflect.get(Object(message), 'page')
  return type === 'engine-ports' &&
    calls instanceof MessagePort &&
    beats instanceof MessagePort &&
    typeof page === 'string'
    ? { type, calls, beats, page }
    : null
}

/**
 * Connects to a fresh worker.
 * @param onBeat for `HungMonitor.beat`
 * @param onFault the device failed; the worker must be replaced
 */
export function connectEngine(
  worker: Pick<Worker, 'postMessage'>,
  onBeat: (beat: Beat) => void,
  onFault: (fault: StudioErrorData) => void,
  page = location.href,
): EngineClient {
  const calls = new MessageChannel()
  const beats = new MessageChannel()
  beats.port1.addEventListener('message', (event: MessageEvent<unknown>) => {
    const beat = readBeat(event.data)
    if (beat !== null) onBeat(beat)
    const sign = readFaultSign(event.data)
    if (sign !== null) onFault(sign.fault)
  })
  beats.port1.start()
  calls.port1.start()
  const ports: EnginePorts = {
    type: 'engine-ports',
    calls: calls.port2,
    beats: beats.port2,
    page,
  }
  worker.postMessage(ports, [calls.port2, beats.port2])
  return createEngineClient(calls.port1)
}
