import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { outputMeanings } from '../../../core/output-meaning'
import { TermText } from '../../../techniques/term-text.ui'
import { formatCount, formatPercent, formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
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
      </div>
      <MeaningChoice shown={shown} />
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

/** What the outputs are taken for is a guess; where it is wrong, it is put right here. */
function MeaningChoice({ shown }: { readonly shown: Shown }) {
  const { t } = useTranslation('page')
  const columns = useStudio((state) => state.model?.outputs[0]?.shape.at(-1) ?? 1)
  // One number is no choice between classes, and no direction.
  if (columns === 1) return null
  return (
    <NativeSelect
      size="xs"
      className={classes['meaning'] ?? ''}
      aria-label={t('answer.meaning')}
      value={shown.meaning}
      onChange={(event) => {
        const meaning = outputMeanings.find((id) => id === event.currentTarget.value)
        if (meaning !== undefined) void commands.readOutputsAs(meaning)
      }}
      data={outputMeanings.map((id) => ({ value: id, label: t(`answer.meanings.${id}`) }))}
    />
  )
}
