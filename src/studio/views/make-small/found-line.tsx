import { Text } from '@mantine/core'
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
import type { TriedPoint } from '../../store/run-slice'
import { lossOf } from '../../store/small-figures'
import { useStudio } from '../../store/store'
import { openedBytes, zipBytes } from '../../store/zip-bytes'
import { sentences } from '../../words/joining'
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
  // No loss has no sign.
  const points = formatPoints(loss === 0 ? 0 : -loss)
  return (
    <Text span size="sm">
      {t(`change.${kind}`, { points, percent: formatPercent(loss) })}
      {measure.type === 'accuracy' && <Interval {...measure.paired} count={measure.measured} />}
    </Text>
  )
}

interface Paired {
  readonly onlyOriginal: number
  readonly onlyCompressed: number
  readonly count: number
}

function Interval({ onlyOriginal, onlyCompressed, count }: Paired) {
  const { t } = useTranslation('small')
  const [low, high] = pairedInterval(onlyCompressed, onlyOriginal, count)
  const interval = t('interval', { low: formatPoints(low), high: formatPoints(high) })
  return ` (${interval}${low <= 0 && high >= 0 ? `, ${t('chance')}` : ''})`
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
