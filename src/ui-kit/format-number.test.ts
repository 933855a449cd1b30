import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCompact,
  formatCompactCount,
  formatCount,
  formatPercent,
  formatPoints,
  formatRatio,
  formatSignificant,
  formatTick,
} from './format-number'

describe('figures', () => {
  it.each([
    [0, '0\u00A0B'],
    [999, '999\u00A0B'],
    [999.6, '1.00\u00A0kB'],
    [999_499, '999\u00A0kB'],
    [999_500, '1.00\u00A0MB'],
    [1_724_320, '1.72\u00A0MB'],
    [213_900, '214\u00A0kB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it.each([
    [999, '999'],
    [431_080, '431\u00A0k'],
    [999_600, '1.00\u00A0M'],
    [25_600_000, '25.6\u00A0M'],
  ])('shortens %d to %s', (value, text) => {
    expect(formatCompact(value)).toBe(text)
  })

  it.each([
    [999, '999'],
    [9994, '9,994'],
    [431_000, '43.1\u00A0万'],
    [99_996_000, '1.00\u00A0亿'],
    [138_357_544, '1.38\u00A0亿'],
    [3e12, '3.00\u00A0万亿'],
  ])('counts %d by ten thousands in Chinese', (value, text) => {
    expect(formatCompact(value, 'zh-CN')).toBe(text)
  })

  it.each([
    [156, '156\u00A0个参数', '156 parameters'],
    [9980, '9,980\u00A0个参数', '9.98\u00A0k parameters'],
    [431_080, '43.1\u00A0万个参数', '431\u00A0k parameters'],
  ])('stands %d before the word that it counts as each language sets it', (value, zh, en) => {
    expect(`${formatCompactCount(value, 'zh-CN')}个参数`).toBe(zh)
    expect(`${formatCompactCount(value)} parameters`).toBe(en)
  })

  it('keeps the decimals of a moving figure', () => {
    expect(formatPercent(0.99)).toBe('99.00\u00A0%')
    expect(formatRatio(8)).toBe('8.00')
    expect(formatRatio(9.996)).toBe('10.0')
    expect(formatSignificant(0.5)).toBe('0.500')
    expect(formatSignificant(0.000012345)).toBe('1.23e-5')
  })

  it('signs differences', () => {
    expect(formatPoints(-0.0007)).toBe('\u22120.07')
    expect(formatPoints(0.001)).toBe('+0.10')
    expect(formatPoints(-0.00001)).toBe('0.00')
  })
})

describe('figures that are written without Intl', () => {
  const values = [
    0,
    0.000123,
    0.0123,
    0.5,
    9.996,
    12.5,
    999.4,
    999.7,
    1234.5,
    99_999,
    1_234_567,
    3e20,
    Infinity,
  ]

  it.each(['en', 'zh-CN'])('are as Intl writes them in %s', (locale) => {
    const written = (value: number, options: Intl.NumberFormatOptions): string =>
      new Intl.NumberFormat(locale, options).format(value)
    for (const value of values) {
      expect(formatCount(value)).toBe(written(value, { maximumFractionDigits: 0 }))
      expect(formatSignificant(value)).toBe(
        written(value, {
          minimumSignificantDigits: value === 0 ? 1 : 3,
          maximumSignificantDigits: 3,
        }),
      )
      expect(formatSignificant(-1234.5)).toBe('-1,230')
      const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      expect(formatPercent(value / 100)).toBe(`${written(value, two)}\u00A0%`)
    }
  })
})

describe('numbers in Chinese', () => {
  it('are written as in English, so that one form serves both languages', () => {
    for (const value of [0, 0.0123, 1234.5, 1_234_567, 25_600_000_000]) {
      expect(formatPoints(-value, 'zh-CN')).toBe(formatPoints(-value))
      expect(formatRatio(value, 'zh-CN')).toBe(formatRatio(value))
      expect(formatTick(value, 'zh-CN')).toBe(formatTick(value))
    }
  })
})
