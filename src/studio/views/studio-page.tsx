import { Suspense, lazy, memo, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import '../i18n/studio-words'
import { ChartPanel } from './chart/chart-panel'
import { DownloadCard } from './download/download-card'
import { EngineBanner } from './header/engine-banner'
import { useStudio } from '../store/store'
import { Header } from './header/header'
import { LayerList } from './layers/layer-list'
import { MissingFiles } from './opening/missing-files'
import { ModelNotes } from './model-notes'
import { OpeningProgress } from './opening/opening-progress'
import type { Pickers } from '../files/pickers'
import { ProblemAlert } from '../words/problem-alert'
import { InterruptedRun } from './opening/interrupted-run'
import { LeftOut } from './opening/left-out'
import { StepCards } from './steps/step-cards'
import classes from './studio-page.module.css'

const DataPanel = lazy(() =>
  import('./data/data-panel').then((module) => ({ default: module.DataPanel })),
)

const StructureCard = lazy(() =>
  import('./steps/structure-card').then((module) => ({ default: module.StructureCard })),
)

const TrainPanel = lazy(() =>
  import('./train/train-panel').then((module) => ({ default: module.TrainPanel })),
)

const Tour = lazy(() => import('../tour/tour').then((module) => ({ default: module.Tour })))

/** The workbench: layers, chart, steps; the answer above and the download below. */
export const StudioPage = memo(function StudioPage({ pickers }: { readonly pickers: Pickers }) {
  const { t } = useTranslation('page')
  const tour = useStudio((state) => state.tour)
  useEffect(() => {
    // The first screen may have been scrolled down to the samples.
    window.scrollTo(0, 0)
  }, [])
  return (
    <div className={classes['page']}>
      <Header pickers={pickers} />
      <main className={classes['main']}>
        <h1 className={classes['hidden']}>{t('name')}</h1>
        <div className={classes['messages']}>
          <EngineBanner />
          <ProblemAlert />
          <LeftOut />
          <InterruptedRun />
          <OpeningProgress />
          <MissingFiles onAdd={pickers.openFiles} />
          {tour !== null && (
            <Suspense fallback={null}>
              <Tour step={tour} />
            </Suspense>
          )}
        </div>
        <div className={classes['layers']}>
          <LayerList />
          <ModelNotes />
        </div>
        <div className={classes['chart']}>
          <ChartPanel />
          <Suspense fallback={null}>
            <DataPanel />
          </Suspense>
        </div>
        <div className={classes['steps']}>
          <StepCards />
          <Suspense fallback={null}>
            <StructureCard />
            <TrainPanel />
          </Suspense>
        </div>
        <div className={classes['download']}>
          <DownloadCard />
        </div>
      </main>
    </div>
  )
})
