import { Text } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { pairedInterval } from '../../../core/proportions'
import type { MeasureEvent } from '../../../protocol/measure-messages'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatPoints,
  formatRatio,
} from '../../../ui-kit/format-number'
import { attachedIn } from '../../store/data-in'
import { isShareKind, measuredShare } from '../../store/measures'
import type { TriedPoint } from '../../store/run-slice'
import { lossOf } from '../../store/small-figures'
import { useStudio } from '../../store/store'
import { openedBytes, zipBytes } from '../../store/zip-bytes'
import { formatScore } from '../../words/format-score'
import { bracketed, clauses, sentences } from '../../words/joining'
import classes from './make-small.module.css'

/** From the original's bytes to those of the best settings, and what that costs; without them, the original alone. */
export function FoundLine({ best }: { readonly best: TriedPoint | null }) {
  const { t } = useTranslation('small')
  const original = useStudio((state) => state.model?.original ?? null)
  const place = useStudio((state) => state.reportPlace)
  if (original === null) return null
  const before = openedBytes(original)
  const after = best === null ? null : zipBytes(best.size, place)
  return (
    <div className={classes['answer']}>
      <Text span fw={600}>
        {t('line', {
          before: formatBytes(before),
          after: after === null ? '…' : formatBytes(after),
        })}
      </Text>
      {after !== null && after > 0 && (
        <Text span size="sm">
          {after <= before
            ? t('smaller', { ratio: formatRatio(before / after) })
            : t('larger', { ratio: formatRatio(after / before) })}
        </Text>
      )}
      {best !== null && <Change measure={best.measure} />}
    </div>
  )
}

/** What settings lose, with its interval; a loss that may be none is called neither. */
function Change({ measure }: { readonly measure: MeasureEvent }) {
  const { t } = useTranslation('small')
  const found = lossOf(measure)
  if (found === null) return null
  const { kind, loss } = found
  const after = measuredShare(measure)
  const told =
    kind === 'movement' || after === null
      ? t('change.movement', { percent: formatPercent(loss) })
      : isShareKind(kind)
        ? // No loss has no sign.
          t(`change.${kind}`, { points: formatPoints(loss === 0 ? 0 : -loss) })
        : t(`change.${kind}`, {
            before: formatScore('r2', after + loss),
            after: formatScore('r2', after),
          })
  return (
    <Text span size="sm">
      {measure.type === 'accuracy'
        ? bracketed(told, intervalText({ ...measure.paired, count: measure.measured }, t))
        : told}
    </Text>
  )
}

interface Paired {
  readonly onlyOriginal: number
  readonly onlyCompressed: number
  readonly count: number
}

function intervalText(
  { onlyOriginal, onlyCompressed, count }: Paired,
  t: TFunction<'small'>,
): string {
  const [low, high] = pairedInterval(onlyCompressed, onlyOriginal, count)
  return clauses(
    t('interval', { low: formatPoints(low), high: formatPoints(high) }),
    low <= 0 && high >= 0 && t('chance'),
  )
}

/** What the figure of a winner is worth. */
export function FoundWorth({ best, tried }: { readonly best: TriedPoint; readonly tried: number }) {
  const { t } = useTranslation('small')
  const { t: page } = useTranslation('page')
  const hasTest = useStudio(({ data }) =>
    attachedIn(data)?.splits.some(({ name, count }) => name === 'test' && count > 0),
  )
  const { measure } = best
  const split = measure.type === 'agreement' ? (measure.data?.split ?? null) : measure.split
  return (
    <Text size="xs" c="dimmed">
      {sentences(
        split !== null &&
          t('chosenOn', {
            split: page(`splits.${split}`),
            samples: formatCount(measure.measured),
          }),
        t('optimism', { count: tried }),
        hasTest === true && t('test'),
      )}
    </Text>
  )
}
