import { Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import type { ReportPlace, SizeReport, WeightsEvent } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import type { CasePath } from '../store/case-slice'
import { containerOf } from '../store/export-target'
import type { ChosenZip } from '../store/export-target'
import type { AccuracyLook } from '../store/look-slice'
import { allowedFloor, measureKind, measuredShare, shownKind } from '../store/measures'
import { openedBytes } from '../store/zip-bytes'
import type { Measure } from '../store/model-slice'
import type { TriedPoint } from '../store/run-slice'
import type { RunView } from '../store/train-slice'
import type { DrawnTab } from '../store/view-slice'
import { useRecipeText } from '../words/use-recipe-text'
import '../i18n/train-words'
import { AccuracyChart } from './accuracy-chart'
import { AccuracyTable } from './accuracy-table'
import { mainSizes, pathRows, sizeRows, studyRows, sparsityRows, triedRows } from './chart-data'
import { SizeChart } from './size-chart'
import { SizeTable } from './size-table'
import { SparsityChart } from './sparsity-chart'
import { SparsityTable } from './sparsity-table'
import { TrainingChart } from './training-chart'
import { TrainingTable } from './training-table'
import { WeightsChart } from './weights-chart'
import { WeightsTable } from './weights-table'

export interface ChartsProps {
  readonly tab: DrawnTab
  readonly asTable: boolean
  readonly logarithmic: boolean
  /** The computed sizes as well. */
  readonly allSizes: boolean
  readonly look: AccuracyLook
  readonly model: ModelSummary
  readonly sizes: SizeReport
  /** Of the download where it is another one than the sizes are of. */
  readonly chosen: ChosenZip
  /** Whether that is of the settings as they are. */
  readonly isChosenOfThese: boolean
  readonly report: ReportPlace
  readonly weights: WeightsEvent
  readonly recipe: Recipe
  readonly tried: readonly TriedPoint[]
  readonly original: Measure | null
  readonly run: RunView | null
  readonly studies: readonly CasePath[]
  readonly onChooseLayer: (layer: string) => void
  readonly onUse: (recipe: Recipe) => void
  readonly onPin: (recipe: Recipe) => void
  readonly pinned: ReadonlySet<string>
  readonly canPin: boolean
  readonly onStage: (path: number, stage: number) => void
  readonly onWhole: () => void
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
      return <Weights {...props} />
    case 'accuracy':
      return <Accuracy {...props} />
    case 'training':
      return <Training {...props} />
  }
}

function Size({ allSizes, asTable, chosen, isChosenOfThese, model, report, sizes }: ChartsProps) {
  const format = useFormatName(model)
  const rows = useMemo(
    () => sizeRows(model, sizes, report, chosen, isChosenOfThese),
    [chosen, isChosenOfThese, model, report, sizes],
  )
  const main = useMemo(() => mainSizes(rows), [rows])
  return asTable ? (
    <SizeTable rows={rows} format={format} float32Bytes={model.original.float32Bytes} />
  ) : (
    <SizeChart rows={allSizes ? rows : main} format={format} />
  )
}

/** The kind of file that sizes are of before another one is chosen: of a Keras file TensorFlow.js, which knows codes. */
function useFormatName(model: ModelSummary): string {
  const { t } = useTranslation('page')
  return t(`download.containers.${containerOf({ model })}`)
}

function Sparsity({ asTable, model, weights, onChooseLayer }: ChartsProps) {
  const rows = useMemo(() => sparsityRows(model, weights.layers), [model, weights])
  return asTable ? (
    <SparsityTable rows={rows} />
  ) : (
    <SparsityChart rows={rows} onChoose={onChooseLayer} />
  )
}

function Weights({ asTable, logarithmic, weights, onDragThreshold, onThreshold }: ChartsProps) {
  const { histogram } = weights
  return asTable ? (
    <WeightsTable histogram={histogram} />
  ) : (
    <WeightsChart
      histogram={histogram}
      logarithmic={logarithmic}
      onDragThreshold={onDragThreshold}
      onThreshold={onThreshold}
    />
  )
}

function Accuracy(props: ChartsProps) {
  const { asTable, model, tried, recipe, original, report, run, studies, onUse, onStage } = props
  const { canPin, look, onPin, onWhole, pinned } = props
  const { t } = useTranslation('charts')
  const format = useFormatName(model)
  const describe = useRecipeText(model.layers)
  const path = useMemo(() => pathRows(run?.epochs ?? [], report), [run, report])
  const walked = useMemo(() => studyRows(studies, report), [studies, report])
  const kind = shownKind(original, tried)
  // Points that were measured while the outputs were taken for something else are on another scale.
  const rows = useMemo(
    () =>
      triedRows(
        tried.filter(({ measure }) => measureKind(measure) === kind),
        recipe,
        report,
      ),
    [tried, recipe, report, kind],
  )
  const share = original === null ? null : measuredShare(original)
  const floor = allowedFloor(kind, share, look.allowedLoss)
  const start = useMemo(
    () => (share === null ? null : { bytes: openedBytes(model.original), share }),
    [share, model],
  )
  if (rows.length === 0 && start === null && walked.length === 0)
    return <Nothing text={t('accuracy.empty')} />
  const shared = {
    rows,
    original: start,
    studies: walked,
    shareName: t(`accuracy.kinds.${kind}`),
    // Points are of the same kind of files, whichever is downloaded.
    sizeName: t(`size.rows.${props.chosen === null ? 'zipped' : 'plainZipped'}`, { format }),
    kind,
    describe,
    onUse,
    ...{ canPin, onPin, pinned },
    onStage,
    look,
    floor,
    onWhole,
  }
  return asTable ? <AccuracyTable {...shared} /> : <AccuracyChart {...shared} path={path} />
}

/** The run that goes on, or the last one. */
function Training({ asTable, report, run }: ChartsProps) {
  const { t } = useTranslation('charts')
  if (run === null) return <Nothing text={t('training.empty')} />
  const { curve, epochs, settings } = run
  return asTable ? (
    <TrainingTable epochs={epochs} report={report} />
  ) : (
    <TrainingChart curve={curve} epochs={epochs} total={settings.epochs} />
  )
}

function Nothing({ text }: { readonly text: string }) {
  return (
    <Text c="dimmed" ta="center" py={48}>
      {text}
    </Text>
  )
}
