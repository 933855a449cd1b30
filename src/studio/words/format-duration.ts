/** `45 s`, `3 min 20 s`, `2 h 5 min`: as exact as an estimate may be. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}\u00A0s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) {
    const rest = Math.floor((seconds % 60) / 10) * 10
    return rest === 0 ? `${minutes}\u00A0min` : `${minutes}\u00A0min ${rest}\u00A0s`
  }
  if (minutes < 60) return `${minutes}\u00A0min`
  return `${Math.floor(minutes / 60)}\u00A0h ${minutes % 60}\u00A0min`
}
