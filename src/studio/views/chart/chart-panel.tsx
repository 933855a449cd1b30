import { Skeleton, Tabs } from '@mantine/core'
import { memo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../../store/store'
import { chartTabs, isDrawn } from '../../store/view-slice'
import type { ChartTab } from '../../store/view-slice'
import { laterPart } from '../../words/later-part'
import { ChartFoot } from './chart-foot'
import { ChartHead } from './chart-head'
import classes from './chart-panel.module.css'
import { LiveChart } from './live-chart'
import { useChosenInView } from './use-chosen-in-view'

const PredictionsPanel = laterPart(
  async () => (await import('../compare/predictions-panel')).PredictionsPanel,
  Loading,
)

const CandidatesPanel = laterPart(
  async () => (await import('../compare/candidates-panel')).CandidatesPanel,
  Loading,
)

function Loading() {
  const { t } = useTranslation('charts')
  return <Skeleton h={240} aria-label={t('loading')} role="status" />
}

const AccuracyAnswer = laterPart(async () => (await import('./accuracy-answer')).AccuracyAnswer)

const DropReasons = laterPart(async () => (await import('./drop-reasons')).DropReasons)

const SweepBar = laterPart(async () => (await import('./sweep-bar')).SweepBar)

/** The middle of the studio: tabs, one large chart, and the sentence that goes with it. */
export const ChartPanel = memo(function ChartPanel() {
  const { i18n, t } = useTranslation('charts')
  const tab = useStudio((state) => state.tab)
  const setTab = useStudio((state) => state.setTab)
  const panel = useRef<HTMLDivElement>(null)
  const strip = useRef<HTMLDivElement>(null)
  useChosenInView(strip, `${tab} ${i18n.language}`)
  const [asTable, setAsTable] = useState(false)
  const [logarithmic, setLogarithmic] = useState(true)
  const [allSizes, setAllSizes] = useState(false)

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
          <Tabs.List ref={strip} className={classes['list'] ?? ''}>
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
              allSizes={allSizes}
              onAllSizes={setAllSizes}
            />
            {id === 'accuracy' && (
              <div data-export="no">
                <SweepBar />
                <AccuracyAnswer />
                <DropReasons />
              </div>
            )}
            {id === 'predictions' && <PredictionsPanel />}
            {id === 'candidates' && <CandidatesPanel />}
            {isDrawn(id) && (
              <>
                <div
                  className={classes['chart']}
                  data-tab={id}
                  data-few={(id === 'size' && !asTable && !allSizes) || undefined}
                >
                  <LiveChart
                    tab={id}
                    asTable={asTable}
                    logarithmic={logarithmic}
                    allSizes={allSizes}
                  />
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
