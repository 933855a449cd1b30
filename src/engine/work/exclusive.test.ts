import { describe, expect, it } from 'vitest'
import { Exclusive } from './exclusive'

const never = new AbortController().signal

describe('the lock over tensors', () => {
  it('lets one piece of work in at a time, in the order of asking', async () => {
    const lock = new Exclusive()
    const log: string[] = []
    const work = (name: string) => async () => {
      log.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      log.push(`${name} out`)
    }
    await Promise.all(['a', 'b', 'c'].map((name) => lock.run(never, work(name))))
    expect(log).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  it('goes on after work that failed', async () => {
    const lock = new Exclusive()
    await expect(lock.run(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(lock.run(never, () => Promise.resolve(7))).resolves.toBe(7)
  })

  // Cancelled n microtasks after the lock was handed on: at each of them it must come back.
  it.each([0, 1, 2, 3, 4, 5, 6])(
    'never keeps the place of work that was cancelled, %i steps in',
    async (steps) => {
      const lock = new Exclusive()
      const first = await lock.acquire(never)
      const controller = new AbortController()
      const second = lock
        .run(controller.signal, () => Promise.resolve('ran'))
        .catch((error: unknown) => (error as { code: string }).code)
      first()
      for (let step = 0; step < steps; step++) await Promise.resolve()
      controller.abort()
      expect(['ran', 'engine/cancelled']).toContain(await second)
      await expect(lock.run(never, () => Promise.resolve('next'))).resolves.toBe('next')
    },
    2000,
  )

  it('lets go of who gives up waiting at once, and lets nobody in before the one who has it is done', async () => {
    const lock = new Exclusive()
    const first = await lock.acquire(never)
    const controller = new AbortController()
    const second = lock.run(controller.signal, () => Promise.resolve('ran'))
    let isThirdIn = false
    const third = lock.run(never, () => {
      isThirdIn = true
      return Promise.resolve()
    })
    controller.abort()
    await expect(second).rejects.toMatchObject({ code: 'engine/cancelled' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isThirdIn).toBe(false)
    first()
    await third
    expect(isThirdIn).toBe(true)
  })
})
