import { useTranslation } from 'react-i18next'
import classes from './answer-strip.module.css'

interface BeforeAfterProps {
  readonly before: string
  readonly after: string
}

/** Two figures and the arrow between them. */
export function BeforeAfter({ before, after }: BeforeAfterProps) {
  const { t } = useTranslation('page')
  return (
    <div className={classes['figures']}>
      <span className={classes['before']}>{before}</span>
      <span className={classes['arrow']} role="img" aria-label={t('answer.to')}>
        →
      </span>
      <span className={classes['after']}>{after}</span>
    </div>
  )
}
