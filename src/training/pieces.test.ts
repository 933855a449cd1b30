import { describe, expect, it } from 'vitest'
import { pieceSize, piecesOf, statisticsOf } from './pieces'

describe('a batch in pieces', () => {
  it.each([
    [32, 32, [32]],
    [32, 100, [32]],
    [32, 16, [16, 16]],
    [32, 31, [16, 16]],
    [32, 15, [11, 11, 10]],
    [33, 16, [11, 11, 11]],
    [7, 1, [1, 1, 1, 1, 1, 1, 1]],
    [1, 1, [1]],
  ])('%i samples, at most %i at once', (batch, largest, sizes) => {
    const pieces = piecesOf(batch, largest)
    expect(pieces.map(({ from, to }) => to - from)).toEqual(sizes)
    expect(pieces[0]?.from).toBe(0)
    expect(pieces.at(-1)?.to).toBe(batch)
    expect(pieces.slice(1).map(({ from }) => from)).toEqual(pieces.slice(0, -1).map(({ to }) => to))
    expect(pieceSize(batch, largest)).toBe(Math.max(...sizes))
  })

  it('gives statistics where all its pieces have 16 samples, or it is whole', () => {
    expect(statisticsOf(32, 32, true)).toBe('batch')
    expect(statisticsOf(8, 8, true)).toBe('batch')
    expect(statisticsOf(32, 16, true)).toBe('pieces')
    expect(statisticsOf(40, 20, true)).toBe('pieces')
    // Three pieces, of 14, 13 and 13.
    expect(statisticsOf(40, 16, true)).toBe('frozen')
    expect(statisticsOf(32, 15, true)).toBe('frozen')
    expect(statisticsOf(32, 4, false)).toBe('none')
  })
})
