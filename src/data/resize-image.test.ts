import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import type { Preparation } from './preparation'
import { prepareImage } from './resize-image'
import type { RgbaImage } from './rgba-image'

interface GoldenCase {
  readonly height: number
  readonly width: number
  readonly source: string
  readonly fit: 'stretch' | 'crop'
  readonly color: 'rgb' | 'grey'
  readonly toHeight: number
  readonly toWidth: number
  readonly expected: string
}

const golden = JSON.parse(readFileSync('golden/images.json', 'utf8')) as {
  readonly cases: readonly GoldenCase[]
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

function opaque(rgb: Uint8Array, height: number, width: number): RgbaImage {
  const data = new Uint8Array(4 * height * width).fill(255)
  for (let place = 0; place < height * width; place++)
    data.set(rgb.subarray(3 * place, 3 * place + 3), 4 * place)
  return { height, width, data }
}

function into(height: number, width: number, change: Partial<Preparation> = {}): Preparation {
  const base = { fit: 'stretch', color: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] } as const
  return { ...base, height, width, ...change }
}

describe('resizing', () => {
  it.each(golden.cases.map((entry, index) => [index, entry] as const))(
    'is what Pillow makes, byte for byte: case %i',
    (_, { height, width, source, fit, color, toHeight, toWidth, expected }) => {
      const image = opaque(bytesOf(source), height, width)
      const made = prepareImage(image, into(toHeight, toWidth, { fit, color }))
      expect(Buffer.from(made).toString('hex')).toBe(expected)
    },
  )

  const side = fc.integer({ min: 1, max: 20 })

  it('leaves a picture of the right size as it is', () => {
    fc.assert(
      fc.property(side, side, fc.nat(), (height, width, seed) => {
        const random = createRandom(seed)
        const rgb = Uint8Array.from({ length: 3 * height * width }, () => random.below(256))
        for (const fit of ['stretch', 'crop', 'pad'] as const)
          expect(prepareImage(opaque(rgb, height, width), into(height, width, { fit }))).toEqual(
            rgb,
          )
      }),
      { seed: 7, numRuns: 50 },
    )
  })

  it('keeps one colour one colour', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (height, width, tall, wide, value) => {
        const rgb = new Uint8Array(3 * height * width).fill(value)
        for (const fit of ['stretch', 'crop'] as const) {
          const made = prepareImage(opaque(rgb, height, width), into(tall, wide, { fit }))
          expect(new Set(made)).toEqual(new Set([value]))
          expect(made).toHaveLength(3 * tall * wide)
        }
      }),
      { seed: 8, numRuns: 100 },
    )
  })

  it('pads with black around the whole picture', () => {
    const rgb = new Uint8Array(3 * 4 * 8).fill(200)
    const made = prepareImage(opaque(rgb, 4, 8), into(8, 8, { fit: 'pad' }))
    const rows = Array.from({ length: 8 }, (_, y) => made[3 * 8 * y])
    expect(rows).toEqual([0, 0, 200, 200, 200, 200, 0, 0])
  })

  it('puts blue first where asked, and transparent pixels on white', () => {
    const image = { height: 1, width: 2, data: Uint8Array.of(10, 20, 30, 255, 0, 0, 0, 0) }
    expect([...prepareImage(image, into(1, 2))]).toEqual([10, 20, 30, 255, 255, 255])
    expect([...prepareImage(image, into(1, 2, { color: 'bgr' }))]).toEqual([
      30, 20, 10, 255, 255, 255,
    ])
  })
})
