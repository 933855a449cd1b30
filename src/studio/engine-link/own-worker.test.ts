import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { fakeEngine } from '../../../testing/studio/fake-engine'
import { inOwnWorker } from './own-worker'

const request = { forced: 'wasm', exclude: [] } as const
const never = new Promise<never>(() => undefined)
const goesOn = new AbortController().signal

describe('work in a worker of its own', () => {
  it('starts it on what is asked, and ends it with the work', async () => {
    const engine = fakeEngine()
    const result = await inOwnWorker(
      engine.spawn,
      request,
      async ({ call, info }) => {
        expect(engine.processes[0]?.terminated).toBe(false)
        await call('close', (client) => client.model.close())
        return info.backend
      },
      goesOn,
    )
    expect(result).toBe('wasm')
    expect(engine.calls).toEqual(['start wasm', 'close'])
    expect(engine.processes[0]?.terminated).toBe(true)
  })

  it('ends it with what the work has failed with', async () => {
    const engine = fakeEngine()
    const error = new StudioError('train/no-data', {})
    await expect(
      inOwnWorker(engine.spawn, request, () => Promise.reject(error), goesOn),
    ).rejects.toBe(error)
    expect(engine.processes[0]?.terminated).toBe(true)
  })

  it('a death ends the work, whatever it waits for, and its calls', async () => {
    const engine = fakeEngine()
    const error = new StudioError('engine/hung', { task: 'train', seconds: 20 })
    const signals: AbortSignal[] = []
    const work = inOwnWorker(
      engine.spawn,
      request,
      ({ call }) =>
        call('train', (_client, signal) => {
          signals.push(signal)
          engine.processes[0]?.die(error)
          return never
        }),
      goesOn,
    )
    await expect(work).rejects.toBe(error)
    expect(engine.processes[0]?.terminated).toBe(true)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('is ended at once by the signal, also while it starts', async () => {
    const engine = fakeEngine({ start: () => never })
    const abort = new AbortController()
    const work = inOwnWorker(engine.spawn, request, () => never, abort.signal)
    abort.abort()
    await expect(work).rejects.toMatchObject({ code: 'engine/cancelled' })
    expect(engine.processes[0]?.terminated).toBe(true)
    await expect(
      inOwnWorker(engine.spawn, request, () => never, abort.signal),
    ).rejects.toMatchObject({ code: 'engine/cancelled' })
    expect(engine.processes).toHaveLength(1)
  })
})
