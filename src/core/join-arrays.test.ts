import { describe, expect, it } from 'vitest'
import { joinBytes, joinFloats } from './join-arrays'

describe('joined arrays', () => {
  it('hold all parts in their order, and share no memory with them', () => {
    const parts = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]
    const all = joinBytes(parts)
    parts[0]?.fill(9)
    expect(all).toEqual(Uint8Array.of(1, 2, 3))
    expect(joinFloats([Float32Array.of(0.5), Float32Array.of(-0)])).toEqual(
      Float32Array.of(0.5, -0),
    )
  })

  it('of no parts are empty', () => {
    expect(joinBytes([])).toHaveLength(0)
    expect(joinFloats([])).toHaveLength(0)
  })
})
