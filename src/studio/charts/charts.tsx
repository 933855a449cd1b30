import { Button, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import type { SizeReport, WeightsEvent } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatRatio,
  formatSignificant,
} from '../../ui-kit/format-number'
import type { CasePath } from '../store/case-slice'
import type { Measure } from '../store/model-slice'
import type { TriedPoint } from '../store/run-slice'
import type { RunView } from '../store/train-slice'
import type { DrawnTab, WeightsView } from '../store/view-slice'
import { useRecipeText } from '../words/use-recipe-text'
import '../i18n/train-words'
import { AccuracyChart } from './accuracy-chart'
import {
  measureKind,
  measuredShare,
  pathRows,
  sizeRows,
  studyRows,
  sparsityRows,
  triedRows,
} from './chart-data'
import { ChartTable } from './chart-table'
import { SizeChart } from './size-chart'
import { SparsityChart } from './sparsity-chart'
import { TrainingChart } from './training-chart'
import { WeightPictures } from './weight-pictures'
import { WeightsChart } from './weights-chart'

export interface ChartsProps {
  readonly tab: DrawnTab
  readonly asTable: boolean
  readonly logarithmic: boolean
  readonly weightsView: WeightsView
  readonly model: ModelSummary
  readonly sizes: SizeReport
  readonly weights: WeightsEvent
  readonly recipe: Recipe
  readonly tried: readonly TriedPoint[]
  readonly original: Measure | null
  readonly run: RunView | null
  readonly studies: readonly CasePath[]
  readonly onChooseLayer: (layer: string) => void
  readonly onUse: (recipe: Recipe) => void
  readonly onStage: (path: number, stage: number) => void
  readonly onDragThreshold: (threshold: number) => void
  readonly onThreshold: (threshold: number) => void
}

/** One chart at a time, or its table; the whole of it is loaded only when a model is open. */
export function Charts(props: ChartsProps) {
  switch (props.tab) {
    case 'size':
      return <Size {...props} />
    case 'sparsity':
      return <Sparsity {...props} />
    case 'weights':
      return props.weightsView === 'pictures' ? (
        <WeightPictures model={props.model} asTable={props.asTable} />
      ) : (
        <Weights {...props} />
      )
    case 'accuracy':
      return <Accuracy {...props} />
    case 'training':
      return <Training {...props} />
  }
}

function Size({ asTable, model, sizes }: ChartsProps) {
  const { t } = useTranslation('charts')
  const rows = useMemo(() => sizeRows(model, sizes), [model, sizes])
  if (!asTable) return <SizeChart rows={rows} />
  return (
    <ChartTable
      caption={t('size.caption')}
      columns={[t('size.what'), t('size.bytes'), t('size.ratio'), t('size.exists')]}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          t(`size.rows.${row.id}`),
          `${row.estimate ? '≈\u00A0' : ''}${formatCount(row.bytes)}\u00A0B`,
          formatRatio(sizes.float32 / Math.max(1, row.bytes)),
          t(`size.kinds.${row.kind}`),
        ],
      }))}
    />
  )
}

function Sparsity({ asTable, model, weights, onChooseLayer }: ChartsProps) {
  const { t } = useTranslation('charts')
  const rows = useMemo(() => sparsityRows(model, weights.layers), [model, weights])
  if (!asTable) return <SparsityChart rows={rows} onChoose={onChooseLayer} />
  return (
    <ChartTable
      caption={t('sparsity.caption')}
      columns={[t('layer'), t('sparsity.weights'), t('original'), t('compressed')]}
      rows={rows.map((row) => ({
        key: row.name,
        cells: [
          row.name,
          formatCount(row.weights),
          formatPercent(row.before, 1),
          formatPercent(row.after, 1),
        ],
      }))}
    />
  )
}

function Weights(props: ChartsProps) {
  const { asTable, logarithmic, weights, onDragThreshold, onThreshold } = props
  const { t } = useTranslation('charts')
  const { histogram } = weights
  if (!asTable)
    return (
      <WeightsChart
        histogram={histogram}
        logarithmic={logarithmic}
        onDragThreshold={onDragThreshold}
        onThreshold={onThreshold}
      />
    )
  const width = (histogram.max - histogram.min) / Math.max(1, histogram.before.length)
  return (
    <ChartTable
      caption={t('weights.caption')}
      columns={[t('weights.bin'), t('original'), t('compressed')]}
      rows={histogram.before.map((count, bin) => {
        const from = formatSignificant(histogram.min + bin * width, 3)
        const to = formatSignificant(histogram.min + (bin + 1) * width, 3)
        return {
          key: String(bin),
          cells: [`${from} … ${to}`, formatCount(count), formatCount(histogram.after[bin] ?? 0)],
        }
      })}
    />
  )
}

/** A coefficient, not a share: below zero for a model that is worse than the mean. */
function formatR2(value: number): string {
  return formatSignificant(value, 4)
}

function Accuracy(props: ChartsProps) {
  const { asTable, model, tried, recipe, original, run, studies, onUse, onStage } = props
  const { t } = useTranslation('charts')
  const describe = useRecipeText()
  const rows = useMemo(() => triedRows(tried, recipe), [tried, recipe])
  const path = useMemo(() => pathRows(run?.epochs ?? []), [run])
  const { t: stageName } = useTranslation('train')
  const walked = useMemo(() => studyRows(studies), [studies])
  const shown = tried.at(-1)?.measure ?? original
  const kind = shown === null ? 'accuracy' : measureKind(shown)
  const format = kind === 'regression' ? formatR2 : formatPercent
  const share = original === null ? null : measuredShare(original)
  const start = useMemo(
    () => (share === null ? null : { bytes: model.zippedFloat32Bytes, share }),
    [share, model],
  )
  if (rows.length === 0 && start === null && walked.length === 0) {
    return (
      <Text c="dimmed" ta="center" py={48}>
        {t('accuracy.empty')}
      </Text>
    )
  }
  const shareName = t(`accuracy.kinds.${kind}`)
  if (!asTable) {
    return (
      <AccuracyChart
        rows={rows}
        original={start}
        shareName={shareName}
        kind={kind}
        describe={describe}
        path={path}
        studies={walked}
        onUse={onUse}
        onStage={onStage}
      />
    )
  }
  return (
    <ChartTable
      caption={t('accuracy.caption')}
      columns={[t('accuracy.settings'), t('size.rows.zipped'), shareName, t('accuracy.use')]}
      rows={[
        ...(start === null
          ? []
          : [
              {
                key: 'original',
                cells: [t('original'), formatBytes(start.bytes), format(start.share), ''],
              },
            ]),
        ...walked.flatMap(({ id, points }) =>
          points.map(({ bytes, index, share: reached, stage }) => ({
            key: `${id} ${stage}`,
            cells: [
              t('accuracy.study', { id, stage: stageName(`case.stages.${stage}`) }),
              formatBytes(bytes),
              format(reached),
              <Button
                key="use"
                size="compact-xs"
                variant="default"
                aria-label={t('accuracy.useNamed', { settings: stageName(`case.stages.${stage}`) })}
                onClick={() => {
                  onStage(id, index)
                }}
              >
                {t('accuracy.use')}
              </Button>,
            ],
          })),
        ),
        ...rows.map((row) => ({
          key: row.key,
          cells: [
            describe(row.recipe),
            formatBytes(row.bytes),
            format(row.share),
            row.current ? (
              t('accuracy.current')
            ) : (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('accuracy.useNamed', { settings: describe(row.recipe) })}
                onClick={() => {
                  onUse(row.recipe)
                }}
              >
                {t('accuracy.use')}
              </Button>
            ),
          ],
        })),
      ]}
    />
  )
}

/** The run that goes on, or the last one. */
function Training({ asTable, run }: ChartsProps) {
  const { t } = useTranslation('charts')
  if (run === null)
    return (
      <Text c="dimmed" ta="center" py={48}>
        {t('training.empty')}
      </Text>
    )
  const { curve, epochs, settings } = run
  if (!asTable) return <TrainingChart curve={curve} epochs={epochs} total={settings.epochs} />
  return (
    <ChartTable
      caption={t('training.caption')}
      columns={[
        t('training.epoch'),
        t('training.validation'),
        t('training.sparsity'),
        t('training.size'),
        t('training.best'),
      ]}
      rows={epochs.map(({ epoch, measure, sparsity, zippedBytes, best }) => {
        const share = measuredShare(measure)
        return {
          key: String(epoch),
          cells: [
            String(epoch),
            share === null ? '' : formatPercent(share),
            formatPercent(sparsity, 1),
            `≈\u00A0${formatBytes(zippedBytes)}`,
            best ? '✓' : '',
          ],
        }
      })}
    />
  )
}
