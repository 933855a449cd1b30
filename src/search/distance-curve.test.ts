import { describe, expect, it } from 'vitest'
import { distanceOf } from './distance-curve'
import type { Cell, MeasuredCell } from './sensitivity'

const cell = (bits: number | null, sparsity: number, error: number): Cell => ({
  ...{ bits, sparsity, error },
  bytes: 1,
})
const cells = [
  cell(8, 0, 0.001),
  cell(4, 0, 0.01),
  cell(2, 0, 0.1),
  cell(null, 0.5, 0.04),
  cell(null, 0.9, 0.4),
  cell(4, 0.5, 0.05),
]
const measured: MeasuredCell[] = [
  { bits: 8, sparsity: 0, distance: 1e-5 },
  { bits: 2, sparsity: 0, distance: 1e-2 },
  { bits: null, sparsity: 0.5, distance: 2e-3 },
]

describe('how far the whole moves by the error of one layer', () => {
  it('is what was measured where something was', () => {
    const distance = distanceOf({ cells, measured })
    expect(distance(cell(8, 0, 0.001))).toBeCloseTo(1e-5, 12)
    expect(distance(cell(2, 0, 0.1))).toBeCloseTo(1e-2, 12)
    expect(distance(cell(null, 0.5, 0.04))).toBeCloseTo(2e-3, 12)
  })

  it('lies between by logarithms, and grows with the error beyond', () => {
    const distance = distanceOf({ cells, measured })
    expect(distance(cell(4, 0, 0.01))).toBeCloseTo(Math.sqrt(1e-5 * 1e-2), 10)
    expect(distance(cell(null, 0.9, 0.4))).toBeCloseTo(2e-2, 10)
  })

  it('adds what removal and what codes do', () => {
    const distance = distanceOf({ cells, measured })
    expect(distance(cell(4, 0.5, 0.05))).toBeCloseTo(2e-3 + Math.sqrt(1e-5 * 1e-2), 10)
  })

  it('never falls, whatever was measured', () => {
    const noisy = [
      { bits: 8, sparsity: 0, distance: 1e-2 },
      { bits: 4, sparsity: 0, distance: 1e-3 },
      { bits: 2, sparsity: 0, distance: 2e-2 },
    ]
    const distance = distanceOf({ cells, measured: noisy })
    expect(distance(cell(4, 0, 0.01))).toBeCloseTo(1e-2, 10)
    expect(distance(cell(2, 0, 0.1))).toBeCloseTo(2e-2, 10)
  })

  it('is the error itself where nothing was measured', () => {
    const distance = distanceOf({ cells, measured: [] })
    expect(distance(cell(4, 0, 0.01))).toBeCloseTo(0.01, 12)
    expect(distance(cell(8, 0, 0))).toBe(0)
  })
})
