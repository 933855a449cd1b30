import { describe, expect, it } from 'vitest'
import { allCells } from './layer-cells'
import { probePlan } from './probe-cells'

const tried = (layers: number, macs: number, available = 1000) => {
  const plan = probePlan(layers, macs, available)
  return { samples: plan?.samples, cells: allCells.filter((cell) => plan?.isTried(cell) ?? false) }
}

describe('what is tried of each layer', () => {
  it('is bits and sparsities on a few hundred samples for small models', () => {
    const { samples, cells } = tried(4, 1e6)
    expect(samples).toBe(256)
    expect(cells.map(({ bits }) => bits).filter((bits) => bits !== null)).toEqual([
      2, 2, 3, 3, 4, 4, 6, 8,
    ])
    expect(cells).toHaveLength(14)
  })

  it('is less for larger ones, on fewer samples, and nothing for the largest', () => {
    expect(tried(20, 1.2e7).samples).toBeLessThan(100)
    expect(tried(20, 1.2e7).cells).toHaveLength(14)
    expect(tried(20, 5e7).cells).toHaveLength(5)
    expect(tried(20, 2e8).cells).toHaveLength(1)
    expect(probePlan(54, 4e9, 1000)).toBeNull()
  })

  it('is on all the samples that there are', () => {
    expect(tried(4, 1e6, 9).samples).toBe(9)
  })

  it('has a cell in the table for everything that it tries', () => {
    expect(
      tried(2, 1).cells.every(({ bits, sparsity }) => (bits === null) !== (sparsity === 0)),
    ).toBe(true)
  })
})
