import { Skeleton } from '@mantine/core'
import { useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useThrottled } from '../../../ui-kit/use-throttled'
import { CHART_INTERVAL_MS } from '../../charts/chart-style'
import { commands } from '../../commands/page-commands'
import type { Recipe } from '../../../techniques/recipe'
import { candidateLetters } from '../../store/candidates-slice'
import { chosenZip, isZipOfThese } from '../../store/export-target'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import type { DrawnTab } from '../../store/view-slice'
import { laterPart } from '../../words/later-part'
import classes from './live-chart.module.css'

const Charts = laterPart(async () => (await import('../../charts/charts')).Charts, Loading)

const WeightPictures = laterPart(
  async () => (await import('./weight-pictures')).WeightPictures,
  Loading,
)

function Loading() {
  const { t } = useTranslation('charts')
  return <Skeleton h="100%" aria-label={t('loading')} role="status" />
}

function chooseLayer(layer: string): void {
  commands.focusLayers([layer])
}

function togglePin(recipe: Recipe): void {
  const key = effectKey(recipe)
  const { candidates } = useStudio.getState()
  const isPinned = candidates.some((one) => one.key === key)
  void (isPinned ? commands.unpinCandidate(key) : commands.pinCandidate(recipe))
}

function goToStage(path: number, stage: number): void {
  void commands.goToStage(path, stage)
}

function showWhole(): void {
  useStudio.getState().changeAccuracyLook({ near: false })
}

interface LiveChartProps {
  readonly tab: DrawnTab
  readonly asTable: boolean
  readonly logarithmic: boolean
  readonly allSizes: boolean
}

/** Follows the engine's numbers at the pace of a chart and below the priority of the controls. */
export function LiveChart({ tab, allSizes, asTable, logarithmic }: LiveChartProps) {
  const { t } = useTranslation('charts')
  const model = useStudio((state) => state.model)
  const tried = useStudio((state) => state.tried)
  const original = useStudio((state) => state.originalMeasure)
  const committed = useStudio((state) => state.committed)
  const weightsView = useStudio((state) => state.weightsView)
  const look = useStudio((state) => state.look.accuracy)
  const studies = useStudio((state) => state.casePaths)
  const candidates = useStudio((state) => state.candidates)
  const pinned = useMemo(() => new Set(candidates.map(({ key }) => key)), [candidates])
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
  const report = useStudio((state) => state.reportPlace)
  const chosen = useStudio(chosenZip)
  const isChosenOfThese = useStudio(isZipOfThese)
  const sizes = useDeferredValue(
    useThrottled(
      useStudio((state) => state.sizes),
      CHART_INTERVAL_MS,
    ),
  )
  if (model === null || weights === null || sizes === null) return <Loading />
  return (
    <figure className={classes['figure']} aria-label={t(`tabs.${tab}`)}>
      {tab === 'weights' && weightsView === 'pictures' ? (
        <WeightPictures model={model} asTable={asTable} />
      ) : (
        <Charts
          tab={tab}
          asTable={asTable}
          logarithmic={logarithmic}
          allSizes={allSizes}
          look={look}
          onWhole={showWhole}
          model={model}
          sizes={sizes.value}
          chosen={chosen}
          isChosenOfThese={isChosenOfThese}
          report={report}
          weights={weights.value}
          recipe={committed}
          tried={tried}
          original={original}
          run={run}
          studies={studies}
          onChooseLayer={chooseLayer}
          onUse={commands.useAnyRecipe}
          onPin={togglePin}
          pinned={pinned}
          canPin={pinned.size < candidateLetters.length}
          onStage={goToStage}
          onDragThreshold={commands.dragThreshold}
          onThreshold={commands.changeThreshold}
        />
      )}
    </figure>
  )
}
