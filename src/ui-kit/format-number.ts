const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in decimal units with three significant digits: `214 kB`, `1.72 MB`; whole below 1 kB. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999.5 would print as "1,000 kB".
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const text = unit === 0 ? formatCount(value) : formatSignificant(value)
  return `${text}\u00A0${units[unit] ?? 'B'}`
}

// The figures of the first screen are written without `Intl`: both languages write them alike, and its tables
// take a phone a tenth of a second to read.

/** With commas between thousands. @param text a number without an exponent */
function grouped(text: string): string {
  if (text.endsWith('Infinity')) return text.replace('Infinity', '∞')
  const [whole = '', decimals] = text.split('.')
  const commas = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return decimals === undefined ? commas : `${commas}.${decimals}`
}

/** Whole numbers with the separators of the language: `5,000`. */
export function formatCount(value: number): string {
  return grouped(String(Math.round(value)))
}

/** A fixed number of significant digits, trailing zeros kept so that a moving figure stays in place. */
export function formatSignificant(value: number, digits = 3): string {
  if (value === 0) return '0'
  if (Math.abs(value) < 1e-4) return value.toExponential(digits - 1)
  const text = value.toPrecision(digits)
  return grouped(text.includes('e') ? String(Number(text)) : text)
}

/** A share 0..1 as per cent with a fixed number of decimals: `99.12 %`. */
export function formatPercent(share: number, decimals = 2): string {
  return `${grouped((share * 100).toFixed(decimals))}\u00A0%`
}

/** A difference of two shares in percentage points, always signed: `−0.07`, `+0.10`, `0.00`. */
export function formatPoints(difference: number, locale = 'en'): string {
  const text = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: 'exceptZero',
  }).format(difference * 100)
  return text.replace('-', '\u2212')
}

/** Large counts with a letter: `431 k`, `25.6 M`. */
export function formatCompact(value: number, locale = 'en'): string {
  const steps = locale.startsWith('zh') ? tenThousands : thousands
  for (const [size, unit] of steps) {
    if (value >= size * 0.9995) return `${formatSignificant(value / size)}\u00A0${unit}`
  }
  return formatCount(value)
}

/** One right before the word that it counts, as Chinese sets them: a space after a digit, none after 万. */
export function formatCompactCount(value: number, locale = 'en'): string {
  const text = formatCompact(value, locale)
  return locale.startsWith('zh') && /\d$/.test(text) ? `${text}\u00A0` : text
}

const thousands = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** Chinese counts by ten thousands. */
const tenThousands = [
  [1e12, '万亿'],
  [1e8, '亿'],
  [1e4, '万'],
] as const

/** A compression ratio with two decimals below ten and one above: `8.04`, `31.2`. */
export function formatRatio(ratio: number, locale = 'en'): string {
  const decimals = ratio < 9.995 ? 2 : 1
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(ratio)
}

/** A round value on an axis, short and without padding: `0.05`, `10 k`. */
export function formatTick(value: number, locale = 'en'): string {
  const [scaled, letter] =
    Math.abs(value) >= 1e6
      ? [value / 1e6, '\u00A0M']
      : Math.abs(value) >= 1e3
        ? [value / 1e3, '\u00A0k']
        : [value, '']
  const text = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(scaled)
  return `${text.replace('-', '\u2212')}${letter}`
}
