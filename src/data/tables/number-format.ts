/** How numbers are written. */
export interface NumberFormat {
  readonly decimal: DecimalMark
  readonly thousands: ThousandsMark
}

export const decimalMarks = ['.', ','] as const
export const thousandsMarks = ['none', ',', '.', ' ', "'"] as const
export type DecimalMark = (typeof decimalMarks)[number]
export type ThousandsMark = (typeof thousandsMarks)[number]

/** The likelier ones first: of formats that read as many cells the first is taken. */
const formats: readonly NumberFormat[] = [
  { decimal: '.', thousands: 'none' },
  { decimal: ',', thousands: 'none' },
  { decimal: '.', thousands: ',' },
  { decimal: ',', thousands: '.' },
  { decimal: '.', thousands: ' ' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: "'" },
  { decimal: ',', thousands: "'" },
]

const GROUPED: Readonly<Record<Exclude<ThousandsMark, 'none'>, RegExp>> = {
  ',': /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?!\d)/,
  '.': /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?!\d)/,
  ' ': /^[+-]?[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?!\d)/,
  "'": /^[+-]?[1-9]\d{0,2}(?:['\u2019]\d{3})+(?!\d)/,
}

/** A number as this format writes it; NaN for anything else, an empty cell too. */
export function readNumber(cell: string | undefined, { decimal, thousands }: NumberFormat): number {
  const text = (cell ?? '').trim()
  const [grouped] = thousands === 'none' ? [] : (GROUPED[thousands].exec(text) ?? [])
  const joined =
    grouped === undefined ? text : grouped.replace(/[^\d+-]/g, '') + text.slice(grouped.length)
  const plain = decimal === ',' ? swapped(joined) : joined
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN
}

/** With a decimal comma a point is none. */
function swapped(text: string): string {
  return text.includes('.') ? '' : text.replace(',', '.')
}

/** Whether a cell is written with thousands marks. */
export function hasThousands(cell: string, { thousands }: NumberFormat): boolean {
  return thousands !== 'none' && GROUPED[thousands].test(cell.trim())
}

/**
 * The format that reads most cells. What could be either, as `7,311`, is seven thousand unless semicolons
 * part the cells and its column has no plain whole numbers beside.
 * @param columns cells by column
 * @param chosen what a person has decided already
 * @param hasCommaMoney a column holds amounts that are surely written with commas between thousands
 */
export function likelyNumberFormat(
  columns: readonly (readonly string[])[],
  separator: string,
  chosen: Partial<NumberFormat>,
  hasCommaMoney = false,
): NumberFormat {
  const cells = columns.flat()
  let best: { format: NumberFormat; score: number } | null = null
  for (const format of ordered(columns, separator, hasCommaMoney)) {
    if (chosen.decimal !== undefined && chosen.decimal !== format.decimal) continue
    if (chosen.thousands !== undefined && chosen.thousands !== format.thousands) continue
    const score = cells.filter((cell) => Number.isFinite(readNumber(cell, format))).length
    if (best === null || score > best.score) best = { format, score }
  }
  const { decimal = '.', thousands = 'none' } = chosen
  return best?.format ?? { decimal, thousands }
}

function ordered(
  columns: readonly (readonly string[])[],
  separator: string,
  hasCommaMoney: boolean,
): readonly NumberFormat[] {
  const commaGroups = (cell: string): boolean => GROUPED[','].test(cell.trim())
  const mixed = columns.some(
    (cells) => cells.some(commaGroups) && cells.some((cell) => /^[+-]?\d{1,3}$/.test(cell.trim())),
  )
  if (separator === ';' && !mixed && !hasCommaMoney) return formats
  const [plain, comma, groups, ...others] = formats
  return [plain, groups, comma, ...others].filter((format) => format !== undefined)
}
