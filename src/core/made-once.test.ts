import { describe, expect, it, vi } from 'vitest'
import { madeOnce } from './made-once'

describe('what is made once', () => {
  it('is not made before it is asked for, nor twice', () => {
    const make = vi.fn(() => ({}))
    const get = madeOnce(make)
    expect(make).not.toHaveBeenCalled()
    expect(get()).toBe(get())
    expect(make).toHaveBeenCalledOnce()
  })
})
