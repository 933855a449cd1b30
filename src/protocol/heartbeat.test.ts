import { describe, expect, it } from 'vitest'
import { HungMonitor, expectedMs, readBeat, silenceLimitMs } from './heartbeat'
import type { MonitorClock } from './heartbeat'

/** Time that a test moves by hand; `sleep` moves it without letting the timer run, like a laptop lid. */
function fakeClock() {
  let now = 0
  let timer: { at: number; every: number; run: () => void } | null = null
  const clock: MonitorClock = {
    now: () => now,
    every: (every, run) => {
      timer = { at: now + every, every, run }
      return () => {
        timer = null
      }
    },
  }
  return {
    clock,
    pass: (ms: number, during: (now: number) => void = () => undefined) => {
      for (const end = now + ms; now < end;) {
        now += 100
        during(now)
        if (timer !== null && now >= timer.at) {
          timer.at += timer.every
          timer.run()
        }
      }
    },
    sleep: (ms: number) => {
      now += ms
      if (timer !== null) timer.at = now
    },
    isWatching: () => timer !== null,
  }
}

function monitored() {
  const deaths: [string, number][] = []
  const time = fakeClock()
  const monitor = new HungMonitor((task, seconds) => deaths.push([task, seconds]), time.clock)
  return { deaths, time, monitor }
}

describe('expected time', () => {
  it('is two operations per multiply-accumulate at the measured speed', () => {
    expect(expectedMs(5e9, 10)).toBe(1000)
    expect(expectedMs(5e9, 0)).toBe(0)
  })

  it('gives a generous multiple and never less than ten seconds', () => {
    expect(silenceLimitMs(50)).toBe(10_000)
    expect(silenceLimitMs(1000)).toBe(30_000)
  })
})

describe('HungMonitor', () => {
  it('reports a silent worker once, with the task it owes', () => {
    const { deaths, time, monitor } = monitored()
    monitor.expectAnswer('preview')
    monitor.beat({ type: 'beat', expectedMs: 0 })
    time.pass(10_000)
    expect(deaths).toEqual([])
    time.pass(60_000)
    expect(deaths).toEqual([['preview', 11]])
    expect(time.isWatching()).toBe(false)
  })

  it('lets a slow worker live that beats between its layers', () => {
    const { deaths, time, monitor } = monitored()
    monitor.expectAnswer('preview')
    let nextBeat = 0
    time.pass(600_000, (now) => {
      if (now < nextBeat) return
      monitor.beat({ type: 'beat', expectedMs: 2000 })
      nextBeat = now + 25_000
    })
    expect(deaths).toEqual([])
  })

  it('takes the limit from the work that was announced', () => {
    const { deaths, time, monitor } = monitored()
    monitor.expectAnswer('open')
    monitor.beat({ type: 'beat', expectedMs: 4000 })
    time.pass(119_000)
    expect(deaths).toEqual([])
    time.pass(3000)
    expect(deaths).toEqual([['open', 121]])
  })

  it('does not watch a worker that owes nothing', () => {
    const { deaths, time, monitor } = monitored()
    const answered = monitor.expectAnswer('open')
    monitor.beat({ type: 'beat', expectedMs: 0 })
    answered()
    time.pass(100_000)
    expect(deaths).toEqual([])
    monitor.expectAnswer('preview')
    time.pass(9000)
    expect(deaths).toEqual([])
    time.pass(3000)
    expect(deaths).toEqual([['preview', 11]])
  })

  it('gives a worker that is still loading more time', () => {
    const { deaths, time, monitor } = monitored()
    monitor.expectAnswer('start')
    time.pass(89_000)
    expect(deaths).toEqual([])
    time.pass(3000)
    expect(deaths).toEqual([['start', 91]])
  })

  it('does not blame the worker for the time in which the page itself slept', () => {
    const { deaths, time, monitor } = monitored()
    monitor.expectAnswer('preview')
    monitor.beat({ type: 'beat', expectedMs: 0 })
    time.pass(3000)
    time.sleep(3_600_000)
    time.pass(5000)
    expect(deaths).toEqual([])
    time.pass(6000)
    expect(deaths).toHaveLength(1)
  })
})

describe('readBeat', () => {
  it('accepts nothing but beats', () => {
    expect(readBeat({ type: 'beat', expectedMs: 3 })).toEqual({ type: 'beat', expectedMs: 3 })
    for (const other of [null, 'beat', { type: 'beat' }, { expectedMs: 3 }])
      expect(readBeat(other)).toBeNull()
  })
})
