import { RingProgress, Text } from '@mantine/core'
import { memo } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TermText } from '../../techniques/term-text.ui'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatPoints,
  formatRatio,
  formatSignificant,
} from '../../ui-kit/format-number'
import type { Measure } from '../store/model-slice'
import { useStudio } from '../store/store'
import classes from './answer-strip.module.css'

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

function SizeAnswer() {
  const { t } = useTranslation('page')
  const before = useStudio((state) => state.model?.zippedFloat32Bytes ?? null)
  const raw = useStudio((state) => state.model?.totals.float32Bytes ?? null)
  const sizes = useStudio((state) => state.sizes)
  const stale = useStudio((state) => state.sizes !== null && state.sizes.recipe !== state.recipe)
  if (before === null || raw === null) return null
  const after = sizes?.value ?? null
  const mark = after === null || after.zippedIsExact ? '' : '≈\u00A0'
  return (
    <div className={classes['answer']} data-stale={stale || undefined}>
      <div className={classes['name']}>
        <TermText id="zipped" label={t('answer.zipped')} />
        {after !== null && (
          <span className={classes['ratio']} data-exact={after.zippedIsExact || undefined}>
            <Ratio ratio={before / Math.max(1, after.zipped)} mark={mark} />
          </span>
        )}
      </div>
      <BeforeAfter
        before={formatBytes(before)}
        after={after === null ? '…' : `${mark}${formatBytes(after.zipped)}`}
      />
      <div className={classes['note']}>
        {after !== null &&
          t('answer.shards', { before: formatBytes(raw), after: formatBytes(after.stored) })}
      </div>
    </div>
  )
}

function Ratio({ ratio, mark }: { readonly ratio: number; readonly mark: string }) {
  const { t } = useTranslation('page')
  if (Math.abs(ratio - 1) < 0.005) return t('answer.same')
  return ratio > 1
    ? `${mark}${formatRatio(ratio)} ${t('answer.smaller')}`
    : `${mark}${formatRatio(1 / ratio)} ${t('answer.larger')}`
}

function MeasureAnswer() {
  const { t } = useTranslation('page')
  const measure = useStudio((state) => state.measure)
  const original = useStudio((state) => state.originalMeasure)
  const recipe = useStudio((state) => state.recipe)
  const phase = useStudio((state) => state.phase)
  const data = useStudio((state) => state.data)
  const shown = measure?.value ?? original
  const stale = measure !== null && measure.recipe !== recipe
  const complete = shown !== null && shown.measured >= shown.total
  const busy = phase === 'measuring' || phase === 'dragging'
  if (shown === null) {
    const waiting = data.state === 'loading' ? t('answer.loadingData') : t('answer.waiting')
    return (
      <div className={classes['answer']}>
        <div className={classes['name']}>
          <TermText id="accuracy" label={t('answer.accuracy')} />
        </div>
        <Text size="sm" c="dimmed" className={classes['waiting'] ?? ''}>
          {waiting}
        </Text>
      </div>
    )
  }
  const ring = busy && (stale || !complete) && (
    <Ring
      share={stale ? 0 : shown.measured / Math.max(1, shown.total)}
      label={t('answer.measuring')}
    />
  )
  return (
    <div className={classes['answer']} data-stale={stale || !complete || undefined}>
      {shown.type === 'accuracy' ? (
        <Accuracy shown={shown} isOriginal={measure === null} ring={ring} />
      ) : (
        <Agreement shown={shown} ring={ring} />
      )}
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
        {t('answer.split', {
          split: t(`splits.${shown.split}`),
          dataset: t(`data.names.${shown.dataset}`, { defaultValue: shown.dataset }),
          count: formatCount(shown.measured),
        })}
      </div>
    </>
  )
}

interface AgreementProps {
  readonly shown: Extract<Measure, { type: 'agreement' }>
  readonly ring: ReactNode
}

function Agreement({ shown, ring }: AgreementProps) {
  const { t } = useTranslation('page')
  return (
    <>
      <div className={classes['name']}>
        <TermText id="agreement" label={t('answer.agreement')} />
        {ring}
      </div>
      <div className={classes['figures']}>
        {shown.agreement === null ? (
          <span className={classes['silent']}>{t('answer.notInformative')}</span>
        ) : (
          <span className={classes['after']}>{formatPercent(shown.agreement)}</span>
        )}
        <span className={classes['side']}>
          {t('answer.relativeError', { value: formatSignificant(shown.relativeError, 3) })}
          {shown.klDivergence !== null &&
            ` · ${t('answer.kl', { value: formatSignificant(shown.klDivergence, 3) })}`}
        </span>
      </div>
      <div className={classes['note']}>
        {t('answer.synthetic', {
          count: formatCount(shown.measured),
          reached: shown.classesReached,
          classes: shown.classes,
        })}
      </div>
    </>
  )
}

function BeforeAfter({ before, after }: { readonly before: string; readonly after: string }) {
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
