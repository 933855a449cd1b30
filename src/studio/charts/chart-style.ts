/** Looks shared by the charts; colours come from the theme's variables. */
export const axisTick = { fill: 'var(--mantine-color-dimmed)', fontSize: 12 }

export const tooltipStyle = {
  background: 'var(--studio-surface)',
  border: '1px solid var(--studio-line)',
  borderRadius: 4,
  fontSize: 13,
  color: 'var(--mantine-color-text)',
}

/** Ten updates a second are enough for the eye and leave the thread to the thumb. */
export const CHART_INTERVAL_MS = 100
