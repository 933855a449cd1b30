import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatCount, formatPercent } from '../../../ui-kit/format-number'
import { useThrottled } from '../../../ui-kit/use-throttled'
import { useStudio } from '../../store/store'
import { containerOf } from '../../store/export-target'
import { zipBytes } from '../../store/zip-bytes'
import type { DrawnTab } from '../../store/view-slice'
import { removesAtRandom } from '../../charts/chart-data'
import { decodedOf, entriesOf, isOfContainer, sizeReason } from '../../words/size-reason'
import { CHART_INTERVAL_MS } from '../../charts/chart-style'
import { histogramTail } from '../../charts/histogram-tail'
import classes from './chart-foot.module.css'
import { listed } from '../../words/joining'

/** What the colours mean, and on the size chart why the file has this size. */
export function ChartFoot({ tab }: { readonly tab: DrawnTab }) {
  switch (tab) {
    case 'size':
      return <SizeFoot />
    case 'sparsity':
      return (
        <div className={classes['foot']}>
          <Legend kinds={['original', 'compressed']} ofWeights />
        </div>
      )
    case 'weights':
      return (
        <div className={classes['foot']}>
          <WeightsLegend />
        </div>
      )
    case 'accuracy':
      return (
        <div className={classes['foot']}>
          <AccuracyLegend />
        </div>
      )
    case 'training':
      return (
        <div className={classes['foot']}>
          <Legend kinds={['trainLoss', 'trainAccuracy', 'validationAccuracy', 'runSparsity']} />
        </div>
      )
  }
}

type LegendKind =
  | 'original'
  | 'compressed'
  | 'file'
  | 'computed'
  | 'threshold'
  | 'level'
  | 'outliers'
  | 'originalPoint'
  | 'tried'
  | 'current'
  | 'path'
  | 'study'
  | 'front'
  | 'random'
  | 'trainLoss'
  | 'trainAccuracy'
  | 'validationAccuracy'
  | 'runSparsity'
  | 'negative'
  | 'positive'
  | 'zero'

function AccuracyLegend() {
  const hasStudies = useStudio((state) => state.casePaths.length > 0)
  const hasControl = useStudio((state) => state.tried.some(({ recipe }) => removesAtRandom(recipe)))
  const kinds = [
    ...(['originalPoint', 'tried', 'current', 'front', 'path'] as const),
    ...(hasControl ? (['random'] as const) : []),
    ...(hasStudies ? (['study'] as const) : []),
  ]
  return <Legend kinds={kinds} />
}

function WeightsLegend() {
  const { t } = useTranslation('charts')
  const view = useStudio((state) => state.weightsView)
  const histogram = useThrottled(
    useStudio((state) => state.weights?.value.histogram ?? null),
    CHART_INTERVAL_MS,
  )
  if (view === 'pictures') return <Legend ofWeights kinds={['negative', 'positive', 'zero']} />
  const tail = histogram === null ? null : histogramTail(histogram)
  return (
    <>
      <Legend
        ofWeights
        kinds={[
          ...(['original', 'compressed', 'threshold', 'level'] as const),
          ...(tail === null ? [] : (['outliers'] as const)),
        ]}
      />
      {tail !== null && (
        <Text size="sm">
          {t('weights.outliers', {
            count: tail.count,
            number: formatCount(tail.count),
            share: formatPercent(tail.share, 0),
          })}
        </Text>
      )}
    </>
  )
}

interface LegendProps {
  readonly kinds: readonly LegendKind[]
  /** Weights have no counterpart in a model with more filters: they are compared with those that were left. */
  readonly ofWeights?: boolean
}

function Legend({ kinds, ofWeights = false }: LegendProps) {
  const { t } = useTranslation('charts')
  const isCut = useStudio(({ model }) => model !== null && model.removed !== null)
  return (
    <ul className={classes['legend']}>
      {kinds.map((kind) => (
        <li key={kind} data-kind={kind}>
          {t(`legend.${ofWeights && isCut && kind === 'original' ? 'left' : kind}`)}
        </li>
      ))}
    </ul>
  )
}

function SizeFoot() {
  const { t } = useTranslation('charts')
  const { t: page } = useTranslation('page')
  const sizes = useThrottled(
    useStudio((state) => state.sizes),
    CHART_INTERVAL_MS,
  )
  const container = useStudio(containerOf)
  const place = useStudio((state) => state.reportPlace)
  if (sizes === null) return null
  const { recipe, value } = sizes
  const { bits, key } = sizeReason(value.kinds, recipe)
  const { all, reasons, tensors } = decodedOf(value.kinds)
  return (
    <div className={classes['foot']}>
      <Legend kinds={['original', 'file', 'computed']} />
      <Text size="sm">
        {t(isOfContainer(key) ? `size.reasons.${key}.${container}` : `size.reasons.${key}`, {
          shards: t(`size.shards.${container}`),
          bits: listed(bits.map(String)),
          entries: entriesOf(value.kinds, key),
          settings: listed(reasons.map((reason) => page(`download.reasons.${reason}`))),
          tensors,
          all,
          stored: formatBytes(value.stored),
          zipped: formatBytes(zipBytes(value, place)),
          packed: formatBytes(value.bitPacked),
        })}
      </Text>
    </div>
  )
}
