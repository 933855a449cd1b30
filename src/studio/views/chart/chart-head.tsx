import { ActionIcon, Button, SegmentedControl, Text } from '@mantine/core'
import { IconChartBar, IconTable, IconX } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { SplitName } from '../../../core/dataset-manifest'
import { formatCount } from '../../../ui-kit/format-number'
import { chartValues } from '../../charts/chart-values'
import { ExportMenu } from '../../charts/export-menu'
import { commands } from '../../commands/page-commands'
import { measureKind } from '../../store/measures'
import type { Measure } from '../../store/model-slice'
import { bracketed } from '../../words/joining'
import { useStudio } from '../../store/store'
import { isDrawn } from '../../store/view-slice'
import type { ChartTab } from '../../store/view-slice'
import { PinButton } from '../pin/pin-button'
import classes from './chart-head.module.css'

interface ChartHeadProps {
  readonly tab: ChartTab
  readonly panel: RefObject<HTMLElement | null>
  readonly asTable: boolean
  readonly logarithmic: boolean
  readonly onLogarithmic: (on: boolean) => void
  readonly onTable: (on: boolean) => void
  readonly allSizes: boolean
  readonly onAllSizes: (on: boolean) => void
}

function measuredOn(measure: Measure) {
  const kind = measureKind(measure)
  const onData = measure.type === 'agreement' && measure.data !== null
  if (!onData) return kind
  return kind === 'cosine' || kind === 'outputsR2' ? (`${kind}Data` as const) : 'agreementData'
}

function splitOf(measure: Measure): SplitName | null {
  return measure.type === 'agreement' ? (measure.data?.split ?? null) : measure.split
}

/** What the chart shows, of what, and whether a file has it. */
export function ChartHead(props: ChartHeadProps) {
  const { tab, panel, asTable, logarithmic, onLogarithmic, onTable } = props
  const { allSizes, onAllSizes } = props
  const { t } = useTranslation('charts')
  const { t: page } = useTranslation('page')
  const splitName = (split: SplitName | null): string =>
    split === null ? '' : page(`splits.${split}`)
  const focus = useStudio((state) => state.focus)
  const isPicture = useStudio((state) => tab === 'weights' && state.weightsView === 'pictures')
  const measure = useStudio((state) => state.tried.at(-1)?.measure ?? state.originalMeasure)
  const judged = useStudio(({ training }) =>
    training.state === 'idle' ? null : (training.run.epochs.at(-1)?.measure.measured ?? null),
  )
  return (
    <div className={classes['head']}>
      <Text size="sm" c="dimmed">
        {tab === 'accuracy' && measure !== null
          ? t(`accuracy.measuredOn.${measuredOn(measure)}`, {
              split: splitName(splitOf(measure)),
              count: formatCount(measure.total),
            })
          : tab === 'training' && judged !== null
            ? bracketed(t('heads.training'), `n\u00A0=\u00A0${formatCount(judged)}`)
            : t(isPicture ? 'heads.pictures' : `heads.${tab}`)}
      </Text>
      <div className={classes['options']} data-export="no">
        {tab === 'weights' && <WeightsViews />}
        {tab === 'weights' && !isPicture && <FocusChip layers={focus} />}
        {tab === 'weights' && !isPicture && !asTable && (
          <SegmentedControl
            size="xs"
            aria-label={t('weights.scale')}
            value={logarithmic ? 'log' : 'linear'}
            onChange={(value) => {
              onLogarithmic(value === 'log')
            }}
            data={[
              { value: 'log', label: t('weights.log') },
              { value: 'linear', label: t('weights.linear') },
            ]}
          />
        )}
        {tab === 'size' && !asTable && (
          <Button
            size="compact-sm"
            variant="default"
            fw={400}
            aria-pressed={allSizes}
            onClick={() => {
              onAllSizes(!allSizes)
            }}
          >
            {t('size.all')}
          </Button>
        )}
        {tab === 'accuracy' && <PinCurrent />}
        {tab === 'accuracy' && !asTable && <AccuracyAxes />}
        {isDrawn(tab) && (
          <div className={classes['pair']}>
            <ExportMenu
              name={tab}
              panel={panel}
              values={() => chartValues(tab, useStudio.getState())}
            />
            <ActionIcon
              size={26}
              variant="default"
              aria-label={t(asTable ? 'showChart' : 'showTable')}
              title={t(asTable ? 'showChart' : 'showTable')}
              onClick={() => {
                onTable(!asTable)
              }}
            >
              {asTable ? <IconChartBar size={15} /> : <IconTable size={15} />}
            </ActionIcon>
          </div>
        )}
      </div>
    </div>
  )
}

function PinCurrent() {
  const { t } = useTranslation('charts')
  const recipe = useStudio((state) => state.committed)
  return <PinButton recipe={recipe} label={t('pin.pinCurrent')} />
}

function AccuracyAxes() {
  const { t } = useTranslation('charts')
  const { logarithmic, near } = useStudio((state) => state.look.accuracy)
  const change = useStudio((state) => state.changeAccuracyLook)
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t('accuracy.scores')}
        value={near ? 'near' : 'whole'}
        onChange={(value) => {
          change({ near: value === 'near' })
        }}
        data={(['near', 'whole'] as const).map((value) => ({
          value,
          label: t(`accuracy.${value}`),
        }))}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('accuracy.sizes')}
        value={logarithmic ? 'log' : 'fromZero'}
        onChange={(value) => {
          change({ logarithmic: value === 'log' })
        }}
        data={(['log', 'fromZero'] as const).map((value) => ({
          value,
          label: t(`accuracy.${value}`),
        }))}
      />
    </>
  )
}

function WeightsViews() {
  const { t } = useTranslation('charts')
  const view = useStudio((state) => state.weightsView)
  const setView = useStudio((state) => state.setWeightsView)
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('weights.view')}
      value={view}
      onChange={(value) => {
        setView(value === 'pictures' ? 'pictures' : 'histogram')
      }}
      data={[
        { value: 'histogram', label: t('weights.histogram') },
        { value: 'pictures', label: t('weights.pictures') },
      ]}
    />
  )
}

function FocusChip({ layers }: { readonly layers: readonly string[] }) {
  const { t } = useTranslation('charts')
  const [only, ...others] = layers
  if (only === undefined) {
    return (
      <Text size="sm" component="span">
        {t('weights.wholeModel')}
      </Text>
    )
  }
  const name = others.length === 0 ? only : t('weights.layers', { count: layers.length })
  return (
    <Button
      size="compact-sm"
      variant="light"
      rightSection={<IconX size={13} />}
      aria-label={t('weights.clearFocus', { layer: name })}
      onClick={() => {
        commands.focusLayers([])
      }}
    >
      {name}
    </Button>
  )
}
