import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inTurn } from './in-turn'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('things that are done in turn', () => {
  it('have a task each, one after the other', () => {
    const done: number[] = []
    inTurn(
      [1, 2, 3].map((one) => () => {
        done.push(one)
      }),
    )
    expect(done).toEqual([])
    for (const so of [[1], [1, 2], [1, 2, 3]]) {
      vi.advanceTimersToNextTimer()
      expect(done).toEqual(so)
    }
    vi.runAllTimers()
    expect(done).toEqual([1, 2, 3])
  })

  it('go on after one that fails', () => {
    const done = vi.fn()
    inTurn([
      () => {
        throw new Error('no')
      },
      done,
    ])
    expect(() => vi.advanceTimersToNextTimer()).toThrow('no')
    vi.runAllTimers()
    expect(done).toHaveBeenCalledOnce()
  })

  it('are left out once nobody wants them', () => {
    const done = vi.fn()
    const stop = inTurn([
      () => {
        stop()
      },
      done,
    ])
    vi.runAllTimers()
    expect(done).not.toHaveBeenCalled()
  })
})
