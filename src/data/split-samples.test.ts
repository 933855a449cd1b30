import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataHash, splitSamples } from './split-samples'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const hashes = (count: number): string[] => Array.from({ length: count }, (_, i) => hashOf(`${i}`))
const names = ['train', 'calibration', 'validation', 'test'] as const

describe('splitting', () => {
  it('puts every sample into exactly one split, each class by its share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 400 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        (count, classes, seed) => {
          const strata = Int32Array.from({ length: count }, (_, i) => (i * i) % classes)
          const splits = splitSamples({ dataset: 'd', hashes: hashes(count), strata, seed })
          const all = names.flatMap((name) => [...splits[name]])
          expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
          for (const stratum of new Set(strata)) {
            const of = (samples: Uint32Array): number =>
              samples.filter((sample) => strata[sample] === stratum).length
            const size = strata.filter((value) => value === stratum).length
            if (size < 3) continue
            expect(Math.abs(of(splits.validation) - 0.2 * size)).toBeLessThanOrEqual(1)
            expect(Math.abs(of(splits.test) - 0.2 * size)).toBeLessThanOrEqual(1)
            expect(of(splits.validation)).toBeGreaterThan(0)
          }
        },
      ),
      { seed: 11, numRuns: 60 },
    )
  })

  it.each([
    ['one sample for each of 60 classes', 60, 1, [12, 12, 3]],
    ['two samples for each of 60 classes', 120, 2, [24, 24, 6]],
    ['one sample for each of 30 classes, which are few', 30, 1, [15, 15, 0]],
  ])('splits small classes together: %s', (_, count, each, wanted) => {
    const strata = Int32Array.from({ length: count }, (__, i) => Math.floor(i / each))
    const splits = splitSamples({ dataset: 'd', hashes: hashes(count), strata, seed: 3 })
    const found = [splits.validation, splits.test, splits.calibration]
    expect(found.map(({ length }) => length)).toEqual(wanted)
  })

  it('depends on the content of samples, not on their order', () => {
    const given = hashes(100)
    const strata = Int32Array.from(given, (_, i) => i % 3)
    const turned = given.toReversed()
    const before = splitSamples({ dataset: 'd', hashes: given, strata, seed: 5 })
    const after = splitSamples({
      dataset: 'd',
      hashes: turned,
      strata: strata.toReversed(),
      seed: 5,
    })
    for (const name of names)
      expect([...after[name]].map((sample) => turned[sample])).toEqual(
        [...before[name]].map((sample) => given[sample]),
      )
    const other = splitSamples({ dataset: 'd', hashes: given, strata, seed: 6 })
    expect([...other.validation]).not.toEqual([...before.validation])
  })

  it('keeps one of equal samples and counts those with another label', () => {
    const given = [...hashes(10), hashOf('3'), hashOf('4'), hashOf('4')]
    const strata = Int32Array.from(given, (_, i) => (i === 11 ? 1 : 0))
    const splits = splitSamples({ dataset: 'd', hashes: given, strata, seed: 1 })
    expect(splits.duplicates).toEqual({ count: 3, contradictions: 1 })
    expect(names.flatMap((name) => [...splits[name]]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, i) => i),
    )
  })

  it('halves a handful, bounds large splits and refuses next to nothing', () => {
    const few = splitSamples({ dataset: 'd', hashes: hashes(20), strata: null, seed: 1 })
    expect([few.validation.length, few.test.length, few.train.length]).toEqual([10, 10, 0])
    const many = splitSamples({ dataset: 'd', hashes: hashes(60_000), strata: null, seed: 1 })
    expect([many.validation.length, many.test.length, many.calibration.length]).toEqual([
      5_000, 10_000, 1_000,
    ])
    expect(() => splitSamples({ dataset: 'd', hashes: hashes(3), strata: null, seed: 1 })).toThrow(
      /data\/too-few.*"found":3/,
    )
  })
})

describe('the hash of data', () => {
  it('changes with a sample or a label, not with the order', () => {
    const labels = (values: number[]) =>
      ({ kind: 'classes', classNames: ['a', 'b'], values: Int32Array.from(values) }) as const
    const [one = '', two = ''] = hashes(2)
    const hash = dataHash([one, two], labels([0, 1]))
    expect(dataHash([two, one], labels([1, 0]))).toBe(hash)
    expect(dataHash([one, two], labels([1, 1]))).not.toBe(hash)
    expect(dataHash([one, two], null)).not.toBe(hash)
    expect(hash).toMatch(/^[\da-f]{64}$/)
  })
})
