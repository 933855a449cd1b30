import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { blockEnds } from './block-ends'

function bytesOf(length: number, draw: () => number): Uint8Array {
  return Uint8Array.from({ length }, draw)
}

describe('ends of blocks', () => {
  it('ascend to the length, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), fc.integer({ min: 1, max: 9 }), (some, n) => {
        const bytes = Uint8Array.from(Array.from({ length: n }, () => [...some]).flat())
        const ends = blockEnds(bytes)
        expect(Math.max(0, ...ends)).toBe(bytes.length)
        ends.forEach((end, index) => {
          expect(end).toBeGreaterThan(ends[index - 1] ?? 0)
        })
      }),
      { seed: 5, numRuns: 60 },
    )
  })

  it('are where the share of the values changes, and nowhere else', () => {
    const random = createRandom(3)
    const dense = bytesOf(60_000, () => Math.floor(8 + 2 * random.normal()))
    const sparse = bytesOf(50_000, () => (random.uniform() < 0.9 ? 0 : 200))
    const ends = blockEnds(Buffer.concat([dense, sparse]))
    // The piece in which the change lies may be a block of its own.
    expect(ends.length).toBeGreaterThan(1)
    for (const end of ends.slice(0, -1))
      expect(Math.abs(end - dense.length)).toBeLessThanOrEqual(1024)
    expect(blockEnds(dense)).toEqual([dense.length])
  })

  it('are few in long files too', () => {
    const random = createRandom(4)
    const part = bytesOf(2 ** 16, () => Math.floor(100 + 9 * random.normal()))
    const bytes = Buffer.concat(Array.from({ length: 70 }, () => part))
    expect(blockEnds(bytes)).toEqual([bytes.length])
  })
})
