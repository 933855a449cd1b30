import { readNumber } from './number-format'
import type { NumberFormat } from './number-format'

const MONEY = '[$€£¥￥₹₩₽₺₫฿₴₪元円원]|USD|EUR|GBP|JPY|CNY|RMB|CHF|INR'
const BEFORE = new RegExp(`^([+-]?)\\s?(${MONEY})\\s?(?=[+-]?[\\d.,])`, 'u')
const AFTER = new RegExp(`(?<=[\\d.,])\\s?(${MONEY}|[%％])$`, 'u')
/** All that a number without a sign is made of. */
const PLAIN = /^[\d.,+\-e\s'’]*$/i

/** How cells with a percent sign are read: `12.5%` as 0.125, or as 12.5. */
export const percentChoices = ['hundredths', 'asWritten'] as const
export type PercentChoice = (typeof percentChoices)[number]

/** A cell of which a sign of money or of hundredths is no part any more. */
interface Unsigned {
  /** `%`, or the sign of money as it was written; '' where there is none. */
  readonly sign: string
  readonly text: string
}

/** A cell without the sign before or behind its number. */
export function unsigned(cell: string): Unsigned {
  const text = cell.trim()
  if ((isDigit(text.at(0)) && isDigit(text.at(-1))) || PLAIN.test(text)) return { sign: '', text }
  const before = BEFORE.exec(text)
  if (before !== null) {
    const [whole, minus = '', sign = ''] = before
    return { sign, text: minus + text.slice(whole.length) }
  }
  const after = AFTER.exec(text)
  if (after === null) return { sign: '', text }
  const [, sign = ''] = after
  return { sign: sign === '％' ? '%' : sign, text: text.slice(0, after.index) }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

/** The number of a cell as it is written beside its sign; NaN for anything else, an empty cell too. */
export function readSigned(
  cell: string | undefined,
  format: NumberFormat,
): { readonly value: number; readonly sign: string } {
  const plain = readNumber(cell, format)
  if (!Number.isNaN(plain)) return { value: plain, sign: '' }
  const { sign, text } = unsigned(cell ?? '')
  return sign === '' ? { value: NaN, sign } : { value: readNumber(text, format), sign }
}

/** Whether a cell has digits and no letters, however numbers are written. */
export function looksNumeric(cell: string): boolean {
  const text = unsigned(cell).text.replace(/(?<=\d)e(?=[+-]?\d)/i, '')
  return /\d/.test(text) && !/\p{L}/u.test(text)
}
