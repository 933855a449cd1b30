import { i18n } from '../i18n/i18n'

/** Minutes alone are said in full in Chinese. */
const units = {
  en: { s: '\u00A0s', min: '\u00A0min', h: '\u00A0h', gap: ' ', minutes: '\u00A0min' },
  zh: { s: '\u00A0秒', min: '\u00A0分', h: '\u00A0小时', gap: '\u00A0', minutes: '\u00A0分钟' },
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`, in the language of the page: as exact as an estimate may be. */
export function formatDuration(ms: number): string {
  const { gap, h, min, minutes: whole, s } = i18n.language.startsWith('zh') ? units.zh : units.en
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}${s}`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) {
    const rest = Math.floor((seconds % 60) / 10) * 10
    return rest === 0 ? `${minutes}${whole}` : `${minutes}${min}${gap}${rest}${s}`
  }
  if (minutes < 60) return `${minutes}${whole}`
  return `${Math.floor(minutes / 60)}${h}${gap}${minutes % 60}${min}`
}
