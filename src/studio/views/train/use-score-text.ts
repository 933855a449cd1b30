import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { MeasureEvent } from '../../../protocol/measure-messages'
import { formatCount, formatPercent, formatSignificant } from '../../../ui-kit/format-number'
import { bracketed } from '../../words/joining'

/** The main number of a measurement, with its n. */
export function useScoreText(): (measure: MeasureEvent) => string {
  const { t } = useTranslation('train')
  return useCallback(
    (measure) => {
      const count = `n\u00A0=\u00A0${formatCount(measure.measured)}`
      switch (measure.type) {
        case 'accuracy':
          return bracketed(formatPercent(measure.correct / Math.max(1, measure.measured)), count)
        case 'scores': {
          const [main] = measure.scores
          const value = main?.value ?? null
          if (value === null) return count
          const text =
            measure.task === 'regression' ? formatSignificant(value, 4) : formatPercent(value)
          return bracketed(text, count)
        }
        case 'agreement':
          return t(`relativeError.${measure.against}`, {
            value: formatSignificant(measure.relativeError, 3),
            count,
          })
      }
    },
    [t],
  )
}
