import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { TermText } from '../../../techniques/term-text.ui'
import { formatBytes, formatRatio } from '../../../ui-kit/format-number'
import { useStudio } from '../../store/store'
import { zipBytes } from '../../store/zip-bytes'
import classes from './answer-strip.module.css'
import { BeforeAfter } from './before-after'
import { MeasureAnswer } from './measure-answer'

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
  const whole = useStudio((state) => state.cutFrom?.wholeZippedBytes ?? null)
  const sizes = useStudio((state) => state.sizes)
  const place = useStudio((state) => state.reportPlace)
  const stale = useStudio((state) => state.sizes !== null && state.sizes.recipe !== state.recipe)
  if (before === null || raw === null) return null
  const after = sizes?.value ?? null
  const zipped = after === null ? 0 : zipBytes(after, place)
  const mark = after === null || after.zippedIsExact ? '' : '≈\u00A0'
  return (
    <div className={classes['answer']} data-stale={stale || undefined}>
      <div className={classes['name']}>
        <TermText id="zipped" label={t('answer.zipped')} />
        {after !== null && (
          <span className={classes['ratio']} data-exact={after.zippedIsExact || undefined}>
            <Change before={before} after={zipped} mark={mark} />
          </span>
        )}
      </div>
      <BeforeAfter
        before={formatBytes(before)}
        after={after === null ? '…' : `${mark}${formatBytes(zipped)}`}
      />
      <div className={classes['note']}>
        {after !== null &&
          t('answer.shards', { before: formatBytes(raw), after: formatBytes(after.stored) })}
        {after !== null &&
          whole !== null &&
          ` · ${t('answer.ofWhole', {
            ratio: mark + formatRatio(whole / Math.max(1, zipped)),
            before: formatBytes(whole),
          })}`}
      </div>
    </div>
  )
}

interface Bytes {
  readonly before: number
  readonly after: number
  readonly mark: string
}

/** How many times smaller or larger; where that would be 1.00 times, by how much. */
function Change({ before, after, mark }: Bytes) {
  const { t } = useTranslation('page')
  if (after === before) return t('answer.same')
  const ratio = before / Math.max(1, after)
  if (Math.abs(ratio - 1) < 0.005)
    return t(after < before ? 'answer.fewerBytes' : 'answer.moreBytes', {
      bytes: mark + formatBytes(Math.abs(after - before)),
    })
  return ratio > 1
    ? `${mark}${formatRatio(ratio)} ${t('answer.smaller')}`
    : `${mark}${formatRatio(1 / ratio)} ${t('answer.larger')}`
}
