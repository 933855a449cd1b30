import { likelyNumberFormat } from './number-format'
import type { NumberFormat } from './number-format'
import { unsigned } from './number-signs'

/** Currencies that are written with a comma between thousands, wherever the sign stands. */
const COMMA_CURRENCIES = /^(?:[£¥￥₹₩฿₪元円원]|USD|GBP|JPY|CNY|RMB|INR)$/u
const THOUSANDS: NumberFormat = { decimal: '.', thousands: ',' }

/**
 * How numbers are written in a table, and in each of its columns: amounts such as `$513,900` are
 * thousands also where other columns have a decimal comma.
 * @param columns cells by column
 * @param chosen what a person has decided, which holds for every column
 */
export function columnFormats(
  columns: readonly (readonly string[])[],
  separator: string,
  chosen: Partial<NumberFormat>,
): { readonly format: NumberFormat; readonly formats: readonly NumberFormat[] } {
  const isMoney = columns.map(isCommaMoney)
  const texts = columns.map((cells) => cells.map((cell) => unsigned(cell).text))
  const format = likelyNumberFormat(texts, separator, chosen, isMoney.includes(true))
  const isChosen = chosen.decimal !== undefined || chosen.thousands !== undefined
  const formats = isMoney.map((is) => (is && !isChosen ? THOUSANDS : format))
  return { format, formats }
}

/**
 * Amounts that all have three digits after each comma and none besides: nobody writes a thousandth
 * of a dollar. A sign behind them, as of the euro, says nothing: it stands so where commas are decimal.
 */
function isCommaMoney(cells: readonly string[]): boolean {
  let grouped = 0
  for (const cell of cells) {
    const { sign, text } = unsigned(cell)
    if (!/\d/.test(text)) continue
    const isBehind = cell.trim().startsWith(text)
    if (sign === '%' || sign === '' || (isBehind && !COMMA_CURRENCIES.test(sign))) return false
    if (/^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/.test(text)) grouped++
    else if (!/^[+-]?\d{1,3}$/.test(text)) return false
  }
  return grouped > 0
}
