import { ActionIcon, Button, SegmentedControl, Skeleton, Tabs, Text } from '@mantine/core'
import { IconChartBar, IconTable, IconX } from '@tabler/icons-react'
import { Suspense, lazy, memo, useDeferredValue, useRef, useState } from 'react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { SplitName } from '../../../core/dataset-manifest'
import { formatCount } from '../../../ui-kit/format-number'
import { useThrottled } from '../../../ui-kit/use-throttled'
import { commands } from '../../commands/page-commands'
import type { Measure } from '../../store/model-slice'
import { useStudio } from '../../store/store'
import { chartTabs } from '../../store/view-slice'
import type { ChartTab, DrawnTab } from '../../store/view-slice'
import { measureKind } from '../../charts/chart-data'
import { chartValues } from '../../charts/chart-values'
import { ChartFoot } from './chart-foot'
import { CHART_INTERVAL_MS } from '../../charts/chart-style'
import classes from '../../charts/charts.module.css'
import { ExportMenu } from '../../charts/export-menu'

const Charts = lazy(() =>
  import('../../charts/charts').then((module) => ({ default: module.Charts })),
)

const PredictionsPanel = lazy(() =>
  import('../compare/predictions-panel').then((module) => ({
    default: module.PredictionsPanel,
  })),
)

const SweepBar = lazy(() => import('./sweep-bar').then((module) => ({ default: module.SweepBar })))

/** The middle of the studio: tabs, one large chart, and the sentence that goes with it. */
export const ChartPanel = memo(function ChartPanel() {
  const { t } = useTranslation('charts')
  const tab = useStudio((state) => state.tab)
  const setTab = useStudio((state) => state.setTab)
  const panel = useRef<HTMLDivElement>(null)
  const [asTable, setAsTable] = useState(false)
  const [logarithmic, setLogarithmic] = useState(true)

  return (
    <section className={classes['panel']} data-tab={tab} aria-label={t('title')}>
      <Tabs
        value={tab}
        onChange={(value) => {
          if (isTab(value)) setTab(value)
        }}
        keepMounted={false}
        className={classes['tabs'] ?? ''}
      >
        <div className={classes['bar']}>
          <Tabs.List className={classes['list'] ?? ''}>
            {chartTabs.map((id) => (
              <Tabs.Tab key={id} value={id}>
                {t(`tabs.${id}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </div>
        {chartTabs.map((id) => (
          <Tabs.Panel
            key={id}
            value={id}
            ref={id === tab ? panel : null}
            className={classes['tabPanel'] ?? ''}
          >
            <ChartHead
              tab={id}
              panel={panel}
              logarithmic={logarithmic}
              onLogarithmic={setLogarithmic}
              asTable={asTable}
              onTable={setAsTable}
            />
            {id === 'accuracy' && (
              <div data-export="no">
                <Suspense fallback={null}>
                  <SweepBar />
                </Suspense>
              </div>
            )}
            {id === 'predictions' ? (
              <Suspense fallback={<Skeleton h={240} aria-label={t('loading')} />}>
                <PredictionsPanel />
              </Suspense>
            ) : (
              <>
                <div className={classes['chart']} data-tab={id}>
                  <LiveChart tab={id} asTable={asTable} logarithmic={logarithmic} />
                </div>
                <ChartFoot tab={id} />
              </>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  )
})

function isTab(value: string | null): value is ChartTab {
  return chartTabs.some((tab) => tab === value)
}

function chooseLayer(layer: string): void {
  commands.focusLayers([layer])
}

function goToStage(path: number, stage: number): void {
  void commands.goToStage(path, stage)
}

interface LiveChartProps {
  readonly tab: DrawnTab
  readonly asTable: boolean
  readonly logarithmic: boolean
}

/** Follows the engine's numbers at the pace of a chart and below the priority of the controls. */
function LiveChart({ tab, asTable, logarithmic }: LiveChartProps) {
  const { t } = useTranslation('charts')
  const model = useStudio((state) => state.model)
  const tried = useStudio((state) => state.tried)
  const original = useStudio((state) => state.originalMeasure)
  const committed = useStudio((state) => state.committed)
  const weightsView = useStudio((state) => state.weightsView)
  const studies = useStudio((state) => state.casePaths)
  const run = useDeferredValue(
    useThrottled(
      useStudio((state) => (state.training.state === 'idle' ? null : state.training.run)),
      CHART_INTERVAL_MS,
    ),
  )
  const weights = useDeferredValue(
    useThrottled(
      useStudio((state) => state.weights),
      CHART_INTERVAL_MS,
    ),
  )
  const sizes = useDeferredValue(
    useThrottled(
      useStudio((state) => state.sizes),
      CHART_INTERVAL_MS,
    ),
  )
  const loading = <Skeleton h="100%" aria-label={t('loading')} />
  if (model === null || weights === null || sizes === null) return loading
  return (
    <figure className={classes['figure']} aria-label={t(`tabs.${tab}`)}>
      <Suspense fallback={loading}>
        <Charts
          tab={tab}
          asTable={asTable}
          logarithmic={logarithmic}
          weightsView={weightsView}
          model={model}
          sizes={sizes.value}
          weights={weights.value}
          recipe={committed}
          tried={tried}
          original={original}
          run={run}
          studies={studies}
          onChooseLayer={chooseLayer}
          onUse={commands.useAnyRecipe}
          onStage={goToStage}
          onDragThreshold={commands.dragThreshold}
          onThreshold={commands.changeThreshold}
        />
      </Suspense>
    </figure>
  )
}

interface ChartHeadProps {
  readonly tab: ChartTab
  readonly panel: RefObject<HTMLElement | null>
  readonly asTable: boolean
  readonly logarithmic: boolean
  readonly onLogarithmic: (on: boolean) => void
  readonly onTable: (on: boolean) => void
}

function measuredOn(measure: Measure) {
  return measure.type === 'agreement' && measure.data !== null
    ? 'agreementData'
    : measureKind(measure)
}

function splitOf(measure: Measure): SplitName | null {
  return measure.type === 'agreement' ? (measure.data?.split ?? null) : measure.split
}

/** What the chart shows, of what, and whether a file has it. */
function ChartHead(props: ChartHeadProps) {
  const { tab, panel, asTable, logarithmic, onLogarithmic, onTable } = props
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
          : t(isPicture ? 'heads.pictures' : `heads.${tab}`)}
        {tab === 'training' && judged !== null && ` (n\u00A0=\u00A0${formatCount(judged)})`}
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
        {tab !== 'predictions' && (
          <ExportMenu
            name={tab}
            panel={panel}
            values={() => chartValues(tab, useStudio.getState())}
          />
        )}
        {tab !== 'predictions' && (
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
        )}
      </div>
    </div>
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
