import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './answer-strip.module.css'
import { MeasureAnswer } from './measure-answer'
import { SizeAnswer } from './size-answer'

/** The answer, always in view: size before and after, ratio, accuracy before and after. */
export const AnswerStrip = memo(function AnswerStrip() {
  const { t } = useTranslation('page')
  return (
    // Every move of a thumb changes it, so screen readers get settled results elsewhere.
    <section
      role="status"
      aria-live="off"
      aria-label={t('answer.label')}
      className={classes['strip']}
    >
      <SizeAnswer />
      <MeasureAnswer />
    </section>
  )
})
