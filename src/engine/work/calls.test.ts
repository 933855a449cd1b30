import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { ofEachProcedure } from '../../protocol/procedures'
import type { EngineProcedures } from '../../protocol/procedures'
import type { BackendWatch } from '../backend/gpu-watch'
import { callsOf } from './calls'
import { unlessFault } from './unless-fault'

type Offered = (input: unknown, emit: unknown, signal: unknown) => unknown
type Emit = (event: unknown) => void

/** Rooms whose procedures all do the same. */
function rooms(work: Offered): EngineProcedures {
  return ofEachProcedure(() => work) as unknown as EngineProcedures
}

const isEmit = (given: unknown): given is Emit => typeof given === 'function'

/** A device that fails when it is told to. */
function device(): BackendWatch & { fail: (fault: StudioError) => void; listeners: number } {
  const listeners = new Set<(fault: StudioError) => void>()
  return {
    check: () => undefined,
    settle: () => Promise.resolve(),
    get listeners() {
      return listeners.size
    },
    onFault: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    fail: (fault) => {
      for (const listener of listeners) listener(fault)
    },
  }
}

const lost = new StudioError('engine/device-lost', { backend: 'webgpu', reason: 'gone' })
const never = (): Promise<never> => new Promise(() => undefined)

describe('the calls of an engine', () => {
  it('guard the work of every procedure of the contract', async () => {
    const guarded: string[] = []
    const named = ofEachProcedure(
      ({ area, name }) =>
        () =>
          `${area}.${name}`,
    )
    const calls = callsOf(named as unknown as EngineProcedures, async (work) => {
      const answer = await work()
      guarded.push(String(answer))
      return answer
    })
    const places = Object.values(ofEachProcedure((place) => place)).flatMap((ofArea) =>
      Object.values(ofArea),
    )
    for (const { area, name, isStream } of places) {
      const call = Reflect.get(calls[area], name) as () => Promise<unknown> | AsyncGenerator
      const answer = call()
      const result: unknown = 'next' in answer ? (await answer.next()).value : await answer
      expect('next' in answer).toBe(isStream)
      expect(result).toBe(`${area}.${name}`)
    }
    expect(guarded).toEqual(places.map(({ area, name }) => `${area}.${name}`))
    expect(guarded).toContain('train.pause')
  })

  it('hand over events and input, and end with what the work ends with', async () => {
    const calls = callsOf(
      rooms((input, emit) => {
        if (isEmit(emit)) emit({ done: 1 })
        return Promise.resolve({ input })
      }),
      async (work) => work(),
    )
    const stream = calls.teacher.outputs({ first: 3 })
    expect(await stream.next()).toEqual({ done: false, value: { done: 1 } })
    expect(await stream.next()).toEqual({ done: true, value: { input: { first: 3 } } })
    expect(await calls.measure.latency({ batch: 2 })).toEqual({ input: { batch: 2 } })
  })

  it('abort the work when their stream is left or the outer signal is aborted', async () => {
    const seen: AbortSignal[] = []
    const calls = callsOf(
      rooms(async (_input, emit, signal) => {
        if (!isEmit(emit) || !(signal instanceof AbortSignal)) throw new Error('long')
        seen.push(signal)
        emit({ done: 1 })
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
      }),
      async (work) => work(),
    )
    const left = calls.measure.original()
    await left.next()
    await left.return(undefined)
    const outer = new AbortController()
    const aborted = calls.measure.original(undefined, outer.signal)
    await aborted.next()
    outer.abort()
    await aborted.next()
    expect(seen.map((signal) => signal.aborted)).toEqual([true, true])
  })
})

describe('a fault of the device', () => {
  it('ends work that waits for it for ever, and nobody listens afterwards', async () => {
    const watch = device()
    const stream = callsOf(rooms(never), (work) =>
      unlessFault(() => watch, work),
    ).measure.original()
    const next = stream.next()
    watch.fail(lost)
    await expect(next).rejects.toBe(lost)
    expect(watch.listeners).toBe(0)
  })

  it('is told before what the work throws by itself, however early that is', async () => {
    const known: BackendWatch = {
      ...device(),
      onFault: (listener) => {
        listener(lost)
        return () => undefined
      },
    }
    const calls = callsOf(rooms(never), (work) => unlessFault(() => known, work))
    await expect(calls.measure.latency({ batch: 1 })).rejects.toBe(lost)
  })

  it('takes nothing from work that throws or is done', async () => {
    const watch = device()
    const failed = unlessFault(
      () => watch,
      () => {
        throw new StudioError('train/no-run', {})
      },
    )
    await expect(failed).rejects.toMatchObject({ code: 'train/no-run' })
    await expect(
      unlessFault(
        () => watch,
        () => 3,
      ),
    ).resolves.toBe(3)
    expect(watch.listeners).toBe(0)
  })
})
