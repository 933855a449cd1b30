import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { wilsonInterval } from '../../../core/proportions'
import type { AccuracyEvent } from '../../../protocol/measure-messages'
import { formatCount, formatPercent } from '../../../ui-kit/format-number'
import '../../i18n/compare-words'
import { useStudio } from '../../store/store'
import classes from './compare.module.css'
import { bracketed, gap, sentences } from '../../words/joining'
import { verdictOf } from '../../words/verdict'

/** Both accuracies with their intervals, and whether their difference may be chance, in plain words. */
export function PairedSentence() {
  const { t } = useTranslation('compare')
  const measure = useStudio((state) => state.measure?.value ?? null)
  if (measure?.type !== 'accuracy')
    return (
      <Text size="sm" c="dimmed">
        {t('paired.waiting')}
      </Text>
    )
  return <PairedText measure={measure} />
}

/** The same for any split. */
export function PairedText({ measure }: { readonly measure: AccuracyEvent }) {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  const { correct, measured, originalCorrect, paired, split } = measure
  const { onlyCompressed, onlyOriginal } = paired
  if (measured === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('paired.none')}
      </Text>
    )
  const { p, verdict } = verdictOf(onlyOriginal, onlyCompressed)
  return (
    <Text size="sm" className={classes['sentence'] ?? ''}>
      {sentences(
        t('paired.accuracies', {
          split: page(`splits.${split}`),
          count: formatCount(measured),
          original: withInterval(originalCorrect, measured),
          compressed: withInterval(correct, measured),
        }),
        t('paired.counts', {
          onlyOriginal: formatCount(onlyOriginal),
          onlyCompressed: formatCount(onlyCompressed),
        }),
      )}
      {gap()}
      <b>{t(`paired.verdicts.${verdict}`, { p })}</b>
      {gap()}
      {split === 'validation' && t('paired.usedForChoosing')}
    </Text>
  )
}

function withInterval(correct: number, count: number): string {
  const [low, high] = wilsonInterval(correct, count)
  return bracketed(formatPercent(correct / count), `${formatPercent(low)} – ${formatPercent(high)}`)
}
