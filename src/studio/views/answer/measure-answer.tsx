import { Button, RingProgress, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { wilsonInterval } from '../../../core/proportions'
import type { ScoreId } from '../../../data/scores'
import { TermText } from '../../../techniques/term-text.ui'
import { formatCount, formatPercent, formatPoints } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { Measure } from '../../store/model-slice'
import { useStudio } from '../../store/store'
import classes from './answer-strip.module.css'
import { AgreementAnswer } from './agreement-answer'
import { BeforeAfter } from './before-after'
import { formatDuration } from '../../words/format-duration'
import { formatScore } from '../../words/format-score'

/** How good the model still is: accuracy, other scores, or agreement with the original. */
export function MeasureAnswer() {
  const { t } = useTranslation('page')
  const measure = useStudio((state) => state.measure)
  const original = useStudio((state) => state.originalMeasure)
  const recipe = useStudio((state) => state.recipe)
  const phase = useStudio((state) => state.phase)
  const measuring = useStudio((state) => state.measuring)
  const data = useStudio((state) => state.data)
  const runs = useStudio((state) => state.model?.obstacles.run === null)
  const isCut = useStudio(({ model }) => model !== null && model.removed !== null)
  const shown = measure?.value ?? original
  const stale = measure !== null && measure.recipe !== recipe
  const complete = shown !== null && shown.measured >= shown.total
  const busy = phase === 'measuring' || phase === 'dragging'
  // Classes that stand for no output leave no sample, and a share of none is no figure.
  const isOfNone = shown !== null && shown.total === 0
  if (shown === null || isOfNone) {
    const waiting = isOfNone
      ? t('answer.noSamples')
      : !runs
        ? t('answer.notMeasured')
        : data.state === 'loading'
          ? t('answer.loadingData')
          : phase === 'failed'
            ? t('answer.couldNot')
            : t(isCut ? 'answer.waitingOriginal' : 'answer.waiting')
    return (
      <div className={classes['answer']}>
        <div className={classes['name']}>
          <TermText id="accuracy" label={t('answer.accuracy')} />
        </div>
        <Text size="sm" c="dimmed" className={classes['waiting'] ?? ''}>
          {waiting} <MeasuringNote />
        </Text>
      </div>
    )
  }
  const ring = (measuring !== null || (busy && (stale || !complete))) && (
    <>
      <Ring
        share={measuring === null ? 0 : measuring.done / Math.max(1, measuring.total)}
        label={t('answer.measuring')}
      />
      <MeasuringNote />
    </>
  )
  return (
    <div className={classes['answer']} data-stale={stale || !complete || undefined}>
      {shown.type === 'accuracy' && (
        <Accuracy shown={shown} isOriginal={measure === null} ring={ring} />
      )}
      {shown.type === 'scores' && (
        <Scores shown={shown} isOriginal={measure === null} ring={ring} />
      )}
      {shown.type === 'agreement' && <AgreementAnswer shown={shown} ring={ring} />}
    </div>
  )
}

interface AccuracyProps {
  readonly shown: Extract<Measure, { type: 'accuracy' }>
  readonly isOriginal: boolean
  readonly ring: ReactNode
}

function Accuracy({ shown, isOriginal, ring }: AccuracyProps) {
  const { t } = useTranslation('page')
  const n = Math.max(1, shown.measured)
  const before = (isOriginal ? shown.correct : shown.originalCorrect) / n
  const after = shown.correct / n
  const [low, high] = wilsonInterval(shown.correct, n)
  return (
    <>
      <div className={classes['name']}>
        <TermText id="accuracy" label={t('answer.accuracy')} />
        {!isOriginal && (
          <span className={classes['ratio']} data-exact>
            {t('answer.points', { points: formatPoints(after - before) })}
          </span>
        )}
        {ring}
      </div>
      {isOriginal ? (
        <div className={classes['figures']}>
          <span className={classes['before']}>{formatPercent(before)}</span>
        </div>
      ) : (
        <BeforeAfter before={formatPercent(before)} after={formatPercent(after)} />
      )}
      <div className={classes['note']}>
        <SplitNote shown={shown} />
        {` · ${t('answer.interval', { low: formatPercent(low), high: formatPercent(high) })}`}
        {shown.topFive !== null && (
          <span className={classes['wideOnly']}>
            {` · ${
              isOriginal
                ? t('answer.topFiveOriginal', { value: formatPercent(shown.topFive.correct / n) })
                : t('answer.topFive', {
                    before: formatPercent(shown.topFive.originalCorrect / n),
                    after: formatPercent(shown.topFive.correct / n),
                  })
            }`}
          </span>
        )}
      </div>
    </>
  )
}

function SplitNote({ shown }: { readonly shown: Extract<Measure, { dataset: string }> }) {
  const { t } = useTranslation('page')
  const runtime = useStudio(({ model }) => model?.measuredBy ?? model?.runtime ?? 'stock')
  const split = t('answer.split', {
    split: t(`splits.${shown.split}`),
    dataset: t(`data.names.${shown.dataset}`, { defaultValue: shown.dataset }),
    count: formatCount(shown.measured),
  })
  return `${split} · ${t(`answer.runtime.${runtime}`)}`
}

interface ScoresProps {
  readonly shown: Extract<Measure, { type: 'scores' }>
  readonly isOriginal: boolean
  readonly ring: ReactNode
}

/** The main score large, the others beside the split. */
function Scores({ shown, isOriginal, ring }: ScoresProps) {
  const { t } = useTranslation('page')
  const [main, ...others] = shown.scores
  if (main === undefined) return null
  const text = (id: ScoreId, value: number | null): string =>
    value === null ? t('answer.undefined') : formatScore(id, value)
  return (
    <>
      <div className={classes['name']}>
        <TermText id={main.id} label={t(`answer.scores.${main.id}`)} />
        {ring}
      </div>
      {isOriginal ? (
        <div className={classes['figures']}>
          <span className={classes['before']}>{text(main.id, main.value)}</span>
        </div>
      ) : (
        <BeforeAfter before={text(main.id, main.original)} after={text(main.id, main.value)} />
      )}
      <div className={classes['note']}>
        <SplitNote shown={shown} />
        {others.map(
          ({ id, value, original }) =>
            ` · ${t(`answer.scores.${id}`)} ${
              isOriginal ? text(id, value) : `${text(id, original)} → ${text(id, value)}`
            }`,
        )}
      </div>
    </>
  )
}

/** Of a measurement that takes a while: how long it still takes, and a way to end it. */
function MeasuringNote() {
  const { t } = useTranslation('page')
  const measuring = useStudio((state) => state.measuring)
  if (measuring === null || measuring.msLeft === null) return null
  return (
    <span className={classes['measuring']}>
      {t('answer.left', { time: formatDuration(measuring.msLeft) })}
      <Button size="compact-xs" variant="default" onClick={commands.stopMeasuring}>
        {t('answer.stop')}
      </Button>
    </span>
  )
}

function Ring({ share, label }: { readonly share: number; readonly label: string }) {
  return (
    <span className={classes['ring']} role="img" aria-label={label}>
      <RingProgress
        size={18}
        thickness={3}
        sections={[{ value: Math.max(4, share * 100), color: 'var(--studio-compressed)' }]}
        transitionDuration={0}
      />
    </span>
  )
}
