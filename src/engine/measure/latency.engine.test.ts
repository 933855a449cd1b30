import { describe, expect, it } from 'vitest'
import { freshEngine } from '../../../testing/engine/drive-engine'
import { openBars } from '../../../testing/engine/training-ground'

const engine = freshEngine()

describe('the time of a forward pass', () => {
  it('is the median of several runs, its first passes apart, and can be cancelled', async () => {
    await expect(engine.current.measure.latency({ batch: 1 })).rejects.toMatchObject({
      code: 'engine/no-model',
    })
    await openBars(engine.current)
    const { batch, first, median, p95, runs } = await engine.current.measure.latency({ batch: 32 })
    expect(batch).toBe(32)
    expect(runs).toBeGreaterThanOrEqual(5)
    expect(first).toBeGreaterThan(0)
    expect(median).toBeGreaterThan(0)
    expect(p95).toBeGreaterThanOrEqual(median)
    const abort = new AbortController()
    abort.abort()
    await expect(engine.current.measure.latency({ batch: 1 }, abort.signal)).rejects.toMatchObject({
      code: 'engine/cancelled',
    })
  })
})
