import { describe, expect, it } from 'vitest'
import { caseOrders, casePlan, casePresets, casePurposes } from './case-plan'
import type { CaseOrder } from './case-plan'

const epochsOf = (order: CaseOrder, cut: number): number =>
  casePlan({ cut, sparsity: 0.5, bits: 8 }, order, 4).stages.reduce(
    (sum, { training }) => sum + (training?.epochs ?? 0),
    0,
  )

describe('the plan of a case study', () => {
  it.each([0, 0.5])('trains for as many epochs in every order, with %s of the MACs cut', (cut) => {
    const [first, ...others] = caseOrders.map((order) => epochsOf(order, cut))
    expect(first).toBe(cut === 0 ? 12 : 16)
    for (const other of others) expect(other).toBe(first)
  })

  it.each(caseOrders)('in the order %s prunes, quantizes and is taught in the end', (order) => {
    const { stages } = casePlan(casePresets.mobile, order, 1)
    expect(stages.filter(({ enable }) => enable.prune)).toHaveLength(1)
    expect(stages.filter(({ enable }) => enable.quantize)).toHaveLength(1)
    expect(stages.at(-1)?.training?.taught).toBe(true)
    expect(stages.filter(({ training }) => training?.taught)).toHaveLength(1)
  })

  it('asks more of smaller devices', () => {
    const [cloud, mobile, edge] = casePurposes.map((purpose) => casePresets[purpose])
    for (const figure of ['bytes', 'macs', 'latency'] as const) {
      expect(mobile?.limits[figure]).toBeLessThan(cloud?.limits[figure] ?? 0)
      expect(edge?.limits[figure]).toBeLessThan(mobile?.limits[figure] ?? 0)
    }
  })
})
