import { inflateRawSync } from 'node:zlib'
import { deflateSync, inflateSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textBytes } from '../../../testing/files/layers-files'
import { createRandom } from '../random'
import { blockEnds } from './block-ends'
import { deflateSmallest, deflateUnfinished } from './deflate-smallest'
import { deflated, deflatedLength } from './strategies'

const strategies = ['huffman', 'runs', 'fflate6', 'fflate9', 'zlib9'] as const

function finish<T>(running: Generator<unknown, T>): { readonly value: T; readonly steps: number } {
  for (let steps = 0; ; steps++) {
    const next = running.next()
    if (next.done === true) return { value: next.value, steps }
  }
}

/** `toEqual` takes seconds for so many bytes. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** Codes of Gaussian weights, some of them pruned, in tensors of unequal spread. */
function codes(bits: number, sparsity: number, tensors = 3, length = 8_000): Uint8Array {
  const random = createRandom(11)
  const middle = 2 ** (bits - 1)
  return Uint8Array.from({ length: tensors * length }, (_, index) => {
    const spread = (middle / 3) * 0.6 ** Math.floor(index / length)
    const code = Math.round(middle + spread * random.normal())
    return random.uniform() < sparsity ? middle : Math.max(0, Math.min(2 * middle - 1, code))
  })
}

function floats(levels: number, length = 5_000): Uint8Array {
  const random = createRandom(12)
  const values = Float32Array.from({ length }, () => {
    const value = random.normal()
    return levels === 0 ? value : Math.fround(Math.round(value * levels) / levels / 3)
  })
  return new Uint8Array(values.buffer)
}

const kinds: Readonly<Record<string, () => Uint8Array>> = {
  'codes of 4 bits': () => codes(4, 0),
  'codes of 8 bits': () => codes(8, 0),
  'codes, nine of ten pruned': () => codes(4, 0.9),
  floats: () => floats(0),
  'floats of few levels': () => floats(8),
  'zeros, then codes': () => Uint8Array.of(...new Uint8Array(40_000), ...codes(5, 0.2, 1)),
  text: () => textBytes(JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ i })))),
  'one byte': () => Uint8Array.of(7),
  nothing: () => new Uint8Array(0),
}

describe.each(Object.entries(kinds))('%s', (_, make) => {
  const bytes = make()

  it.each(strategies)('deflated by %s, inflate to what they were', (strategy) => {
    const stream = finish(deflated(strategy, bytes, blockEnds(bytes))).value
    expect(same(inflateSync(stream), bytes)).toBe(true)
    expect(same(inflateRawSync(stream), bytes)).toBe(true)
  })

  it('are never longer than one strategy for all made them, and the same each time', () => {
    const { value } = finish(deflateSmallest(bytes, true))
    const before = Math.min(bytes.length, deflateSync(bytes, { level: 6 }).length)
    expect(value?.length ?? bytes.length).toBeLessThanOrEqual(before)
    expect(same(value === null ? bytes : inflateSync(value), bytes)).toBe(true)
    const again = finish(deflateSmallest(bytes.slice(), true)).value
    expect(same(again ?? bytes, value ?? bytes)).toBe(true)
  })

  it('are continued by another block', () => {
    const head = finish(deflateUnfinished(bytes)).value
    const stream = Buffer.concat([head, Uint8Array.of(1, 2, 0, 253, 255, 65, 66)])
    expect(same(inflateRawSync(stream), Buffer.concat([bytes, textBytes('AB')]))).toBe(true)
  })
})

describe('the smallest', () => {
  it('takes a fifth off codes of four bits, and what zlib finds in sparse ones', () => {
    const [dense, sparse] = [codes(4, 0, 3, 40_000), codes(4, 0.95, 3, 40_000)]
    const ratio = (bytes: Uint8Array, thoroughly: boolean): number =>
      (finish(deflateSmallest(bytes, thoroughly)).value?.length ?? NaN) /
      deflateSync(bytes, { level: 6 }).length
    expect(ratio(dense, false)).toBeLessThan(0.86)
    expect(ratio(sparse, true)).toBeLessThan(0.9)
    expect(ratio(sparse, true)).toBeLessThan(ratio(sparse, false))
  })

  it('is the file itself where nothing helps', () => {
    const random = createRandom(5)
    const noise = Uint8Array.from({ length: 20_000 }, () => 256 * random.uniform())
    expect(finish(deflateSmallest(noise, true)).value).toBeNull()
  })

  it('is found from samples in a long file, which may be stopped often on its way', () => {
    const long = codes(4, 0, 3, 100_000)
    const { value, steps } = finish(deflateSmallest(long, true))
    expect(same(inflateSync(value ?? new Uint8Array(0)), long)).toBe(true)
    const huffman = finish(deflated('huffman', long, blockEnds(long))).value
    expect(value?.length).toBe(huffman.length)
    expect(steps).toBeGreaterThan(30)
  })
})

it('samples count what came before them', () => {
  const bytes = Uint8Array.of(...floats(0, 2000), ...floats(0, 2000))
  for (const strategy of ['fflate6', 'fflate9', 'zlib9'] as const) {
    expect(deflatedLength(strategy, bytes, 8000, 16_000)).toBeLessThan(200)
    expect(deflatedLength(strategy, bytes, 0, 8000)).toBeGreaterThan(6000)
  }
})

it('any bytes survive', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.integer({ min: 0, max: 4 }),
      (bytes, pick) => {
        const strategy = strategies[pick] ?? 'huffman'
        expect(inflateSync(finish(deflated(strategy, bytes, blockEnds(bytes))).value)).toEqual(
          bytes,
        )
      },
    ),
    { seed: 8, numRuns: 100 },
  )
})
