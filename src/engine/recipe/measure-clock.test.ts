import { describe, expect, it } from 'vitest'
import type { ExportProgress } from '../../protocol/recipe-messages'
import { MeasureClock } from './measure-clock'

/** A clock of two measurements, with what it told. */
function setUp(passes: readonly [number, number], expectedMs: number) {
  let now = 5000
  const told: ExportProgress[] = []
  const clock = new MeasureClock(
    { passes, ms: expectedMs },
    () => now,
    (progress) => {
      told.push(progress)
    },
  )
  const wait = (ms: number): void => {
    now += ms
  }
  const pass = (ms: number, done: number, total: number): ExportProgress | undefined => {
    now += ms
    clock.show({ type: 'work', done, total })
    return told.at(-1)
  }
  return { clock, pass, told, wait }
}

describe('the clock of measuring a file', () => {
  it('says before a sample was shown what is expected, and that it is long', () => {
    expect(setUp([10, 20], 1000).told).toEqual([
      { phase: 'measuring', done: 0, total: 30, time: { msLeft: 1000, isLong: false } },
    ])
    expect(setUp([10, 20], 20_001).told).toMatchObject([{ time: { msLeft: 20_001, isLong: true } }])
  })

  it('counts both measurements as one, with the total that each turns out to have', () => {
    const { clock, pass } = setUp([10, 20], 100)
    expect(pass(1000, 5, 10)).toMatchObject({ done: 5, total: 30, time: { msLeft: 5000 } })
    // The original had been asked before.
    expect(pass(1000, 6, 6)).toMatchObject({ done: 6, total: 26 })
    clock.next()
    expect(pass(2000, 4, 40)).toMatchObject({ done: 10, total: 46, time: { msLeft: 14_400 } })
  })

  it('learns that it is long from how long it takes, and does not take that back', () => {
    const { pass } = setUp([100, 0], 50)
    expect(pass(400, 1, 100)?.time?.isLong).toBe(false)
    expect(pass(200, 2, 100)).toMatchObject({ time: { msLeft: 29_400, isLong: true } })
    expect(pass(200, 90, 100)).toMatchObject({ time: { isLong: true } })
  })

  it('does not count what it waited for before a sample was shown', () => {
    const { clock, pass, wait } = setUp([20, 0], 1000)
    wait(30_000)
    clock.expect({ passes: [10, 0], ms: 2000 })
    expect(pass(1000, 5, 10)).toMatchObject({
      ...{ done: 5, total: 10 },
      time: { msLeft: 1000, isLong: false },
    })
  })

  it('is long once it has gone on for so long without an end in sight', () => {
    const { pass } = setUp([100, 0], 50)
    expect(pass(21_000, 0, 100)).toMatchObject({ done: 0, time: { msLeft: 0, isLong: true } })
  })
})
