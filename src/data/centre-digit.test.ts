import { describe, expect, it } from 'vitest'
import { centreDigit } from './centre-digit'
import type { RgbaImage } from './rgba-image'

const SIDE = 120

/** White where it says so, on black. */
function drawing(isInk: (x: number, y: number) => boolean): RgbaImage {
  const data = new Uint8ClampedArray(4 * SIDE * SIDE)
  for (let place = 0; place < SIDE * SIDE; place++) {
    const ink = isInk(place % SIDE, Math.floor(place / SIDE)) ? 255 : 0
    data.set([ink, ink, ink, 255], 4 * place)
  }
  return { width: SIDE, height: SIDE, data }
}

function centreOf(digit: Uint8Array): [number, number] {
  let [mass, x, y] = [0, 0, 0]
  digit.forEach((value, place) => {
    mass += value
    x += value * ((place % 28) + 0.5)
    y += value * (Math.floor(place / 28) + 0.5)
  })
  return [x / mass, y / mass]
}

describe('a drawn digit in the form of MNIST', () => {
  it('is 20 pixels high wherever and however large it was drawn', () => {
    for (const [left, top, size] of [
      [0, 0, 30],
      [60, 10, 50],
      [5, 5, 110],
    ] as const) {
      const bar = drawing((x, y) => x >= left && x < left + size / 5 && y >= top && y < top + size)
      const digit = centreDigit(bar)
      expect(digit).toHaveLength(784)
      const rows = Array.from({ length: 28 }, (_, row) =>
        Math.max(...(digit ?? []).slice(28 * row, 28 * row + 28)),
      )
      expect(rows.filter((value) => value > 0)).toHaveLength(20)
      const [x, y] = centreOf(digit ?? new Uint8Array())
      expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5)
      expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5)
    }
  })

  it('has its centre of mass in the middle, not its box', () => {
    // Heavy below, as a 6 is: a bar on a block.
    const six = drawing(
      (x, y) => (x > 40 && x < 50 && y > 10 && y < 60) || (x > 40 && x < 90 && y > 59 && y < 100),
    )
    const [x, y] = centreOf(centreDigit(six) ?? new Uint8Array())
    expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.6)
    expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.6)
  })

  it('stays inside, also where the mass is at one end', () => {
    const club = drawing((x, y) => (x > 50 && x < 54) || (y > 100 && x > 20 && x < 90))
    const digit = centreDigit(club)
    expect(digit?.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(1000)
  })

  it('is nothing where nothing is drawn, and a dot where a dot is', () => {
    expect(centreDigit(drawing(() => false))).toBeNull()
    const dot = centreDigit(drawing((x, y) => x === 3 && y === 117))
    expect(Math.max(...(dot ?? []))).toBe(255)
  })
})
