import { describe, expect, it } from 'vitest'
import { sizeStep } from './size-step'

const goal = { kind: 'loss', most: 0.005 } as const
const after = (loss: number | null): number => sizeStep(goal, { bytes: 100, loss })

describe('the size after one that was trained', () => {
  it('is smaller after a small loss and larger after a large one, within bounds', () => {
    const steps = [-0.01, 0, 0.001, 0.003, 0.0049, 0.0051, 0.006, 0.05].map(after)
    expect(steps).toEqual(steps.toSorted((one, other) => one - other))
    expect(steps[1]).toBe(steps[0])
    expect(steps.at(-1)).toBe(1.25)
  })

  it('is surely larger after one that misses it', () => {
    expect(after(0.006)).toBeCloseTo((0.006 / 0.0045) ** (1 / 3), 12)
  })

  it('is always smaller after one that keeps to the goal', () => {
    expect(after(0.005)).toBe(0.95)
    expect(after(0.002)).toBeCloseTo((0.002 / 0.0045) ** (1 / 6), 12)
  })
})
