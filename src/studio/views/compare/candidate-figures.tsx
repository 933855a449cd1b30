import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pairedInterval, wilsonInterval } from '../../../core/proportions'
import type { AgreementEvent, MeasureEvent } from '../../../protocol/measure-messages'
import {
  formatCount,
  formatPercent,
  formatPoints,
  formatSignificant,
} from '../../../ui-kit/format-number'
import type { Candidate, CandidateResult } from '../../store/candidates-slice'
import { kindOfMeaning, measuredShare } from '../../store/measures'
import { useStudio } from '../../store/store'
import { formatScore } from '../../words/format-score'
import { labelled } from '../../words/joining'
import { useOutputName } from '../../words/use-output-name'
import { verdictOf } from '../../words/verdict'
import classes from './candidates.module.css'
import { Flips } from './flips'

interface ResultProps {
  readonly result: CandidateResult
}

/** How good it is, on what, how many, and what ran it. */
export function Measured({ result: { backend, measure } }: ResultProps) {
  const { t } = useTranslation('compare')
  if (measure === null) return <span className={classes['none']}>{t('candidates.cannotRun')}</span>
  return (
    <>
      <Score measure={measure} />
      <Where measure={measure} backend={backend} />
    </>
  )
}

function Score({ measure }: { readonly measure: MeasureEvent }) {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  switch (measure.type) {
    case 'accuracy': {
      if (measure.measured === 0) return <span>{t('paired.none')}</span>
      const [low, high] = wilsonInterval(measure.correct, measure.measured)
      return (
        <>
          <b>{formatPercent(measure.correct / measure.measured)}</b>
          <span className={classes['note']}>
            {t('candidates.interval', { low: formatPercent(low), high: formatPercent(high) })}
          </span>
        </>
      )
    }
    case 'scores':
      return (
        <>
          {measure.scores.map(({ id, value }) => (
            <span key={id}>
              {labelled(
                page(`answer.scores.${id}`),
                value === null ? page('answer.undefined') : formatScore(id, value),
              )}
            </span>
          ))}
        </>
      )
    case 'agreement':
      return <Agreement measure={measure} />
  }
}

function Agreement({ measure }: { readonly measure: AgreementEvent }) {
  const { t } = useTranslation('compare')
  const share = measuredShare(measure)
  const kind = kindOfMeaning[measure.meaning]
  const text =
    share === null
      ? t('candidates.notInformative')
      : kind === 'agreement'
        ? formatPercent(share)
        : formatSignificant(share, 4)
  return (
    <>
      <b>{text}</b>
      <span className={classes['note']}>
        {t(kind === 'agreement' ? 'candidates.notAccuracy' : `candidates.${kind}`)}
      </span>
      <span>
        {t('candidates.relativeError', { value: formatSignificant(measure.relativeError, 3) })}
      </span>
    </>
  )
}

function Where({
  backend,
  measure,
}: {
  readonly measure: MeasureEvent
  readonly backend: CandidateResult['backend']
}) {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  const runtime = useStudio(({ model }) => model?.measuredBy ?? model?.runtime ?? 'stock')
  const split = measure.type === 'agreement' ? (measure.data?.split ?? null) : measure.split
  const count = formatCount(measure.measured)
  return (
    <span className={classes['note']}>
      {split === null
        ? t('candidates.measuredOnSynthetic', { count, backend })
        : t('candidates.measuredOn', { split: page(`splits.${split}`), count, backend })}
      {` · ${page(`answer.runtime.${runtime}`)}`}
    </span>
  )
}

/** What it gains or loses, and whether that may be chance. */
export function Against({ result: { measure } }: ResultProps) {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  if (measure?.type === 'scores')
    return measure.scores.slice(0, 1).map(({ id, original, value }) => {
      const said = (one: number | null): string =>
        one === null ? page('answer.undefined') : formatScore(id, one)
      return (
        <span key={id}>{t('candidates.before', { now: said(value), before: said(original) })}</span>
      )
    })
  if (measure?.type !== 'accuracy' || measure.measured === 0)
    return <span className={classes['none']}>{t('candidates.notOfClasses')}</span>
  const { correct, measured, originalCorrect, paired } = measure
  const { onlyCompressed, onlyOriginal } = paired
  const [low, high] = pairedInterval(onlyCompressed, onlyOriginal, measured)
  const { p, verdict } = verdictOf(onlyOriginal, onlyCompressed)
  return (
    <>
      <b>
        {t('candidates.points', {
          points: formatPoints((correct - originalCorrect) / measured),
        })}
      </b>
      <span className={classes['note']}>
        {t('candidates.pointsInterval', { low: formatPoints(low), high: formatPoints(high) })}
      </span>
      <span className={classes['note']} data-verdict={verdict}>
        {t(`candidates.${verdict}`, { p })}
      </span>
    </>
  )
}

/** The classes whose share of right answers changed most. */
export function ChangedClasses({ result: { answers } }: ResultProps) {
  const { t } = useTranslation('compare')
  const nameOf = useOutputName()
  if (answers === null)
    return <span className={classes['none']}>{t('candidates.notOfClasses')}</span>
  if (answers.classes.length === 0) return <span>{t('candidates.noClass')}</span>
  return (
    <ul className={classes['classes']}>
      {answers.classes.map(({ after, before, label, samples }) => (
        <li key={label}>
          {t('candidates.class', {
            name: nameOf(label),
            points: formatPoints((after - before) / samples),
            count: formatCount(samples),
          })}
        </li>
      ))}
    </ul>
  )
}

/** How many answers it turned, and the samples themselves. */
export function ChangedSamples({
  candidate,
  result: { measure },
}: ResultProps & { readonly candidate: Candidate }) {
  const { t } = useTranslation('compare')
  const [opened, setOpened] = useState(false)
  if (measure?.type !== 'accuracy' || measure.measured === 0)
    return <span className={classes['none']}>{t('candidates.notOfClasses')}</span>
  const { onlyCompressed, onlyOriginal } = measure.paired
  const { letter, name, recipe } = candidate
  return (
    <>
      <span>
        {t('candidates.flips', {
          lost: formatCount(onlyOriginal),
          won: formatCount(onlyCompressed),
        })}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('candidates.lookNamed', { letter })}
        onClick={() => {
          setOpened(true)
        }}
      >
        {t('candidates.look')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => {
          setOpened(false)
        }}
        size="xl"
        title={t('candidates.flipsTitle', { name: name === '' ? letter : name })}
        closeButtonProps={{ 'aria-label': t('candidates.closeFlips') }}
      >
        <Flips recipe={recipe} />
      </Modal>
    </>
  )
}
