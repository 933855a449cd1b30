import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { augmentBatch } from './augment-batch'
import { epochOrder, randomAt, stepsPerEpoch } from './batch-order'
import { Divergence } from './divergence'

describe('order of samples', () => {
  it('holds every sample once, other in each epoch, the same for the same seed', () => {
    const first = epochOrder(1000, 7, 0)
    expect(Array.from(first).toSorted((a, b) => a - b)).toEqual([...Array(1000).keys()])
    expect(epochOrder(1000, 7, 0)).toEqual(first)
    expect(epochOrder(1000, 7, 1)).not.toEqual(first)
    expect(epochOrder(1000, 8, 0)).not.toEqual(first)
  })

  it('random numbers of neighbouring steps have nothing in common', () => {
    const firsts = new Set<number>()
    for (let seed = 0; seed < 10; seed++)
      for (let epoch = 0; epoch < 10; epoch++)
        for (let step = -1; step < 40; step++) firsts.add(randomAt(seed, epoch, step).uniform())
    expect(firsts.size).toBeGreaterThan(4098)
  })

  it('leaves out an incomplete last batch unless it is the only one', () => {
    expect([stepsPerEpoch(1000, 128), stepsPerEpoch(100, 128)]).toEqual([7, 1])
  })
})

describe('augmentation', () => {
  const layout = { height: 3, width: 4, channels: 2, interleaved: true }

  /** Every pixel of the result must be one that the move or the edge rule gives. */
  it('moves whole pixels and repeats the edge', () => {
    const size = 24
    const source = Float32Array.from({ length: 50 * size }, (_, index) => index % size)
    const moved = source.slice()
    augmentBatch(moved, layout, { shift: 1, flip: false }, createRandom(1))
    const seen = new Set<string>()
    for (let sample = 0; sample < 50; sample++) {
      const picture = moved.subarray(sample * size, (sample + 1) * size)
      const fits = [-1, 0, 1].flatMap((down) =>
        [-1, 0, 1]
          .filter((right) =>
            Array.from(picture).every((value, index) => {
              const [y, x, c] = [Math.floor(index / 8), Math.floor(index / 2) % 4, index % 2]
              const fromY = Math.min(2, Math.max(0, y - down))
              const fromX = Math.min(3, Math.max(0, x - right))
              return value === (fromY * 4 + fromX) * 2 + c
            }),
          )
          .map((right) => `${down} ${right}`),
      )
      expect(fits).toHaveLength(1)
      seen.add(fits[0] ?? '')
    }
    expect(seen.size).toBe(9)
  })

  it('mirrors planes as it mirrors pixels', () => {
    const planes = Float32Array.from({ length: 8 * 24 }, (_, index) => index % 24)
    augmentBatch(
      planes,
      { ...layout, interleaved: false },
      { shift: 0, flip: true },
      createRandom(2),
    )
    const rows = [0, 1, 2, 3]
    const firstRows = Array.from({ length: 8 }, (_, sample) =>
      Array.from(planes.subarray(sample * 24 + 12, sample * 24 + 16), (value) => value - 12),
    )
    expect(firstRows).toContainEqual(rows)
    expect(firstRows).toContainEqual(rows.toReversed())
  })

  it('without shift and flip changes nothing and asks for no random number', () => {
    const values = Float32Array.of(1, 2, 3)
    const random = createRandom(1)
    augmentBatch(
      values,
      { height: 1, width: 3, channels: 1, interleaved: true },
      { shift: 0, flip: false },
      random,
    )
    expect(Array.from(values)).toEqual([1, 2, 3])
    expect(random.uniform()).toBe(createRandom(1).uniform())
  })
})

describe('divergence', () => {
  it('is seen at once where the loss is no number', () => {
    expect(new Divergence(2.3).sees(NaN)).toBe(true)
    expect(new Divergence(2.3).sees(Infinity)).toBe(true)
  })

  it('is not seen in a noisy start below what knows nothing', () => {
    const divergence = new Divergence(2.3)
    expect([0.001, 2, 5, 0.01, 8].some((loss) => divergence.sees(loss))).toBe(false)
  })

  it('is seen when the loss stays far above where it began', () => {
    const divergence = new Divergence(2.3)
    divergence.sees(2)
    const steps = Array.from({ length: 60 }, () => divergence.sees(50))
    expect(steps.indexOf(true)).toBeGreaterThan(2)
  })
})
