import { NativeSelect, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import { isCompressible } from '../../core/tensor-spec'
import { formatBytes, formatCount, formatSignificant } from '../../ui-kit/format-number'
import { commands } from '../commands/page-commands'
import { dataIn } from '../store/data-in'
import type { Lesson } from '../store/lesson-slice'
import { layerSteps, rowsIn, shownIn, trialsOf } from '../store/lesson-steps'
import type { LessonStep } from '../store/lesson-steps'
import { useStudio } from '../store/store'
import { LessonCase } from './lesson-case'
import { LessonCut } from './lesson-cut'
import { LessonRows } from './lesson-rows'
import { LessonRun } from './lesson-run'
import classes from './lesson.module.css'
import { PruneFormulas } from './prune-formulas'
import { QuantizeFormulas } from './quantize-formulas'
import { TrialButtons } from './trial-buttons'

/** What a step says, does and has measured. */
export function LessonStepBody({ lesson }: { readonly lesson: Lesson }) {
  const { t } = useTranslation('lesson')
  const { layer, rows, step } = lesson
  const model = useStudio((state) => state.model)
  const hasLabels = useStudio((state) => {
    const data = dataIn(state.data)
    return data !== null && data.settings.task !== 'unlabelled'
  })
  if (model === null) return null
  const runs = model.obstacles.run === null
  const layers = layersOf(model)
  const chosen = layers.find(({ name }) => name === layer)
  const isWhole = step === 'results'
  return (
    <div className={classes['body']}>
      <div className={classes['part']}>
        {chosen === undefined ? (
          <Text size="sm">{t('noLayers')}</Text>
        ) : (
          <StepText step={step} chosen={chosen} />
        )}
        {chosen !== undefined && layerSteps.includes(step) && (
          <NativeSelect
            size="xs"
            label={t('layer')}
            value={layer}
            data={layers.map(({ name }) => name)}
            onChange={({ currentTarget: { value } }) => {
              void commands.chooseLessonLayer(value)
            }}
          />
        )}
        {chosen !== undefined && (step === 'linear' || step === 'mean') && (
          <QuantizeFormulas lesson={lesson} scheme={step} count={chosen.first} />
        )}
        {chosen !== undefined && (step === 'threshold' || step === 'random') && (
          <PruneFormulas layer={layer} withKinds={step === 'threshold'} />
        )}
      </div>
      <div className={classes['part']}>
        {!(runs && hasLabels) && step !== 'devices' && (
          <Text size="xs" c="dimmed">
            {t(runs ? 'noData' : 'noRun')}
          </Text>
        )}
        {layers.length > 0 && trialsOf[step].length > 0 && <TrialButtons lesson={lesson} />}
        {step === 'filters' && <LessonCut lesson={lesson} />}
        {step === 'recover' && <LessonRun id="recovered" />}
        {step === 'distil' && <LessonRun id="distilled" />}
        {step === 'caseStudy' && <LessonCase />}
        {(isWhole || shownIn[step].length > 0) && (
          <LessonRows rows={rowsIn(step, rows)} isWhole={isWhole} />
        )}
      </div>
    </div>
  )
}

interface ChosenLayer {
  readonly name: string
  /** Weights that can be compressed. */
  readonly weights: number
  /** Those of the first tensor, which the formulas are shown on. */
  readonly first: number
}

function layersOf({ layers }: ModelSummary): readonly ChosenLayer[] {
  return layers.flatMap(({ name, tensors }) => {
    const counts = tensors.flatMap(({ elements, spec }) => (isCompressible(spec) ? elements : []))
    const [first] = counts
    const weights = counts.reduce((sum, count) => sum + count, 0)
    return first === undefined ? [] : [{ name, weights, first }]
  })
}

function StepText({ step, chosen }: { readonly step: LessonStep; readonly chosen: ChosenLayer }) {
  const { t } = useTranslation('lesson')
  const reach = useStudio(({ focus, weights }) =>
    focus.length === 1 && focus[0] === chosen.name ? (weights?.value.histogram.max ?? null) : null,
  )
  return (
    <Text size="sm">
      {t(`steps.${step}.text`, {
        layer: chosen.name,
        weights: formatCount(chosen.weights),
        bytes: formatBytes(4 * chosen.weights),
        reach: reach === null ? '…' : formatSignificant(reach, 3),
      })}
    </Text>
  )
}
