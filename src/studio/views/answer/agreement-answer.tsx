import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TermText } from '../../../techniques/term-text.ui'
import { formatCount, formatPercent, formatSignificant } from '../../../ui-kit/format-number'
import type { Measure } from '../../store/model-slice'
import { kindOfMeaning, measuredShare } from '../../store/measures'
import { useStudio } from '../../store/store'
import classes from './answer-strip.module.css'

type Shown = Extract<Measure, { type: 'agreement' }>

interface AgreementAnswerProps {
  readonly shown: Shown
  readonly ring: ReactNode
}

/** How close outputs are to the original's where no labels are, in the measure that fits what they mean. */
export function AgreementAnswer({ shown, ring }: AgreementAnswerProps) {
  const { t } = useTranslation('page')
  const runtime = useStudio(({ model }) => model?.measuredBy ?? model?.runtime ?? 'stock')
  const id = kindOfMeaning[shown.meaning]
  const where = shown.data === null ? 'synthetic' : 'onData'
  return (
    <>
      <div className={classes['name']}>
        <TermText id={id} label={t(`answer.against.${id}.${where}`)} />
        {ring}
      </div>
      <div className={classes['figures']}>
        <Figure shown={shown} />
        <span className={classes['side']}>
          {t('answer.relativeError', { value: formatSignificant(shown.relativeError, 3) })}
          {shown.klDivergence !== null &&
            ` · ${t('answer.kl', { value: formatSignificant(shown.klDivergence, 3) })}`}
        </span>
      </div>
      <div className={classes['note']}>
        {shown.data === null
          ? t(shown.classes === 1 ? 'answer.syntheticNumbers' : 'answer.synthetic', {
              count: formatCount(shown.measured),
              reached: shown.classesReached,
              classes: shown.classes,
            })
          : t(shown.classes === 1 ? 'answer.unlabelledNumbers' : 'answer.unlabelled', {
              split: t(`splits.${shown.data.split}`),
              dataset: shown.data.dataset,
              count: formatCount(shown.measured),
              reached: shown.classesReached,
              classes: shown.classes,
            })}
        {` · ${t(`answer.runtime.${runtime}`)}`}
      </div>
    </>
  )
}

function Figure({ shown }: { readonly shown: Shown }) {
  const { t } = useTranslation('page')
  const value = measuredShare(shown)
  if (value === null)
    return (
      <span className={classes['silent']}>
        {t(shown.meaning === 'numbers' ? 'answer.undefined' : 'answer.notInformative')}
      </span>
    )
  return (
    <span className={classes['after']}>
      {shown.meaning === 'classes' ? formatPercent(value) : formatSignificant(value, 4)}
    </span>
  )
}
