import { afterEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { deferred } from './deferred'
import { EngineSession } from './engine-session'
import type { SessionListener } from './engine-session'
import { fakeEngine } from '../../../testing/studio/fake-engine'
import type { Answers } from '../../../testing/studio/fake-answers'
import { engineInfo } from '../../../testing/studio/test-data'

const lost = new StudioError('engine/device-lost', { backend: 'webgpu', reason: 'destroyed' })
const hung = new StudioError('engine/hung', { task: 'open', seconds: 20 })

function setUp(change: Partial<Answers> = {}) {
  const log: string[] = []
  const clock = { nowMs: 0 }
  const engine = fakeEngine(change)
  const listener: SessionListener = {
    starting: () => log.push('starting'),
    ready: (info) => log.push(`ready ${info.backend}`),
    restarting: (error) => log.push(`restarting ${error.code}`),
    recovered: (error) => log.push(`recovered ${error.code}`),
    gpuGivenUp: (from, to) => log.push(`gave up ${from} for ${to}`),
    failed: (error, gaveUp) =>
      log.push(gaveUp ? `gave up at ${error.code}` : `failed ${error.code}`),
    cancelWaits: (task) => log.push(`cancel waits ${task ?? 'no more'}`),
    restore: async (call) => {
      await call('open', (client) => client.model.open({ files: [] }))
      log.push('restored')
    },
  }
  const session = new EngineSession(engine.spawn, listener, () => clock.nowMs)
  return { session, engine, log, clock }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))
const gpu: Answers['start'] = ({ exclude }) =>
  Promise.resolve({ ...engineInfo, backend: exclude.includes('webgpu') ? 'wasm' : 'webgpu' })

afterEach(() => {
  vi.useRealTimers()
})

describe('engine session', () => {
  it('starts the worker and says on what', async () => {
    const { session, engine, log } = setUp()
    await session.start('cpu')
    expect(engine.calls).toEqual(['start cpu'])
    expect(log).toEqual(['starting', 'ready wasm'])
  })

  it('lets work that is wanted before the start wait for it', async () => {
    const { session, engine } = setUp()
    const early = session.call('close', (client) => client.model.close())
    await settle()
    expect(engine.calls).toEqual([])
    await session.start(null)
    await early
    expect(engine.calls).toEqual(['start auto', 'close'])
  })

  it('rejects every pending call when the worker crashes', async () => {
    const { session, engine } = setUp()
    await session.start(null)
    const waiting = [1, 2].map(() =>
      session.call('export', () => new Promise<never>(() => undefined)),
    )
    engine.processes[0]?.die(new StudioError('engine/crashed', { reason: 'x' }))
    for (const call of waiting) await expect(call).rejects.toMatchObject({ code: 'engine/crashed' })
  })

  it('restarts after a hang and brings the model back before anything else runs', async () => {
    const { session, engine, log } = setUp()
    await session.start(null)
    engine.processes[0]?.die(hung)
    const later = session.call('close', (client) => client.model.close())
    await later
    expect(engine.processes.map((process) => process.terminated)).toEqual([true, false])
    expect(engine.calls).toEqual(['start auto', 'start auto', 'open ', 'close'])
    await settle()
    expect(log).toEqual([
      'starting',
      'ready wasm',
      'restarting engine/hung',
      'ready wasm',
      'restored',
      'recovered engine/hung',
    ])
  })

  it('starts a lost GPU again once, then goes on without GPUs', async () => {
    const { session, engine, log, clock } = setUp({ start: gpu })
    await session.start(null)
    const first = session.call('export', () => Promise.reject(lost))
    await expect(first).rejects.toMatchObject({ code: 'engine/device-lost' })
    await settle()
    clock.nowMs = 60_000
    await session.call('export', () => Promise.reject(lost)).catch(() => undefined)
    await settle()
    expect(engine.calls.filter((call) => call.startsWith('start'))).toEqual([
      'start auto',
      'start auto',
      'start auto webgpu,webgl',
    ])
    expect(log.at(-1)).toBe('gave up webgpu for wasm')
  })

  it('forgives a GPU after two minutes', async () => {
    const { session, engine, log, clock } = setUp({ start: gpu })
    await session.start(null)
    await session.call('export', () => Promise.reject(lost)).catch(() => undefined)
    await settle()
    clock.nowMs = 121_000
    await session.call('export', () => Promise.reject(lost)).catch(() => undefined)
    await settle()
    expect(engine.calls.at(-2)).toBe('start auto')
    expect(log.at(-1)).toBe('recovered engine/device-lost')
  })

  it('gives up after three deaths, and brings the model back when it is started by hand', async () => {
    const { session, engine, log } = setUp()
    await session.start(null)
    for (const index of [0, 1, 2]) {
      engine.processes[index]?.die(hung)
      await settle()
    }
    expect(log.at(-1)).toBe('gave up at engine/hung')
    await expect(session.call('x', () => Promise.resolve())).rejects.toMatchObject({
      code: 'engine/crashed',
    })
    await session.start(null)
    expect(log.slice(-3)).toEqual(['starting', 'ready wasm', 'restored'])
  })

  it('says when no backend works, without restarting for ever', async () => {
    const error = new StudioError('engine/no-backend', { tried: 'webgpu, wasm' })
    const { session, engine, log } = setUp({ start: () => Promise.reject(error) })
    await expect(session.start(null)).rejects.toMatchObject({ code: 'engine/no-backend' })
    expect(log).toEqual(['starting', 'failed engine/no-backend'])
    expect(engine.processes).toHaveLength(1)
  })

  async function cancelSilently(answer: Promise<never>) {
    const all = setUp()
    await all.session.start(null)
    vi.useFakeTimers()
    const abort = new AbortController()
    const begun = deferred<undefined>()
    const call = all.session.call(
      'export',
      () => {
        begun.resolve(undefined)
        return answer
      },
      abort.signal,
    )
    call.catch(() => undefined)
    await begun.promise
    abort.abort()
    return { ...all, call }
  }

  it('lets a slow worker live after a cancel, and says that it waits', async () => {
    const answer = deferred<never>()
    const { call, engine, log } = await cancelSilently(answer.promise)
    await vi.advanceTimersByTimeAsync(1999)
    expect(log).not.toContain('cancel waits export')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(log.at(-1)).toBe('cancel waits export')
    expect(engine.processes[0]?.terminated).toBe(false)
    answer.reject(new StudioError('engine/cancelled', {}))
    await expect(call).rejects.toMatchObject({ code: 'engine/cancelled' })
    expect(log.at(-1)).toBe('cancel waits no more')
    expect(engine.processes).toHaveLength(1)
  })

  it('stops a worker that does not answer a cancel when the person says so', async () => {
    const { call, session, engine, log } = await cancelSilently(new Promise(() => undefined))
    session.stopCancelled()
    expect(engine.processes[0]?.terminated).toBe(false)
    await vi.advanceTimersByTimeAsync(2000)
    session.stopCancelled()
    await expect(call).rejects.toMatchObject({ code: 'engine/cancelled' })
    await vi.advanceTimersByTimeAsync(0)
    expect(engine.processes.map((process) => process.terminated)).toEqual([true, false])
    expect(log.slice(2)).toEqual([
      'cancel waits export',
      'restarting engine/cancelled',
      'cancel waits no more',
      'ready wasm',
      'restored',
      'recovered engine/cancelled',
    ])
  })

  it('counts no stop by the person as a fault', async () => {
    const { session, engine, log } = await cancelSilently(new Promise(() => undefined))
    await vi.advanceTimersByTimeAsync(2000)
    session.stopCancelled()
    await vi.advanceTimersByTimeAsync(0)
    for (const index of [1, 2]) {
      engine.processes[index]?.die(hung)
      await vi.advanceTimersByTimeAsync(0)
    }
    expect(log.at(-1)).toBe('recovered engine/hung')
  })

  it('leaves a worker alone that answers a cancel', async () => {
    const { session, engine } = setUp()
    await session.start(null)
    vi.useFakeTimers()
    const abort = new AbortController()
    const answer = deferred<never>()
    const begun = deferred<undefined>()
    const call = session.call(
      'export',
      () => {
        begun.resolve(undefined)
        return answer.promise
      },
      abort.signal,
    )
    await begun.promise
    abort.abort()
    answer.reject(new StudioError('engine/cancelled', {}))
    await expect(call).rejects.toMatchObject({ code: 'engine/cancelled' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(engine.processes[0]?.terminated).toBe(false)
  })

  it('ignores the death of a worker that was already replaced', async () => {
    const { session, engine, log } = setUp()
    await session.start(null)
    await session.start('wasm')
    const before = [...log]
    engine.processes[0]?.die(hung)
    await settle()
    expect(log).toEqual(before)
  })
})
