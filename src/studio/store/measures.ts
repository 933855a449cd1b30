import type { Measure } from './model-slice'

/** What a measure is: key of its name on the chart. */
export type MeasureKind = 'accuracy' | 'agreement' | 'multiLabel' | 'regression'

export function measureKind(measure: Measure): MeasureKind {
  return measure.type === 'scores' ? measure.task : measure.type
}

/** What the accuracy chart can show: null where a measure is no share of anything. */
export function measuredShare(measure: Measure): number | null {
  if (measure.measured === 0) return null
  switch (measure.type) {
    case 'accuracy':
      return measure.correct / measure.measured
    case 'agreement':
      return measure.agreement
    case 'scores': {
      const wanted = measure.task === 'regression' ? 'r2' : 'labelAccuracy'
      return measure.scores.find(({ id }) => id === wanted)?.value ?? null
    }
  }
}
