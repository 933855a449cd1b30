import { describe, expect, it } from 'vitest'
import { probabilities } from './probabilities'

describe('outputs as probabilities', () => {
  it('leaves probabilities as they are and divides the powers of scores, however large', () => {
    expect([...probabilities(Float32Array.of(0.25, 0.75), 'probabilities')]).toEqual([0.25, 0.75])
    const [first, second] = probabilities(Float32Array.of(1000, 1000 + Math.log(3)), 'scores')
    expect(first).toBeCloseTo(0.25, 4)
    expect(second).toBeCloseTo(0.75, 4)
  })

  it('makes no and yes of a single column', () => {
    expect([...probabilities(Float32Array.of(0.75), 'sigmoid')]).toEqual([0.25, 0.75])
    expect([...probabilities(Float32Array.of(0), 'scores')]).toEqual([0.5, 0.5])
  })
})
