import type { MeasureEvent } from '../../protocol/measure-messages'

/** One number to choose checkpoints by: larger is better, whatever was measured. */
export function scoreOf(measure: MeasureEvent): number {
  switch (measure.type) {
    case 'accuracy':
      return measure.measured === 0 ? 0 : measure.correct / measure.measured
    case 'scores': {
      const [main] = measure.scores
      const value = main?.value ?? null
      if (value === null) return -Infinity
      // An error is better the smaller it is.
      return measure.task === 'regression' && main?.id === 'mae' ? -value : value
    }
    case 'agreement':
      return -measure.relativeError
  }
}
