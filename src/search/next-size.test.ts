import { describe, expect, it } from 'vitest'
import { nextSize } from './next-size'

const goal = { kind: 'loss', most: 0.005 } as const

/** After a file of 100 bytes, trained as long as the next will be. */
function after(loss: number | null, { asked = 100, epochs = 3, most = Infinity } = {}): number {
  return nextSize(goal, { asked, epochs: 3, found: { bytes: 100, loss } }, [], epochs, most) / 100
}

describe('the size after one that was trained', () => {
  it('is smaller after a small loss and larger after a large one, within bounds', () => {
    const steps = [-0.01, 0, 0.001, 0.003, 0.0049, 0.0051, 0.006, 0.05].map((loss) => after(loss))
    expect(steps).toEqual(steps.toSorted((one, other) => one - other))
    expect(steps[1]).toBe(steps[0])
    expect(steps.at(-1)).toBe(1.25)
  })

  it('is surely larger after one that misses it', () => {
    expect(after(0.006)).toBeCloseTo((0.006 / 0.004) ** (1 / 3), 12)
  })

  it('is always smaller after one that keeps to the goal', () => {
    expect(after(0.005)).toBe(0.95)
    expect(after(0.002)).toBeCloseTo((0.002 / 0.004) ** (1 / 8), 12)
  })

  it('is smaller where there is time for more epochs, and not larger where there is for fewer', () => {
    expect(after(0.004, { epochs: 12 })).toBeCloseTo((0.002 / 0.004) ** (1 / 8), 12)
    expect(after(0.004, { epochs: 1 })).toBe(after(0.004))
  })

  it('leaves room for what files grow in training, and for no more', () => {
    expect(after(0.005, { asked: 96 })).toBeCloseTo(0.95 * 0.96, 12)
    expect(after(0.005, { asked: 110 })).toBe(0.95)
    expect(after(0.005, { asked: 50 })).toBeCloseTo(0.95 / 1.2, 12)
  })

  it('follows what two files have lost, as far as that is like what models do', () => {
    const last = { asked: 100, epochs: 3, found: { bytes: 100, loss: 0.007 } }
    const next = (bytes: number, loss: number, epochs = 3) =>
      nextSize(goal, last, [{ asked: bytes, epochs, found: { bytes, loss } }], 3, Infinity) / 100
    const power = Math.log(0.007 / 0.0023) / Math.log(1.22)
    expect(next(122, 0.0023)).toBeCloseTo((0.007 / 0.004) ** (1 / power), 12)
    // What one epoch leaves goes with the root of their number.
    expect(next(122, 0.0023 * Math.sqrt(3), 1)).toBeCloseTo(next(122, 0.0023), 12)
    expect(next(122, 0.0069)).toBeCloseTo((0.007 / 0.004) ** (1 / 3), 12)
    expect(next(110, 0.001)).toBeCloseTo((0.007 / 0.004) ** (1 / 8), 12)
    // The same size again says nothing.
    expect(next(101, 0.001)).toBeCloseTo((0.007 / 0.004) ** (1 / 3), 12)
  })

  it('comes out below the best', () => {
    expect(after(0.05, { most: 90 })).toBe(0.9)
    expect(after(0.05, { most: 90, asked: 96 })).toBeCloseTo(0.9 * 0.96, 12)
  })
})
