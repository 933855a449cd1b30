import { formatCompact, formatCompactCount } from '../../ui-kit/format-number'
import { i18n } from '../i18n/i18n'

/** A large count in the language of the page: `431 k`, `43.1 万`. */
export function compactNumber(value: number): string {
  return formatCompact(value, i18n.language)
}

/** One right before the word that it counts. */
export function compactCount(value: number): string {
  return formatCompactCount(value, i18n.language)
}
