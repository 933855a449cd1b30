import { describe, expect, it } from 'vitest'
import { pictureForm, pictureSides } from './input-form'
import {
  commonPreparations,
  normalizeBytes,
  preparationSchema,
  scaleNames,
  scaleOf,
  withColor,
  withScale,
} from './preparation'
import type { Preparation } from './preparation'

const plain: Preparation = {
  fit: 'stretch',
  height: 4,
  width: 4,
  color: 'rgb',
  mean: [0, 0, 0],
  std: [1, 1, 1],
}

function shown(preparation: Preparation, bytes: readonly number[]): number[] {
  const out = new Float32Array(bytes.length)
  normalizeBytes(Uint8Array.from(bytes), preparation, out)
  return [...out]
}

describe('numbers of a picture', () => {
  it('are what their names say', () => {
    expect(shown(plain, [0, 51, 255])).toEqual([0, Math.fround(0.2), 1])
    expect(shown(withScale(plain, 'signed'), [0, 255, 255])).toEqual([-1, 1, 1])
    expect(shown(withScale(plain, 'bytes'), [0, 7, 255])).toEqual([0, 7, 255])
    const [red, green, blue] = shown(withScale(plain, 'imagenet'), [255, 0, 128])
    expect(red).toBeCloseTo((1 - 0.485) / 0.229, 6)
    expect(green).toBeCloseTo(-0.456 / 0.224, 6)
    expect(blue).toBeCloseTo((128 / 255 - 0.406) / 0.225, 6)
    // Keras' caffe mode: blue first, the mean taken away, not divided.
    const caffe = withScale(withColor(plain, 'bgr'), 'caffe')
    expect(shown(caffe, [100, 100, 100]).map((value) => Number(value.toFixed(3)))).toEqual([
      -3.939, -16.779, -23.68,
    ])
  })

  it('are found again by their names, in any order of channels', () => {
    for (const name of scaleNames)
      for (const color of ['rgb', 'bgr', 'grey'] as const)
        expect(scaleOf(withScale(withColor(plain, color), name))).toBe(name)
    expect(scaleOf({ ...plain, std: [1, 1, 2] })).toBeNull()
    expect(withColor(withColor(withScale(plain, 'imagenet'), 'bgr'), 'rgb')).toEqual(
      withScale(plain, 'imagenet'),
    )
  })

  it('that are commonly used are each tried once, the present ones first', () => {
    for (const present of [plain, withColor(plain, 'grey'), withScale(plain, 'imagenet')]) {
      const all = commonPreparations(present)
      expect(all[0]).toEqual(present)
      expect(new Set(all.map((item) => JSON.stringify(item))).size).toBe(all.length)
      expect(all.length).toBeGreaterThanOrEqual(6)
      expect(all.length).toBeLessThanOrEqual(12)
      for (const item of all) expect(preparationSchema().safeParse(item).success).toBe(true)
    }
  })

  it.each([
    { ...plain, height: 0 },
    { ...plain, width: 5000 },
    { ...plain, std: [1, 0, 1] },
    { ...plain, mean: [0] },
    { ...plain, color: 'grey' },
    { ...plain, more: 1 },
  ])('are refused from a file: %j', (input) => {
    expect(preparationSchema().safeParse(input).success).toBe(false)
  })
})

describe('the input of a model as a picture', () => {
  it.each([
    [[null, null, 3], null, { channels: 3, layout: 'channelsLast', height: null, width: null }],
    [[28, 28, 1], null, { channels: 1, layout: 'channelsLast', height: 28, width: 28 }],
    [[3, 224, 224], null, { channels: 3, layout: 'channelsFirst', height: 224, width: 224 }],
    [[28, 28], null, { channels: 1, layout: 'plane', height: 28, width: 28 }],
    [[784], [28, 28, 1], { channels: 1, layout: 'row', height: 28, width: 28 }],
    [[768], [16, 48, 1], { channels: 1, layout: 'row', height: 16, width: 48 }],
    [[3072], null, { channels: 3, layout: 'row', height: 32, width: 32 }],
    [[7], null, null],
    [[8, 8, 5], null, null],
    [[4, 8, 8, 3], null, null],
  ] as const)('%j', (shape, own, expected) => {
    const form = pictureForm(shape, own)
    if (expected === null) expect(form).toBeNull()
    else expect(form).toEqual(expected)
  })

  it('takes pictures in the order of its sides', () => {
    const form = pictureForm([3, null, null])
    expect(form === null ? null : pictureSides(form, 5, 7)).toEqual([3, 5, 7])
  })
})
