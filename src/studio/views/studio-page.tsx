import { memo, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import '../i18n/studio-words'
import { About } from './header/about'
import { ChartPanel } from './chart/chart-panel'
import { DownloadCard } from './download/download-card'
import { EngineBanner } from './header/engine-banner'
import { RenewalOffer } from './header/renewal-offer'
import { NotKept } from './header/not-kept'
import { keepLook, loadLook } from '../keeping/kept-look'
import { pageStorage } from '../keeping/page-storage'
import { useStudio } from '../store/store'
import { Header } from './header/header'
import { LayerList } from './layers/layer-list'
import { MissingFiles } from './opening/missing-files'
import { ModelNotes } from './model-notes'
import { OpeningProgress } from './opening/opening-progress'
import type { Pickers } from '../files/pickers'
import { laterPart } from '../words/later-part'
import { ProblemAlert } from '../words/problem-alert'
import { Walls } from '../words/walls'
import { InterruptedRun } from './opening/interrupted-run'
import { LeftOut } from './opening/left-out'
import { StepCards } from './steps/step-cards'
import { WorkNotes } from './work-notes'
import { WorkQuestion } from './work-question'
import classes from './studio-page.module.css'

const DataPanel = laterPart(async () => (await import('./data/data-panel')).DataPanel)

const MakeSmallCard = laterPart(
  async () => (await import('./make-small/make-small-card')).MakeSmallCard,
)

/** The page as it was arranged last, and from now on as it is. */
function rememberLook(): () => void {
  const kept = loadLook(pageStorage)
  if (kept !== null) useStudio.getState().setLook(kept)
  return useStudio.subscribe(({ look }, before) => {
    if (look !== before.look) keepLook(pageStorage, look)
  })
}

const LessonPanel = laterPart(async () => (await import('../lesson/lesson-panel')).LessonPanel)

const Tour = laterPart(async () => (await import('../tour/tour')).Tour)

/** The workbench: layers, chart, steps; the answer above and the download below. */
export const StudioPage = memo(function StudioPage({ pickers }: { readonly pickers: Pickers }) {
  const { t } = useTranslation('page')
  const tour = useStudio((state) => state.tour)
  const lesson = useStudio((state) => state.lesson)
  useEffect(() => {
    // The first screen may have been scrolled down to the samples.
    window.scrollTo(0, 0)
  }, [])
  useEffect(rememberLook, [])
  return (
    <div className={classes['page']}>
      <Walls>
        <Header pickers={pickers} />
      </Walls>
      <WorkQuestion />
      <main className={classes['main']}>
        <h1 className={classes['hidden']}>{t('name')}</h1>
        <div className={classes['messages']}>
          <EngineBanner />
          <RenewalOffer />
          <ProblemAlert />
          <LeftOut />
          <NotKept />
          <InterruptedRun />
          <OpeningProgress />
          <WorkNotes />
          <MissingFiles onAdd={pickers.openFiles} />
          {tour !== null && <Tour step={tour} />}
          {lesson !== null && <LessonPanel lesson={lesson} />}
        </div>
        <div className={classes['layers']}>
          <Walls>
            <LayerList />
            <ModelNotes />
          </Walls>
          <div className={classes['about']}>
            <About />
          </div>
        </div>
        <div className={classes['chart']}>
          <Walls>
            <ChartPanel />
          </Walls>
          <DataPanel />
        </div>
        <div className={classes['rail']}>
          <div className={classes['small']}>
            <MakeSmallCard />
          </div>
          <div className={classes['steps']}>
            <Walls>
              <StepCards />
            </Walls>
          </div>
        </div>
        <div className={classes['download']}>
          <Walls>
            <DownloadCard />
          </Walls>
        </div>
      </main>
    </div>
  )
})
